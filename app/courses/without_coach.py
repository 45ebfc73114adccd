"""Who follows a training and has nobody beside her now, since when, and why.

A coach counts as none when she has no such role any more, is blocked or erased, or is away today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.courses.coaches import may_coach
from app.courses.tables import CoachAbsence, CoachAssignment, Course, Enrolment, Intervention
from app.kit.db import fetch
from app.kit.localtime import local_day, start_of, working_days_between
from app.people.rules import Role
from app.people.tables import Account, Person, RoleGrant

DAYS_ALLOWED: Final = 1  # working days without a coach, then it is wrong


class WithoutReason(StrEnum):
    """Why nobody is there."""

    NOBODY = "nobody"
    NO_ROLE = "no_role"
    GONE = "gone"
    AWAY = "away"


@dataclass(frozen=True)
class WithoutCoach:
    """Somebody without a coach. `coach_id`: who stands there and cannot; `days`: working days since."""

    enrolment_id: int
    person_id: int
    cohort_id: int
    coach_id: int | None
    why: WithoutReason
    since: datetime
    days: int

    @property
    def too_long(self) -> bool:
        return self.days > DAYS_ALLOWED


def _away(coach: Any) -> ColumnElement[bool]:
    return exists().where(
        CoachAbsence.person_id == coach,
        CoachAbsence.starts_on <= bindparam("today"),
        or_(CoachAbsence.ends_on.is_(None), CoachAbsence.ends_on >= bindparam("today")),
    )


_has_role: Final = may_coach(CoachAssignment.coach_id, Intervention.slug)
_WITHOUT: Final = (
    select(
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.cohort_id,
        Enrolment.confirmed_at,
        CoachAssignment.coach_id,
        CoachAssignment.since,
        Person.erased_at,
        Account.blocked_at,
        _has_role.label("has_role"),
    )
    .join(Course, Course.id == Enrolment.course_id)
    .join(Intervention, Intervention.id == Course.intervention_id)
    .outerjoin(CoachAssignment, and_(CoachAssignment.enrolment_id == Enrolment.id, CoachAssignment.until.is_(None)))
    .outerjoin(Person, Person.id == CoachAssignment.coach_id)
    .outerjoin(Account, Account.person_id == CoachAssignment.coach_id)
    .where(
        Enrolment.confirmed_at.is_not(None),
        Enrolment.paused_at.is_(None),
        Enrolment.completed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
        or_(
            CoachAssignment.id.is_(None),
            Person.erased_at.is_not(None),
            Account.blocked_at.is_not(None),
            ~_has_role,
            _away(CoachAssignment.coach_id),
        ),
    )
)
_LAST: Final = (
    select(CoachAssignment.enrolment_id, func.max(CoachAssignment.until).label("until"))
    .where(CoachAssignment.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .group_by(CoachAssignment.enrolment_id)
)
_REVOKED: Final = (
    select(RoleGrant.person_id, func.max(RoleGrant.revoked_at).label("at"))
    .where(RoleGrant.person_id.in_(bindparam("coaches", expanding=True)), RoleGrant.role == Role.COACH)
    .group_by(RoleGrant.person_id)
)
_SINCE: Final = select(CoachAbsence.person_id, CoachAbsence.starts_on).where(
    CoachAbsence.person_id.in_(bindparam("coaches", expanding=True)),
    CoachAbsence.starts_on <= bindparam("today"),
    or_(CoachAbsence.ends_on.is_(None), CoachAbsence.ends_on >= bindparam("today")),
)


def without_coach(db: Session, *, now: datetime) -> list[WithoutCoach]:
    """Everybody in training without a coach who is there, longest first; four statements at most."""
    today = local_day(now)
    rows = fetch(db, _WITHOUT, today=today).all()
    if not rows:
        return []
    coaches = list({row.coach_id for row in rows if row.coach_id is not None})
    ended = {row.enrolment_id: row.until for row in fetch(db, _LAST, enrolments=[row.id for row in rows])}
    revoked = {row.person_id: row.at for row in fetch(db, _REVOKED, coaches=coaches)} if coaches else {}
    gone: dict[int, list[datetime]] = defaultdict(list)
    for absence in fetch(db, _SINCE, coaches=coaches, today=today) if coaches else ():
        gone[absence.person_id].append(start_of(absence.starts_on))
    found = []
    for row in rows:
        why, since = _reason(row, ended.get(row.id), revoked.get(row.coach_id), gone[row.coach_id])
        days = working_days_between(local_day(since), today)
        found.append(WithoutCoach(row.id, row.person_id, row.cohort_id, row.coach_id, why, since, days))
    return sorted(found, key=lambda one: (one.since, one.enrolment_id))


def _reason(
    row: Any, ended: datetime | None, revoked: datetime | None, away: Iterable[datetime]
) -> tuple[WithoutReason, datetime]:
    """Why nobody is there and since when; never before she came in, or before this coach was hers."""
    if row.coach_id is None:
        return WithoutReason.NOBODY, max(row.confirmed_at, ended or row.confirmed_at)
    begun = max(row.confirmed_at, row.since)
    if row.erased_at or row.blocked_at:
        return WithoutReason.GONE, max(begun, row.erased_at or row.blocked_at)
    if not row.has_role:
        return WithoutReason.NO_ROLE, max(begun, revoked or begun)
    return WithoutReason.AWAY, max(begun, min(away, default=begun))
