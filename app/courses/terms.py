"""Until when a training lasts: what the policy gives, and what was added."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import and_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.rules import EXTENSION_MOST, EXTENSIONS, EnrolmentFacts
from app.courses.tables import CourseEdition, Enrolment, EnrolmentExtension
from app.kit.db import fetch
from app.kit.localtime import local_day, start_of

_ADDED: Final = (
    select(EnrolmentExtension.enrolment_id, func.sum(EnrolmentExtension.days).label("days"))
    .where(EnrolmentExtension.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .group_by(EnrolmentExtension.enrolment_id)
)


@dataclass(frozen=True)
class Term:
    """The last day of a training, and how many days were added to it."""

    ends_on: date
    added: int

    @property
    def choices(self) -> tuple[tuple[int, date], ...]:
        """How many days more can be given, with the day that it would be then."""
        return tuple((days, self.ends_on + timedelta(days=days)) for days in EXTENSIONS if days <= self.left)

    @property
    def left(self) -> int:
        return EXTENSION_MOST - self.added


@dataclass(frozen=True)
class Overdue:
    """A training that should have ended."""

    enrolment_id: int
    person_id: int
    ended_on: date


def added_days(db: Session, enrolment_ids: Collection[int]) -> dict[int, int]:
    """How many days were added to each: one statement."""
    ids = list(enrolment_ids)
    return {row.enrolment_id: int(row.days) for row in fetch(db, _ADDED, enrolments=ids)} if ids else {}


def term_of(db: Session, enrolment: EnrolmentFacts) -> Term | None:
    """Until when a training lasts; None before she came in."""
    if enrolment.confirmed_at is None:
        return None
    added = added_days(db, [enrolment.id]).get(enrolment.id, 0)
    most = edition_of(db, enrolment.edition_id).policy.enrolment_max_days
    return Term(local_day(enrolment.confirmed_at) + timedelta(days=most + added), added)


def overdue(db: Session, *, now: datetime) -> list[Overdue]:
    """Trainings that run and should have ended, longest ago first: three statements."""
    today = local_day(now)
    most = {id_: edition_of(db, id_).policy.enrolment_max_days for id_ in db.scalars(select(CourseEdition.id))}
    old = [
        and_(Enrolment.edition_id == id_, Enrolment.confirmed_at < start_of(today - timedelta(days=days)))
        for id_, days in most.items()
    ]
    rows = db.execute(
        select(Enrolment.id, Enrolment.person_id, Enrolment.edition_id, Enrolment.confirmed_at).where(
            or_(false(), *old),
            Enrolment.confirmed_at.is_not(None),
            Enrolment.paused_at.is_(None),
            Enrolment.completed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
    ).all()
    added = added_days(db, [row.id for row in rows])
    found = [
        Overdue(row.id, row.person_id, ends_on)
        for row in rows
        if (ends_on := _end(row.confirmed_at, most[row.edition_id] + added.get(row.id, 0))) < today
    ]
    return sorted(found, key=lambda one: (one.ended_on, one.enrolment_id))


def _end(confirmed_at: datetime | None, days: int) -> date:
    if confirmed_at is None:
        raise ValueError("a training that did not begin has no end")
    return local_day(confirmed_at) + timedelta(days=days)
