"""The page an admin starts from: the work list, then how everybody stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.certification.queries import HOLDING, people_standing, state_counts
from app.certification.rules import State
from app.certification.tables import StandingSpan
from app.courses.tables import CoachAssignment, CourseEdition, Enrolment
from app.intervision.queries import facts as intervision
from app.intervision.tables import IntervisionRound
from app.kit.localtime import local_day
from app.people.queries import person_names
from app.people.tables import Organisation
from app.practice.rules.states import REVIEW_WORKING_DAYS
from app.reports.training import in_training
from app.reports.worklist import USUAL, Patience, WorkList, work_list

SOON: Final = timedelta(days=180)
SHOWN: Final = 5
SQUARES_MOST: Final = 600  # past that figures say more than squares


@dataclass(frozen=True)
class Strip:
    """How many people stand where; nobody is counted twice."""

    certified: int
    training: int
    invited: int
    paused: int
    lapsed: int

    @property
    def people(self) -> int:
        return self.certified + self.training + self.invited + self.paused + self.lapsed


@dataclass(frozen=True)
class Intervisions:
    """Who of the certified was at intervision this year, how often; and who has a seat still to come."""

    year: int
    twice: int
    once: int
    never: int
    once_coming: int
    never_coming: int

    @property
    def total(self) -> int:
        return self.twice + self.once + self.never

    @property
    def drawn(self) -> bool:
        return 0 < self.total <= SQUARES_MOST


@dataclass(frozen=True)
class Ending:
    """A certificate that ends soon, or the end of the days in which it can still be renewed (`in_grace`)."""

    person_id: int
    name: str
    ends_on: date
    in_grace: bool


@dataclass(frozen=True)
class CoachLoad:
    """One coach: how many people, and how many working days the longest waits."""

    name: str
    people: int
    waits: int
    late: bool


@dataclass(frozen=True)
class OverviewPage:
    """Everything on `/beheer`."""

    today: date
    work: WorkList
    strip: Strip
    intervisions: Intervisions
    endings: tuple[Ending, ...]
    endings_total: int
    coaches: tuple[CoachLoad, ...]
    promised: int


def overview_page(db: Session, *, now: datetime, patience: Patience = USUAL) -> OverviewPage:
    """The page of this moment; the number of statements does not grow with the people."""
    today = local_day(now)
    work = work_list(db, now=now, first_steps_open=first_steps_open(db), patience=patience)
    endings = _endings(db, today)
    names = person_names(db, [row[0] for row in endings[:SHOWN]])
    return OverviewPage(
        today=today,
        work=work,
        strip=_strip(db, today),
        intervisions=_intervisions(db, now),
        endings=tuple(Ending(id_, names[id_], day, grace) for id_, day, grace in endings[:SHOWN] if id_ in names),
        endings_total=len(endings),
        coaches=_coaches(db, work),
        promised=REVIEW_WORKING_DAYS,
    )


def first_steps_open(db: Session) -> bool:
    """Whether one of the four first steps is still to do: organisation, course, people, round."""
    row = db.execute(
        select(
            *(
                select(func.count()).select_from(select(table.id).limit(1).subquery()).scalar_subquery()
                for table in (Organisation, CourseEdition, Enrolment, StandingSpan, IntervisionRound)
            )
        )
    ).one()
    organisation, edition, enrolment, standing, round_ = row
    return not (organisation and edition and (enrolment or standing) and round_)


def _strip(db: Session, today: date) -> Strip:
    """The certificate counts first; else the training that runs, the latest when there are two."""
    states = state_counts(db, today)
    each = in_training(today).subquery()
    rows = db.execute(select(each.c.kind, each.c.lapsed, func.count()).group_by(each.c.kind, each.c.lapsed))
    training: Counter[str] = Counter()
    again = 0  # lapsed, and in training once more
    for stage, lapsed, count in rows:
        training[stage] += count
        again += count if lapsed else 0
    return Strip(
        certified=sum(count for state, count in states.items() if state.holds),
        training=training["training"],
        invited=training["invited"],
        paused=training["paused"],
        lapsed=sum(count for state, count in states.items() if not state.holds) - again,
    )


def _intervisions(db: Session, now: datetime) -> Intervisions:
    today = local_day(now)
    tally: Counter[int] = Counter()
    due: Counter[int] = Counter()
    for times, seated, count in intervision.yearly(db, people_standing(today, HOLDING), now=now):
        tally[min(2, times)] += count
        due[min(2, times)] += count if seated else 0
    return Intervisions(today.year, tally[2], tally[1], tally[0], due[1], due[0])


def _endings(db: Session, today: date) -> list[tuple[int, date, bool]]:
    """Whose certificate ends within half a year, and who is in grace: the last day of that stretch."""
    rows = db.execute(
        select(StandingSpan.person_id, StandingSpan.ends_on, StandingSpan.state)
        .where(
            or_(
                and_(StandingSpan.state == State.EXPIRING, StandingSpan.ends_on <= today + SOON),
                and_(StandingSpan.state == State.IN_GRACE, StandingSpan.starts_on <= today),
            ),
            StandingSpan.ends_on >= today,
        )
        .order_by(StandingSpan.ends_on, StandingSpan.person_id)
    )
    return [(row.person_id, row.ends_on, row.state == State.IN_GRACE) for row in rows]


def _coaches(db: Session, work: WorkList) -> tuple[CoachLoad, ...]:
    people: dict[int, int] = {
        row.coach_id: row.n
        for row in db.execute(
            select(CoachAssignment.coach_id, func.count().label("n"))
            .join(Enrolment, Enrolment.id == CoachAssignment.enrolment_id)
            .where(
                CoachAssignment.until.is_(None),
                Enrolment.completed_at.is_(None),
                Enrolment.withdrawn_at.is_(None),
                Enrolment.expired_at.is_(None),
            )
            .group_by(CoachAssignment.coach_id)
        )
    }
    waits: dict[int, int] = {}
    late: set[int] = set()
    for one in work.reviews:
        if one.coach_id is not None:
            waits[one.coach_id] = max(waits.get(one.coach_id, 0), one.working_days)
            if one.late:
                late.add(one.coach_id)
    names = person_names(db, {*people, *waits})
    loads = [CoachLoad(names[id_], people.get(id_, 0), waits.get(id_, 0), id_ in late) for id_ in names]
    return tuple(sorted(loads, key=lambda load: (-load.waits, -load.people, load.name)))
