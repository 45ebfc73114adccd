"""Who keeps up with an intervention: what lower domains may know of certificates, and who is late with reading."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Select, and_, bindparam, func, or_, select, union
from sqlalchemy.orm import Session

from app.certification.queries import HOLDING, invitees
from app.certification.tables import Certification, StandingSpan
from app.courses.editions import editions_of
from app.courses.tables import Course, CourseEdition, Enrolment, Intervention
from app.theory.handbook import Held
from app.theory.moving import PRACTICE_PINNED
from app.theory.tables import UpdateTask
from app.theory.updating import Trainers


def held_by(db: Session, person_id: int, on: date) -> Held:
    """The interventions that somebody has a certificate for, that holds on a day."""
    return Held(frozenset(db.scalars(_held(person_id, on))))


def _held(person_id: int, on: date) -> Select[int]:
    return (
        select(Certification.intervention_id)
        .join(StandingSpan, StandingSpan.certification_id == Certification.id)
        .where(
            Certification.person_id == person_id,
            StandingSpan.state.in_(HOLDING),
            StandingSpan.starts_on <= on,
            or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= on),
        )
    )


def read_by(db: Session, person_id: int, on: date) -> frozenset[int]:
    """The interventions of which somebody reads as a trainer: with a certificate, or asked to read what is new."""
    asked = select(UpdateTask.intervention_id).where(UpdateTask.person_id == person_id)
    return frozenset(db.scalars(union(_held(person_id, on), asked)))


def trainers(db: Session, intervention_id: int, on: date) -> Trainers:
    """Who keeps up with an intervention: everybody whose certificate holds that day, also in grace."""
    return Trainers(intervention_id, invitees(db, intervention_id, on).person_ids)


def owing_meetings(db: Session, first: date, last: date) -> frozenset[int]:
    """The interventions of which somebody owes a meeting between two days: who has a certificate then, or may have it.

    Who works in practice now may be a trainer before the half-year is over. Where the newest edition asks no meetings,
    nobody owes one. One statement, and the editions that the process does not know yet.
    """
    holding = (
        select(Certification.intervention_id)
        .join(StandingSpan, StandingSpan.certification_id == Certification.id)
        .where(
            StandingSpan.state.in_(HOLDING),
            StandingSpan.starts_on <= last,
            or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= first),
        )
    )
    coming = (
        select(Course.intervention_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(
            PRACTICE_PINNED.is_not(None),
            Enrolment.completed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
        )
    )
    newest = (
        select(func.max(CourseEdition.id))
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id == Intervention.id)
        .correlate(Intervention)
        .scalar_subquery()
    )
    rows = db.execute(select(Intervention.id, newest).where(Intervention.id.in_(union(holding, coming)))).all()
    known = editions_of(db, [edition_id for _, edition_id in rows if edition_id is not None])
    return frozenset(
        id_ for id_, edition_id in rows if edition_id is None or known[edition_id].policy.intervisions_min
    )


_LATE: Final = (
    select(UpdateTask.id)
    .join(
        Certification,
        and_(
            Certification.person_id == UpdateTask.person_id,
            Certification.intervention_id == UpdateTask.intervention_id,
        ),
    )
    .join(StandingSpan, StandingSpan.certification_id == Certification.id)
    .where(
        UpdateTask.done_at.is_(None),
        UpdateTask.replaced_at.is_(None),
        UpdateTask.due_on < bindparam("today"),
        StandingSpan.state.in_(HOLDING),
        StandingSpan.starts_on <= bindparam("today"),
        or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= bindparam("today")),
    )
)
LATE_READERS: Final = _LATE.with_only_columns(func.count()).scalar_subquery()
"""How many tasks of people with a certificate are past their day, on `today`, as a column."""


def late_reading(db: Session, on: date) -> tuple[str, int, date] | None:
    """The edition of which something should have been read longest ago: its course, its number, and that day.

    None when nobody is late any more.
    """
    found = db.execute(
        _LATE.join(CourseEdition, CourseEdition.id == UpdateTask.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .with_only_columns(Course.slug, CourseEdition.number, UpdateTask.due_on)
        .order_by(UpdateTask.due_on)
        .limit(1),
        {"today": on},
    ).first()
    return (found[0], found[1], found[2]) if found is not None else None
