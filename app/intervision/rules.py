"""Rounds of intervision: twice a year, for everybody who is certified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.delivery.rules import PartOfDay, Weekday
from app.meetings.rules import MeetingState

PLAN_AHEAD: Final = timedelta(days=120)  # domain.md 9.2: the season is made 120 days before
PUBLISH_BEFORE: Final = timedelta(days=70)  # domain.md 9.2: published 70 days before
LEAST_PEOPLE: Final = 4  # domain.md 9.2: with fewer, merge or cancel
PLAN_UNTIL: Final = timedelta(days=31)  # of the first month; later nobody can be invited in time any more
MOMENTS: Final = tuple(f"{day}-{part}" for day in Weekday for part in PartOfDay)
NOON, EVENING = 12, 17  # hours where the next part of a day begins
"""When somebody may be able to come, as forms and rows say it."""
SWAP_UNTIL: Final = 14  # days before, domain.md 9.2 and 11.5
FIRST_MONTH: Final = {"spring": 3, "autumn": 10}  # domain.md 9.2: March-April and October-November


class PlannedLetter(StrEnum):
    """The letters before a meeting to who has a seat; the value is the kind of the message."""

    CASE_CALL = "intervision.case_call"
    AGENDA = "intervision.agenda"
    REMINDER = "meetings.reminder"


DAYS_BEFORE: Final = {PlannedLetter.CASE_CALL: 28, PlannedLetter.AGENDA: 14, PlannedLetter.REMINDER: 1}
"""How many days before the meeting each goes out, domain.md 9.2."""


class Half(StrEnum):
    """The two rounds of a year."""

    SPRING = "spring"
    AUTUMN = "autumn"


class RoundState(StrEnum):
    """The states of a round, from its meetings and dates."""

    DRAFT = "draft"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed_for_signup"
    RUNNING = "running"
    UNPLACED = "unplaced"
    SETTLED = "settled"


def moment_of(begins: datetime) -> str:
    """The weekday and part of the day of a meeting, in local time, as one of `MOMENTS`."""
    later = [PartOfDay.MORNING, PartOfDay.AFTERNOON, PartOfDay.EVENING]
    return f"{list(Weekday)[begins.weekday()]}-{later[(begins.hour >= NOON) + (begins.hour >= EVENING)]}"


@dataclass(frozen=True)
class Invitees:
    """Who is to be invited for a round: only certification makes this value (`certification.queries.invitees`)."""

    person_ids: frozenset[int]


@dataclass(frozen=True)
class Needs:
    """Who needs a meeting, and who is welcome at one: only certification makes it (`keeping_up.season_needs`)."""

    needing: frozenset[int]
    welcome: frozenset[int]


def round_state(
    meetings: Sequence[MeetingState], *, signup_closes_on: date, today: date, without_place: int = 0
) -> RoundState:
    """The state of a round. Meetings that were called off do not count, unless there are no others.

    `without_place`: how many people we owe a new day; a round is not finished before that.
    """
    alive = [state for state in meetings if state is not MeetingState.CANCELLED]
    done = RoundState.UNPLACED if without_place else RoundState.SETTLED
    if not alive:
        return done if meetings else RoundState.DRAFT
    if all(state is MeetingState.DRAFT for state in alive):
        return RoundState.PLANNED
    published = [state for state in alive if state is not MeetingState.DRAFT]
    if len(published) == len(alive) and all(state is MeetingState.SETTLED for state in alive):
        return done
    if any(state in {MeetingState.HELD, MeetingState.SETTLED} for state in published):
        return RoundState.RUNNING
    return RoundState.OPEN if today <= signup_closes_on else RoundState.CLOSED


def letter_due(meets_on: date, today: date) -> PlannedLetter | None:
    """The letter whose time it is: the last one whose day has come. So late is not never, and two never come at once.

    On the day of the meeting itself that is the reminder, afterwards nothing.
    """
    days = (meets_on - today).days
    if days < 0:
        return None
    return next((letter for letter in reversed(PlannedLetter) if days <= DAYS_BEFORE[letter]), None)


def may_swap(seat: date, other: date, *, today: date) -> bool:
    """Whether somebody with a seat on one day may still move to another, although sign-up has closed."""
    return (min(seat, other) - today).days >= SWAP_UNTIL


def half_of(day: date) -> Half:
    """The round that a day belongs to."""
    return Half.SPRING if day.month <= 6 else Half.AUTUMN  # the first half of the year


def next_halves(today: date) -> list[tuple[int, Half]]:
    """The rounds that somebody could plan now: this half-year and the three after it."""
    year, half = today.year, half_of(today)
    found: list[tuple[int, Half]] = []
    for _ in range(4):
        found.append((year, half))
        year, half = (year, Half.AUTUMN) if half is Half.SPRING else (year + 1, Half.SPRING)
    return found


def missing_halves(known: Iterable[tuple[int, Half]], *, today: date) -> list[tuple[int, Half]]:
    """The rounds that should exist by now and do not: from 120 days before their first month to its end."""
    have = set(known)
    return [
        (year, half)
        for year, half in next_halves(today)
        if _first_day(year, half) - PLAN_AHEAD <= today < _first_day(year, half) + PLAN_UNTIL
        and (year, half) not in have
    ]


def half_to_plan(today: date) -> tuple[int, Half]:
    """The first round for which people can still be invited in time."""
    return next(one for one in next_halves(today) if today < _first_day(*one) + PLAN_UNTIL)


def days_of(year: int, half: Half) -> tuple[date, date]:
    """The first day on which a round may meet, and the last of its half-year."""
    last = date(year, 6, 30) if half is Half.SPRING else date(year, 12, 31)
    return _first_day(year, half), last


def to_watch(first: date, today: date) -> bool:
    """Whether a round whose first meeting is on this day should be in the making by now."""
    return today >= first - PLAN_AHEAD


def weeks_to_publish(first: date, today: date) -> int:
    """How many whole weeks are left to invite people in time; below 0 when that day has passed."""
    return (first - PUBLISH_BEFORE - today).days // 7


def _first_day(year: int, half: Half) -> date:
    return date(year, FIRST_MONTH[half], 1)
