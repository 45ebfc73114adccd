"""The page on which an admin hands the people of a coach over: who goes to whom and why, and what that does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.coaches import rooms_of
from app.courses.rules import Away, AwayReason, EnrolmentFacts
from app.courses.tables import CoachAssignment, CoachHandover, CoachHandoverMove, Enrolment
from app.kit.errors import NotFound
from app.kit.localtime import add_working_days, local_day, working_days_between
from app.people.queries import cards, person_names
from app.people.rules import PersonCard, Viewer
from app.practice.actions.handover import people_of_coach
from app.practice.handing_over import Coaches, able_coaches, charges_of
from app.practice.paths import paths_of_enrolments
from app.practice.rules.handover import (
    Candidate,
    Charge,
    Fate,
    HandoverReason,
    Proposal,
    Why,
    fates,
    may_coach,
    propose,
    speaks_for,
)
from app.practice.rules.states import waits_for_coach

GUESS = timedelta(days=14)  # when nobody knows yet how long; the date can be changed


@dataclass(frozen=True)
class VisitEffect:
    """A visit that is planned, and what becomes of it."""

    starts_at: datetime
    fate: Fate


@dataclass(frozen=True)
class HandoverRow:
    """One person. `choices`: who may take over, with how full each is; `why` speaks for the one who is chosen."""

    enrolment_id: int
    name: str
    organisation: str
    places: tuple[str, ...]
    chosen: int | None
    why: tuple[Why, ...]
    choices: tuple[tuple[int, str], ...]
    visits: tuple[VisitEffect, ...]
    waits: int | None
    """Working days that her work waits for a look; None: nothing waits."""


@dataclass(frozen=True)
class LoadEffect:
    """How many people a coach has before and after."""

    name: str
    before: int
    after: int
    most: int


@dataclass(frozen=True)
class HandoverPage:
    """Everything on the page. `reason`, `back_on`: what we know of why she is away."""

    coach_id: int
    name: str
    rows: tuple[HandoverRow, ...]
    loads: tuple[LoadEffect, ...]
    reason: HandoverReason | None
    back_on: date | None

    @property
    def moving(self) -> int:
        return sum(row.chosen is not None for row in self.rows)

    @property
    def left(self) -> int:
        return len(self.rows) - self.moving

    @property
    def too_many(self) -> int:
        """How many people come on top of what coaches can have."""
        return sum(max(one.after - max(one.most, one.before), 0) for one in self.loads)

    def visits(self, fate: Fate) -> int:
        return sum(visit.fate is fate for row in self.rows for visit in row.visits)


@dataclass(frozen=True)
class OpenHandover:
    """People of a coach who are on loan. `late`: they should have been back."""

    id: int
    coach_id: int
    coach: str
    made_at: datetime
    back_on: date
    people: int
    late: bool


def handover_page(
    db: Session,
    viewer: Viewer,
    coach_id: int,
    *,
    chosen: Mapping[int, int | None] | None = None,
    back_on: date | None = None,
    now: datetime,
) -> HandoverPage:
    """The page; `chosen` and `back_on` as they stand in the form, else as we propose.

    The number of statements does not grow with the people. Raises: NotFound for whom this is not, or who is no coach.
    """
    if not viewer.is_admin:
        raise NotFound
    today, ours = local_day(now), people_of_coach(db, coach_id)
    coaches = able_coaches(db, now=now)
    names = person_names(db, [coach_id])
    if coach_id not in names or not (ours or coaches.one(coach_id)):
        raise NotFound
    away = rooms_of(db, [coach_id], today=today)[coach_id].away
    reason, guess = _of_away(away, today=today)
    people = cards(db, [one.person_id for one in ours.values()])
    charges = charges_of(db, ours.values(), people, now=now)
    others = [one for one in coaches.candidates if one.id != coach_id]
    until = back_on if chosen is not None else guess
    proposed = propose(charges, others, today=today, back_on=until)
    to = {id_: one.coach_id for id_, one in proposed.items()} if chosen is None else dict(chosen)
    moved = {id_: coach for id_, coach in to.items() if coach is not None and id_ in ours}
    effects = fates(charges, moved, others, back_on=until)
    known = _Known(ours, people, others, coaches.names, _waits(db, ours, today=today), today)
    rows = [
        _row(known, one, to=moved.get(one.enrolment_id), proposal=proposed[one.enrolment_id], effects=effects)
        for one in charges
    ]
    return HandoverPage(
        coach_id,
        names[coach_id],
        tuple(sorted(rows, key=lambda row: row.name)),
        _loads(moved, coaches),
        reason,
        guess,
    )


def open_handovers(db: Session, *, coach_id: int | None = None, today: date) -> list[OpenHandover]:
    """Hand-overs whose people are on loan, first due first: two statements."""
    query = (
        select(CoachHandover, func.count(Enrolment.id).label("people"))
        .outerjoin(CoachHandoverMove, CoachHandoverMove.handover_id == CoachHandover.id)
        .outerjoin(
            CoachAssignment,
            (CoachAssignment.id == CoachHandoverMove.assignment_id) & CoachAssignment.until.is_(None),
        )
        .outerjoin(Enrolment, (Enrolment.id == CoachAssignment.enrolment_id) & Enrolment.completed_at.is_(None))
        .where(CoachHandover.ended_at.is_(None), CoachHandover.back_on.is_not(None))
        .group_by(CoachHandover.id)
        .order_by(CoachHandover.back_on, CoachHandover.id)
    )
    if coach_id is not None:
        query = query.where(CoachHandover.coach_id == coach_id)
    found = db.execute(query).all()
    names = person_names(db, [row.CoachHandover.coach_id for row in found])
    return [
        OpenHandover(
            one.id, one.coach_id, names.get(one.coach_id, ""), one.made_at, one.back_on, people, one.back_on <= today
        )
        for one, people in found
        if one.back_on is not None
    ]


def _of_away(away: tuple[Away, ...], *, today: date) -> tuple[HandoverReason | None, date | None]:
    """Why and until when, from the days that she is away now or next."""
    if not away:
        return None, None
    first = away[0]
    reasons = {AwayReason.ILL: HandoverReason.ILL, AwayReason.HOLIDAY: HandoverReason.HOLIDAY}
    reason = reasons.get(
        first.reason, HandoverReason.LEAVE if first.reason is AwayReason.LEAVE else HandoverReason.OTHER
    )
    return reason, add_working_days(first.ends_on or max(today, first.starts_on) + GUESS, 1)


def _waits(db: Session, ours: Mapping[int, EnrolmentFacts], *, today: date) -> dict[int, int]:
    """For how many working days the longest work of each waits, by enrolment."""
    found: dict[int, int] = {}
    for path in paths_of_enrolments(db, ours):
        if waits_for_coach(path.state) and path.submitted_at is not None:
            days = working_days_between(local_day(path.submitted_at), today)
            found[path.enrolment_id] = max(days, found.get(path.enrolment_id, 0))
    return found


@dataclass(frozen=True)
class _Known:
    """All that was read for the page."""

    enrolments: Mapping[int, EnrolmentFacts]
    people: Mapping[int, PersonCard]
    others: Sequence[Candidate]
    names: Mapping[int, str]
    waits: Mapping[int, int]
    today: date


def _row(
    known: _Known, charge: Charge, *, to: int | None, proposal: Proposal, effects: Mapping[int, Fate]
) -> HandoverRow:
    card = known.people[known.enrolments[charge.enrolment_id].person_id]
    able = [one for one in known.others if may_coach(one, charge, today=known.today)]
    if to is not None and to == proposal.coach_id:
        why = proposal.why
    else:
        why = next((speaks_for(one, charge, people=one.people) for one in able if one.id == to), ())
    return HandoverRow(
        charge.enrolment_id,
        card.name,
        card.organisation,
        tuple(sorted(charge.places)),
        to,
        why,
        tuple((one.id, f"{known.names[one.id]} ({one.people}/{one.room.people_max})") for one in able),
        tuple(VisitEffect(one.span.starts_at, effects.get(one.id, Fate.STAYS)) for one in charge.visits),
        known.waits.get(charge.enrolment_id),
    )


def _loads(moved: Mapping[int, int], coaches: Coaches) -> tuple[LoadEffect, ...]:
    more = Counter(moved.values())
    return tuple(
        LoadEffect(coaches.names[one.id], one.people, one.people + more[one.id], one.room.people_max)
        for one in coaches.candidates
        if one.id in more
    )
