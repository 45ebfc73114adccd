"""Practice as an admin sees it: all open assignments by how long they wait, and how full coaches are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.courses.editions import Edition, edition_of
from app.courses.queries import PRACTICE_EDITION
from app.courses.tables import CoachAssignment, Cohort, CourseEdition, Enrolment, PracticalAssignment
from app.courses.without_coach import WithoutCoach, WithoutReason, without_coach
from app.delivery.tables import DeliveryDate
from app.kit.errors import NotFound
from app.kit.ids import read_id
from app.kit.localtime import local_day, start_of, working_days_between
from app.kit.tables import UTCDateTime
from app.people.queries import person_names
from app.people.rules import Viewer
from app.people.tables import Person
from app.practice.capacity import WEEK, WEEKS_AHEAD, Capacity, capacity_of, monday_of
from app.practice.handing_over import able_coaches
from app.practice.notes import DueNote, due_for_admins
from app.practice.paths import STANDS, WITHDRAWN_AT
from app.practice.rules.states import Decision, RecordFacts, RecordState, state, waits_for_coach
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission

LATE: Final = "laat"
ONE_DAY: Final = timedelta(days=1)
SHOWN: Final = 50
_Later = aliased(Submission)


@dataclass(frozen=True)
class OpenWork:
    """One assignment that is not signed off. `days`: working days since it is so; `late`: longer than was promised.

    `to_plan`: it waits for a day that the coach chooses.
    """

    record_id: int
    person: str
    cohort: str
    coach: str
    code: str
    title: str
    state: RecordState
    to_plan: bool
    visit_on: datetime | None
    since: datetime
    days: int
    late: bool


@dataclass(frozen=True)
class CoachRow:
    """One coach with how full she is."""

    id: int
    name: str
    capacity: Capacity
    away_until: date | None
    away: bool


@dataclass(frozen=True)
class Lacking:
    """Somebody without a coach who is there: why, since when, and where an admin gives her one."""

    person: str
    why: WithoutReason
    coach: str
    since: datetime
    too_long: bool
    href: str


@dataclass(frozen=True)
class Filters:
    """What was asked: "laat" for late only, a cohort, a coach; `after` is where the list goes on."""

    only: str = ""
    cohort_id: int | None = None
    coach_id: int | None = None
    after: str = ""


@dataclass(frozen=True)
class PracticePage:
    """Everything on the page."""

    lacking: tuple[Lacking, ...]
    notes: tuple[DueNote, ...]
    work: tuple[OpenWork, ...]
    total: int
    late: int
    coaches: tuple[CoachRow, ...]
    weeks: tuple[int, ...]
    cohorts: tuple[tuple[int, str], ...]
    next: str


_since: Final = func.coalesce(
    SignOff.signed_at,
    WITHDRAWN_AT,
    Submission.submitted_at,
    CoachVisit.planned_at,
    Preparation.written_at,
    AssignmentRecord.created_at,
)
_later: Final = exists().where(
    _Later.record_id == AssignmentRecord.id,
    _Later.attempt == AssignmentRecord.attempt,
    _Later.number > Submission.number,
)
_reviewed: Final = exists().where(
    Assessment.record_id == AssignmentRecord.id,
    Assessment.attempt == AssignmentRecord.attempt,
    Assessment.saved_at >= Submission.submitted_at,
)
_waits: Final = and_(Submission.id.is_not(None), SignOff.id.is_(None))
_OPEN: Final = (
    select(
        AssignmentRecord.id,
        Person.name.label("person"),
        Cohort.name.label("cohort"),
        CoachAssignment.coach_id,
        PracticalAssignment.code,
        PracticalAssignment.title,
        PRACTICE_EDITION.label("edition_id"),
        Preparation.record_id.label("prepared"),
        DeliveryDate.starts_at,
        Submission.submitted_at,
        SignOff.decision,
        _reviewed.label("reviewed"),
        _since.label("since"),
    )
    .select_from(AssignmentRecord)
    .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
    .join(Person, Person.id == Enrolment.person_id)
    .join(Cohort, Cohort.id == Enrolment.cohort_id)
    .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
    .outerjoin(CoachAssignment, and_(CoachAssignment.enrolment_id == Enrolment.id, CoachAssignment.until.is_(None)))
    .outerjoin(Preparation, and_(Preparation.record_id == AssignmentRecord.id, Preparation.goal != ""))
    .outerjoin(
        Submission,
        and_(Submission.record_id == AssignmentRecord.id, Submission.attempt == AssignmentRecord.attempt, ~_later),
    )
    .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, STANDS))
    .outerjoin(
        CoachVisit,
        and_(
            CoachVisit.record_id == AssignmentRecord.id,
            CoachVisit.attempt == AssignmentRecord.attempt,
            CoachVisit.cancelled_at.is_(None),
        ),
    )
    .outerjoin(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
    .where(
        or_(SignOff.id.is_(None), SignOff.decision != Decision.SIGNED_OFF),
        Enrolment.confirmed_at.is_not(None),
        Enrolment.completed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
    )
)


def practice_page(db: Session, viewer: Viewer, *, filters: Filters, now: datetime) -> PracticePage:
    """The page; the number of statements does not grow with what is open. Raises: NotFound for who is no admin."""
    if not viewer.is_admin:
        raise NotFound
    today = local_day(now)
    late = and_(_waits, _is_late(db, today))
    asked = _OPEN
    if filters.only == LATE:
        asked = asked.where(late)
    if filters.cohort_id is not None:
        asked = asked.where(Enrolment.cohort_id == filters.cohort_id)
    if filters.coach_id is not None:
        asked = asked.where(CoachAssignment.coach_id == filters.coach_id)
    each = asked.add_columns(late.label("is_late")).subquery()
    total, too_late = db.execute(select(func.count(), func.count().filter(each.c.is_late)).select_from(each)).one()
    rows = db.execute(_after(asked, filters.after).order_by(_since, AssignmentRecord.id).limit(SHOWN + 1)).all()
    coaches, alone = able_coaches(db, now=now), without_coach(db, now=now)
    others = {row.coach_id for row in rows if row.coach_id is not None} - set(coaches.names)
    for one in alone:
        others |= {one.person_id} | ({one.coach_id} if one.coach_id is not None else set())
    names = dict(coaches.names) | person_names(db, others)
    capacity = capacity_of(db, coaches.names, now=now)
    first = monday_of(today)
    last = rows[SHOWN - 1] if len(rows) > SHOWN else None
    return PracticePage(
        lacking=tuple(_lacking(one, names) for one in alone),
        notes=due_for_admins(db, on=today, but=viewer.id),
        work=tuple(_work(row, names, edition_of(db, row.edition_id), today=today) for row in rows[:SHOWN]),
        total=total,
        late=too_late,
        coaches=tuple(_coach(one.id, coaches.names[one.id], capacity[one.id], today) for one in coaches.candidates),
        weeks=tuple((first + WEEK * number).isocalendar().week for number in range(WEEKS_AHEAD)),
        cohorts=tuple(
            (row.id, row.name) for row in db.execute(select(Cohort.id, Cohort.name).order_by(Cohort.starts_on.desc()))
        ),
        next=f"{last.since.isoformat()}~{last.id}" if last is not None else "",
    )


def _after(asked: Select[*tuple[Any, ...]], key: str) -> Select[*tuple[Any, ...]]:
    """What comes after the last row of the page before; a key that we did not make begins at the beginning."""
    moment, _, id_ = key.partition("~")
    known = read_id(id_)
    try:
        since = datetime.fromisoformat(moment)
    except ValueError:
        return asked
    if known is None or since.tzinfo is None:
        return asked
    at = literal(since, UTCDateTime)
    return asked.where(or_(_since > at, and_(_since == at, AssignmentRecord.id > known)))


def _is_late(db: Session, today: date) -> ColumnElement[bool]:
    """Handed in, or back on the desk, longer ago than the policy of its edition promises; editions are few."""
    found: list[ColumnElement[bool]] = []
    waits_since = func.coalesce(WITHDRAWN_AT, Submission.submitted_at)
    for edition_id in db.scalars(select(CourseEdition.id)):
        days = edition_of(db, edition_id).policy.review_within_working_days
        found.append(and_(PRACTICE_EDITION.in_([edition_id]), waits_since < start_of(_first(today, days))))
    return or_(false(), *found)


def _first(today: date, days: int) -> date:
    """The earliest day on which something can be handed in and be within so many working days today."""
    day = today
    while working_days_between(day - ONE_DAY, today) <= days:
        day -= ONE_DAY
    return day


def _work(row: Any, names: Mapping[int, str], edition: Edition, *, today: date) -> OpenWork:
    visited = {one.code for _, one in edition.assignments if one.needs_visit}
    facts = RecordFacts(
        opened=True,
        visit_planned=row.starts_at is not None,
        handed_in=row.submitted_at is not None and row.decision is None,
        review_saved=bool(row.reviewed),
        decision=Decision(row.decision) if row.decision else None,
    )
    now, days = state(facts), working_days_between(local_day(row.since), today)
    return OpenWork(
        row.id,
        row.person,
        row.cohort,
        names.get(row.coach_id or 0, ""),
        row.code,
        row.title,
        now,
        now is RecordState.OPEN and row.prepared is not None and row.code in visited,
        row.starts_at,
        row.since,
        days,
        late=waits_for_coach(now) and days > edition.policy.review_within_working_days,
    )


def _lacking(one: WithoutCoach, names: Mapping[int, str]) -> Lacking:
    """Who stands there hands all her people over at once; where nobody does, the cohort gives one."""
    href = f"/beheer/opleidingsgroepen/{one.cohort_id}"
    if one.coach_id is not None:
        href = f"/beheer/coaches/{one.coach_id}/overdragen"
    coach = names.get(one.coach_id or 0, "")
    return Lacking(names.get(one.person_id, ""), one.why, coach, one.since, one.too_long, href)


def _coach(id_: int, name: str, capacity: Capacity, today: date) -> CoachRow:
    away = capacity.room.away_on(today)
    return CoachRow(id_, name, capacity, away.ends_on if away else None, away is not None)
