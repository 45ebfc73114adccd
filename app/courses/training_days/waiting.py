"""What scholingsdagen ask of an admin, for the work list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.courses.editions import editions_of
from app.courses.tables import Cohort, Enrolment
from app.courses.training_days.queries import IN_TRAINING, days_had
from app.courses.training_days.tables import TrainingDay
from app.kit.localtime import local_day, start_of
from app.meetings.tables import Meeting

PLAN_AHEAD: Final = timedelta(days=28)  # choice: so long before a cohort begins its days should be known

What = Literal["days_to_plan", "days_to_settle", "days_to_make_up"]


@dataclass(frozen=True)
class DaysWork:
    """One line. `count`: days to plan, lists to close, or people who have a day to make up for."""

    what: What
    count: int
    href: str
    since: date
    people: tuple[int, ...] = ()


def days_work(db: Session, *, today: date) -> list[DaysWork]:
    """At most one line of each kind. One statement, and two more where days were missed that a training asks for."""
    cohorts = _cohorts(db, today)
    editions = editions_of(db, {row.edition_id for row in cohorts})
    needed = {row.id: editions[row.edition_id].policy.training_days_min for row in cohorts}
    lines = [_to_plan(cohorts, needed), _to_settle(cohorts), _to_make_up(db, cohorts, needed)]
    return [line for line in lines if line is not None]


def _cohorts(db: Session, today: date) -> list[Row[Any]]:
    """Cohorts that run or begin soon, or had days: how many are planned, and of how many the list is closed.

    `open`: lists that should be closed by now, the first since `open_since`.
    """
    over_open = and_(Meeting.ends_at < start_of(today), Meeting.settled_at.is_(None))
    running = exists().where(Enrolment.cohort_id == Cohort.id, IN_TRAINING)
    query = (
        select(
            Cohort.id,
            Cohort.edition_id,
            Cohort.starts_on,
            func.count(Meeting.id).label("planned"),
            func.count(Meeting.settled_at).label("closed"),
            func.max(Meeting.ends_at).label("last"),
            func.count(Meeting.id).filter(over_open).label("open"),
            func.min(Meeting.ends_at).filter(over_open).label("open_since"),
            running.label("running"),
        )
        .outerjoin(TrainingDay, TrainingDay.cohort_id == Cohort.id)
        .outerjoin(Meeting, (Meeting.id == TrainingDay.meeting_id) & Meeting.cancelled_at.is_(None))
        .where(Cohort.starts_on <= today + PLAN_AHEAD, or_(running, TrainingDay.id.is_not(None)))
        .group_by(Cohort.id)
        .order_by(Cohort.starts_on, Cohort.id)
    )
    return list(db.execute(query))


def _to_plan(cohorts: list[Row[Any]], needed: dict[int, int]) -> DaysWork | None:
    short = [row for row in cohorts if row.running and row.planned < needed[row.id]]
    if not short:
        return None
    count = sum(needed[row.id] - row.planned for row in short)
    return DaysWork("days_to_plan", count, f"/beheer/opleidingsgroepen/{short[0].id}#scholing", short[0].starts_on)


def _to_settle(cohorts: list[Row[Any]]) -> DaysWork | None:
    left = sorted((row for row in cohorts if row.open), key=lambda row: row.open_since)
    if not left:
        return None
    since = local_day(left[0].open_since)
    count = sum(row.open for row in left)
    return DaysWork("days_to_settle", count, f"/beheer/opleidingsgroepen/{left[0].id}#scholing", since)


def _to_make_up(db: Session, cohorts: list[Row[Any]], needed: dict[int, int]) -> DaysWork | None:
    """Who had fewer days than have been, where the training asks for days."""
    due = {row.id: min(row.closed, needed[row.id]) for row in cohorts if row.closed and needed[row.id]}
    if not due:
        return None
    people = db.execute(
        select(Enrolment.id, Enrolment.person_id, Enrolment.cohort_id).where(Enrolment.cohort_id.in_(due), IN_TRAINING)
    ).all()
    had = days_had(db, [row.id for row in people])
    behind = [row for row in people if len(had[row.id]) < due[row.cohort_id]]
    if not behind:
        return None
    first = next(row for row in cohorts if row.id == behind[0].cohort_id)
    return DaysWork(
        "days_to_make_up",
        len(behind),
        f"/beheer/opleidingsgroepen/{first.id}#scholing",
        local_day(first.last),
        tuple(row.person_id for row in behind),
    )
