"""Reading coaches: for what each may coach, how much she can take on, where, when she is away, whom she has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.courses.rules import Away, AwayReason, CoachRoom, EnrolmentFacts
from app.courses.tables import CoachAbsence, CoachAssignment, CoachProfile, Enrolment
from app.kit.db import fetch
from app.people.rules import Role
from app.people.tables import RoleGrant

_PROFILES: Final = select(
    CoachProfile.person_id,
    CoachProfile.people_max,
    CoachProfile.visits_per_week,
    CoachProfile.regions,
    CoachProfile.version,
).where(CoachProfile.person_id.in_(bindparam("coaches", expanding=True)))
_AWAY: Final = (
    select(CoachAbsence.person_id, CoachAbsence.id, CoachAbsence.reason, CoachAbsence.starts_on, CoachAbsence.ends_on)
    .where(
        CoachAbsence.person_id.in_(bindparam("coaches", expanding=True)),
        or_(CoachAbsence.ends_on.is_(None), CoachAbsence.ends_on >= bindparam("today")),
    )
    .order_by(CoachAbsence.starts_on, CoachAbsence.id)
)
_PEOPLE: Final = (
    select(CoachAssignment.coach_id, func.count().label("people"))
    .join(Enrolment, Enrolment.id == CoachAssignment.enrolment_id)
    .where(
        CoachAssignment.coach_id.in_(bindparam("coaches", expanding=True)),
        CoachAssignment.until.is_(None),
        Enrolment.completed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
    )
    .group_by(CoachAssignment.coach_id)
)


def may_coach(person: Any, intervention: Any) -> ColumnElement[bool]:
    """Whether somebody has the role of coach for an intervention now; a grant for "" is for all of them."""
    return exists().where(
        RoleGrant.person_id == person,
        RoleGrant.role == Role.COACH,
        RoleGrant.revoked_at.is_(None),
        or_(RoleGrant.intervention == "", RoleGrant.intervention == intervention),
    )


def coaches_now(db: Session, person_id: int, enrolment: EnrolmentFacts) -> bool:
    """Whether somebody coaches a training and may: who lost the role still stands there until another takes over."""
    return enrolment.coach_id == person_id and is_coach_for(db, person_id, enrolment)


def is_coach_for(db: Session, person_id: int, enrolment: EnrolmentFacts) -> bool:
    """Whether somebody may coach what this training is about, whoever coaches it."""
    return bool(db.scalar(select(may_coach(person_id, enrolment.intervention_slug))))


def rooms_of(db: Session, coach_ids: Collection[int], *, today: date) -> dict[int, CoachRoom]:
    """The room of each coach, the usual one where nobody filled it in; absences that are over are left out.

    Two statements, however many there are.
    """
    ids = list(set(coach_ids))
    if not ids:
        return {}
    away: dict[int, list[Away]] = defaultdict(list)
    for row in fetch(db, _AWAY, coaches=ids, today=today):
        away[row.person_id].append(Away(row.id, AwayReason(row.reason), row.starts_on, row.ends_on))
    told = {row.person_id: row for row in fetch(db, _PROFILES, coaches=ids)}
    return {
        id_: CoachRoom(
            id_,
            told[id_].people_max,
            told[id_].visits_per_week,
            tuple(told[id_].regions),
            tuple(away[id_]),
            told=True,
            version=told[id_].version,
        )
        if id_ in told
        else CoachRoom(id_, away=tuple(away[id_]))
        for id_ in ids
    }


def people_of(db: Session, coach_ids: Collection[int]) -> dict[int, int]:
    """How many people in training each coaches now."""
    ids = list(set(coach_ids))
    found = {row.coach_id: int(row.people) for row in fetch(db, _PEOPLE, coaches=ids)} if ids else {}
    return {id_: found.get(id_, 0) for id_ in ids}
