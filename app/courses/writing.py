"""Whom somebody may write to, of the people she chose: those of a cohort, or those whom she coaches now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import enrolments_assigned_to
from app.courses.tables import Course, Enrolment, Intervention
from app.people.rules import Viewer
from app.people.tables import Person


@dataclass(frozen=True)
class Receiver:
    """Somebody who gets the letter."""

    enrolment_id: int
    person_id: int
    name: str


@dataclass(frozen=True)
class Receivers:
    """Who gets a letter and who of those chosen does not.

    `not_invited`, `no_address`: names. `gone`: how many are no longer among the writer's people; they are not named,
    since nobody knows whether they ever were.
    """

    people: tuple[Receiver, ...]
    not_invited: tuple[str, ...]
    no_address: tuple[str, ...]
    gone: int

    @property
    def all_there(self) -> bool:
        return not (self.not_invited or self.no_address or self.gone)


def receivers(db: Session, by: Viewer, cohort_id: int | None, enrolment_ids: Collection[int]) -> Receivers:
    """By name. `cohort_id`: an admin writes to people of this cohort; None: a coach to her own. One statement."""
    wanted = set(enrolment_ids)
    query = (
        select(
            Enrolment.id,
            Enrolment.invitation_id,
            Enrolment.confirmed_at,
            Intervention.slug,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Intervention, Intervention.id == Course.intervention_id)
        .where(
            Enrolment.id.in_(wanted),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Person.folded_name, Enrolment.id)
    )
    if cohort_id is None:
        query = query.where(Enrolment.id.in_(enrolments_assigned_to(by.id)))
    else:
        query = query.where(Enrolment.cohort_id == cohort_id)
    rows = db.execute(query).all() if cohort_id is None or by.is_admin else []
    rows = [row for row in rows if cohort_id is not None or by.may_coach(row.slug)]
    asked = [row for row in rows if row.invitation_id is not None or row.confirmed_at is not None]
    return Receivers(
        people=tuple(Receiver(row.id, row.person_id, row.name) for row in asked if row.email),
        not_invited=tuple(row.name for row in rows if row.invitation_id is None and row.confirmed_at is None),
        no_address=tuple(row.name for row in asked if not row.email),
        gone=len(wanted) - len(rows),
    )
