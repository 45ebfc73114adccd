"""Who coaches whom, from - until."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.courses.tables import CoachAssignment, Course, Enrolment, Intervention
from app.jobs.actions import enqueue
from app.kit.errors import Forbidden, NotFound, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Role, Viewer
from app.people.tables import Person, RoleGrant

TO_PROFESSIONAL = "courses.coach_assigned"
TO_COACH = "courses.coachees_assigned"
COACH_CHANGED = "delivery.coach_changed"


def assign_coach(db: Session, *, by: Viewer, enrolment_id: int, coach_id: int, now: datetime) -> None:
    """Give one professional a coach; the former one, if any, ends now. The same coach again changes nothing.

    Raises: Forbidden; NotFound; Refused("not_a_coach" | "coach_is_self" | "enrolment_closed").
    """
    assign_coaches(db, by=by, enrolment_ids=[enrolment_id], coach_id=coach_id, now=now)


def assign_coaches(db: Session, *, by: Viewer, enrolment_ids: Collection[int], coach_id: int, now: datetime) -> int:
    """Give several professionals the same coach, who gets one mail about all of them. Gives how many changed.

    Raises: as assign_coach.
    """
    if not by.is_admin:
        raise Forbidden
    enrolments = db.scalars(
        select(Enrolment).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id).with_for_update()
    ).all()
    if not enrolments or len(enrolments) != len(set(enrolment_ids)):
        raise NotFound
    for enrolment in enrolments:
        _may_coach(db, coach_id, enrolment)
    changed = [enrolment for enrolment in enrolments if _assign(db, by, enrolment, coach_id, now)]
    if changed:
        ids = [enrolment.id for enrolment in changed]
        post(
            db,
            TO_COACH,
            person_id=coach_id,
            key=f"{TO_COACH}:{coach_id}:{'-'.join(map(str, ids))}:{now.isoformat()}",
            data={"enrolment_ids": ids},
            reply_to_id=by.id,
            now=now,
        )
    return len(changed)


def _may_coach(db: Session, coach_id: int, enrolment: Enrolment) -> None:
    if enrolment.withdrawn_at is not None or enrolment.expired_at is not None or enrolment.completed_at is not None:
        raise Refused("enrolment_closed")
    if coach_id == enrolment.person_id:
        raise Refused("coach_is_self", "coach_id")
    slug = db.scalar(
        select(Intervention.slug)
        .join(Course, Course.intervention_id == Intervention.id)
        .where(Course.id == enrolment.course_id)
    )
    granted = db.scalar(
        select(RoleGrant.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.person_id == coach_id,
            RoleGrant.role == Role.COACH,
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.intervention == slug, RoleGrant.intervention == ""),
            Person.erased_at.is_(None),
        )
        .limit(1)
    )
    if granted is None:
        raise Refused("not_a_coach", "coach_id")


def _assign(db: Session, by: Viewer, enrolment: Enrolment, coach_id: int, now: datetime) -> bool:
    current = db.scalar(
        select(CoachAssignment).where(CoachAssignment.enrolment_id == enrolment.id, CoachAssignment.until.is_(None))
    )
    if current is not None and current.coach_id == coach_id:
        return False
    if current is not None:
        current.until = now
        db.flush()
    assignment = CoachAssignment(enrolment_id=enrolment.id, coach_id=coach_id, since=now)
    db.add(assignment)
    db.flush()
    tell_professional(db, enrolment, now=now)
    record(
        db,
        "courses.coach_assigned",
        actor_id=by.id,
        subject=("enrolment", enrolment.id),
        now=now,
        coach_id=coach_id,
        former_coach_id=current.coach_id if current is not None else None,
    )
    tell_groups(db, enrolment_id=enrolment.id, now=now)
    return True


def tell_groups(db: Session, *, enrolment_id: int, now: datetime) -> None:
    """Who coaches has changed: what stands in calendars of groups, which are known higher up, follows."""
    enqueue(db, COACH_CHANGED, now=now, enrolment_id=enrolment_id)


def tell_professional(db: Session, enrolment: Enrolment, *, now: datetime) -> None:
    """Tell a professional who coaches her: once for each coach, and not before she came in."""
    assignment = db.scalar(
        select(CoachAssignment).where(CoachAssignment.enrolment_id == enrolment.id, CoachAssignment.until.is_(None))
    )
    if assignment is None or enrolment.confirmed_at is None:
        return
    post(
        db,
        TO_PROFESSIONAL,
        person_id=enrolment.person_id,
        key=f"{TO_PROFESSIONAL}:{assignment.id}",
        data={"enrolment_id": enrolment.id, "coach_id": assignment.coach_id},
        reply_to_id=assignment.coach_id,
        now=now,
    )
