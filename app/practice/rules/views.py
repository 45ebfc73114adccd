"""Two views on the same work beside each other: how they differ, and what to talk about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Final

from app.courses.rules import AssignmentDefinition, Rubric
from app.practice.rules.forms import UNSEEN, WELL, criteria_of

OUTSIDE: Final = ""
"""The core element of criteria that belong to none."""


class Pattern(StrEnum):
    """How two views on one criterion lie, in the order in which people talk about them."""

    OWN_HIGHER = "own_higher"
    COACH_HIGHER = "coach_higher"
    BOTH_LOW = "both_low"
    UNSEEN = "unseen"
    ALIKE = "alike"


@dataclass(frozen=True)
class Pair:
    """One criterion as both saw it: levels 1 to 4; None where it did not occur, or was not seen."""

    code: str
    element: str
    own: int | None
    coach: int | None

    @property
    def difference(self) -> int:
        """How many levels lie between the two; nought when one of them has none."""
        return abs(self.own - self.coach) if self.own is not None and self.coach is not None else 0

    @property
    def pattern(self) -> Pattern:
        if self.own is None or self.coach is None:
            return Pattern.UNSEEN
        if self.own != self.coach:
            return Pattern.OWN_HIGHER if self.own > self.coach else Pattern.COACH_HIGHER
        return Pattern.BOTH_LOW if self.own < WELL else Pattern.ALIKE


def pairs_of(
    own: Mapping[str, int], coach: Mapping[str, int], definition: AssignmentDefinition, rubric: Rubric
) -> tuple[Pair, ...]:
    """Both views on the criteria of an assignment, in the order of the rubric; none for a kijkbezoek."""
    if not definition.decides:
        return ()
    return tuple(
        Pair(one.code, one.core_element or OUTSIDE, own.get(one.code) or None, coach.get(one.code, UNSEEN) or None)
        for one in criteria_of(definition, rubric)
    )


def to_talk_about(pairs: Iterable[Pair]) -> list[Pair]:
    """The largest differences first, then what both find hard, what was not seen, and what goes well."""
    order = list(Pattern)
    return sorted(pairs, key=lambda pair: (-pair.difference, order.index(pair.pattern)))


@dataclass(frozen=True)
class Place:
    """Where the levels of one side lie on one core element, from 0 to 1, and between which levels that is."""

    share: float
    low: int
    high: int


def place_of(levels: Sequence[int | None], of: int) -> Place | None:
    """The middle of some levels of a scale of `of`. It is a place on the way, no mark: pages name levels, no figure."""
    known = [level for level in levels if level is not None]
    if not known:
        return None
    middle = sum(known) / len(known)
    return Place(middle / of, floor(middle), ceil(middle))
