"""Who takes over from a coach, and what becomes of the visits that are planned. Pure.

The order in which coaches come first is a choice: who has room, who is there all the time, who knows somebody or
works nearby, and then who has most room left. A person with few choices chooses first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.courses.rules import CoachRoom
from app.kit.localtime import local_day

LOOK_AHEAD: Final = timedelta(days=14)  # how far being away counts when a hand-over is for good


class HandoverReason(StrEnum):
    """Why people go to another coach: a kind, never a medical detail."""

    ILL = "ill"
    HOLIDAY = "holiday"
    LEAVE = "leave"
    STOPS = "stops"
    ROOM = "room"
    OTHER = "other"

    @property
    def noted(self) -> str:
        """What the ledger keeps, which outlives the days of an absence: that she is away, never how she is."""
        return {"ill": "away", "holiday": "away", "leave": "away", "stops": "leaves"}.get(self.value, self.value)


class Why(StrEnum):
    """What speaks for a coach."""

    KNOWS = "knows"
    NEAR = "near"
    ROOM = "room"


class Fate(StrEnum):
    """What becomes of a planned visit: the new coach goes, the former one still goes, or it is planned again."""

    MOVES = "moves"
    STAYS = "stays"
    AGAIN = "again"


@dataclass(frozen=True)
class Span:
    """A stretch of time in which somebody is at a visit."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: Span) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class PlannedVisit:
    """A visit that is still to come. `coach_id`: who goes."""

    id: int
    record_id: int
    enrolment_id: int
    coach_id: int
    span: Span

    @property
    def day(self) -> date:
        return local_day(self.span.starts_at)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may coach: for which interventions ("": all), her room, how many people, when she is at visits."""

    id: int
    interventions: frozenset[str]
    room: CoachRoom
    people: int
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Loan:
    """Somebody goes back to a coach on a day, by a hand-over that still stands."""

    coach_id: int
    back_on: date


@dataclass(frozen=True)
class Charge:
    """Somebody who is coached, with what decides who can take over. `known_by`: who coached or visited before."""

    enrolment_id: int
    person_id: int
    intervention: str
    places: frozenset[str] = frozenset()
    managers: frozenset[int] = frozenset()
    known_by: frozenset[int] = frozenset()
    visits: tuple[PlannedVisit, ...] = ()
    loans: tuple[Loan, ...] = ()

    def hers_again(self, visit: PlannedVisit) -> bool:
        """Whether who goes to a visit is her own coach again by that day."""
        return any(loan.coach_id == visit.coach_id and visit.day >= loan.back_on for loan in self.loans)


@dataclass(frozen=True)
class Proposal:
    """Who takes somebody over and what speaks for her; nobody when nobody can."""

    coach_id: int | None
    why: tuple[Why, ...] = ()


def may_coach(candidate: Candidate, charge: Charge, *, today: date) -> bool:
    """The guards: the role for this intervention, not oneself, no manager of hers, and there today."""
    return (
        bool(candidate.interventions & {charge.intervention, ""})
        and candidate.id != charge.person_id
        and candidate.id not in charge.managers
        and candidate.room.away_on(today) is None
    )


def speaks_for(candidate: Candidate, charge: Charge, *, people: int) -> tuple[Why, ...]:
    """What speaks for a coach who has so many people by then."""
    found = {
        Why.KNOWS: candidate.id in charge.known_by,
        Why.NEAR: candidate.room.is_near(charge.places),
        Why.ROOM: people < candidate.room.people_max,
    }
    return tuple(why for why, so in found.items() if so)


def propose(
    charges: Iterable[Charge], candidates: Sequence[Candidate], *, today: date, back_on: date | None
) -> dict[int, Proposal]:
    """For each enrolment who takes over. Nobody gets more than she can have while others have room."""
    until = back_on or today + LOOK_AHEAD
    people = {one.id: one.people for one in candidates}
    choices = {charge: [one for one in candidates if may_coach(one, charge, today=today)] for charge in charges}
    found: dict[int, Proposal] = {}
    for charge, able in sorted(choices.items(), key=lambda item: (len(item[1]), item[0].enrolment_id)):
        if not able:
            found[charge.enrolment_id] = Proposal(None)
            continue
        best = max(able, key=lambda one: _rank(one, charge, people=people[one.id], today=today, until=until))
        found[charge.enrolment_id] = Proposal(best.id, speaks_for(best, charge, people=people[best.id]))
        people[best.id] += 1
    return found


def _rank(
    one: Candidate, charge: Charge, *, people: int, today: date, until: date
) -> tuple[bool, bool, int, float, int, int]:
    why = speaks_for(one, charge, people=people)
    gone = [
        away for away in one.room.away if away.starts_on < until and (away.ends_on is None or away.ends_on >= today)
    ]
    share = (one.room.people_max - people) / max(one.room.people_max, 1)
    fits = Why.ROOM in why
    suits = len(set(why) - {Why.ROOM})
    # Where nobody has room the load is spread first: one coach with all of it helps nobody.
    return (fits, not gone, suits if fits else 0, share, suits, -one.id)


def fates(
    charges: Iterable[Charge],
    chosen: Mapping[int, int],
    candidates: Collection[Candidate],
    *,
    back_on: date | None,
) -> dict[int, Fate]:
    """What becomes of each planned visit, by id, when `chosen` coaches take over (by enrolment).

    From the day that people come back the former coach goes herself, also by a hand-over that was made before.
    Nobody is at two visits at once, or goes while she is away: then it is planned again.
    """
    known = {one.id: one for one in candidates}
    diary = _Diary({one.id: list(one.busy) for one in candidates})
    found: dict[int, Fate] = {}
    visits = [(visit, charge) for charge in charges for visit in charge.visits if charge.enrolment_id in chosen]
    for visit, charge in sorted(visits, key=lambda one: (one[0].span.starts_at, one[0].id)):
        to = known.get(chosen[visit.enrolment_id])
        hers_again = (back_on is not None and visit.day >= back_on) or charge.hers_again(visit)
        if hers_again or (to is not None and to.id == visit.coach_id):
            found[visit.id] = Fate.STAYS
        elif to is not None and to.room.away_on(visit.day) is None and diary.takes(to.id, visit.span):
            found[visit.id] = Fate.MOVES
        else:
            found[visit.id] = Fate.AGAIN
    return found


@dataclass
class _Diary:
    """When each coach is at visits."""

    busy: dict[int, list[Span]] = field(default_factory=dict)

    def takes(self, coach_id: int, span: Span) -> bool:
        """Write a visit down, where there is time for it."""
        if any(span.meets(other) for other in self.busy[coach_id]):
            return False
        self.busy[coach_id].append(span)
        return True
