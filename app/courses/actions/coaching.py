"""Who coaches whom, from - until."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.courses.tables import (
    CoachAssignment,
    CoachHandover,
    CoachHandoverMove,
    Course,
    Enrolment,
    Intervention,
)
from app.jobs.actions import enqueue
from app.kit.errors import Forbidden, NotFound, Refused
from app.ledger.actions import record, record_each
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
        must_be_coach_for(db, coach_id, enrolment)
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


def must_be_coach_for(db: Session, coach_id: int, enrolment: Enrolment) -> None:
    """Raises: Refused("not_a_coach" | "coach_is_self" | "enrolment_closed")."""
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


def move_people(
    db: Session,
    *,
    by_id: int | None,
    to: Mapping[int, int],
    handover_id: int | None,
    now: datetime,
    loans_before: int | None = None,
) -> None:
    """Give each enrolment another coach; the caller holds them and made sure that she may.

    `handover_id`: they are on loan by it. Who was on loan by another hand-over stays so, and goes back with that;
    with `loans_before` only by one that was made before it, and with 0 by none: somebody chose anew.
    """
    current = {
        row.enrolment_id: row
        for row in db.execute(
            select(CoachAssignment.enrolment_id, CoachAssignment.id, CoachAssignment.coach_id).where(
                CoachAssignment.enrolment_id.in_(to), CoachAssignment.until.is_(None)
            )
        )
    }
    loans = _loans(db, [row.id for row in current.values()], before=loans_before)
    db.execute(
        update(CoachAssignment)
        .where(CoachAssignment.id.in_([row.id for row in current.values()]))
        .values(until=now)
        .execution_options(synchronize_session=False)
    )
    made = {id_: CoachAssignment(enrolment_id=id_, coach_id=coach_id, since=now) for id_, coach_id in to.items()}
    db.add_all(made.values())
    db.flush()
    for id_, assignment in made.items():
        on_loan = loans.get(current[id_].id, set()) if id_ in current else set()
        for loan in sorted(on_loan | ({handover_id} if handover_id is not None else set())):
            db.add(CoachHandoverMove(assignment_id=assignment.id, handover_id=loan))
    former = {id_: row.coach_id for id_, row in current.items()}
    about = [
        (("enrolment", id_), {"coach_id": to[id_], "former_coach_id": former.get(id_), "handover_id": handover_id})
        for id_ in to
    ]
    record_each(db, "courses.coach_assigned", actor_id=by_id, about=about, now=now)
    for id_ in to:
        tell_groups(db, enrolment_id=id_, now=now)
    db.flush()


def _loans(db: Session, assignment_ids: Collection[int], *, before: int | None) -> dict[int, set[int]]:
    """By which hand-overs that are not over people are on loan, by assignment."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = db.execute(
        select(CoachHandoverMove.assignment_id, CoachHandoverMove.handover_id)
        .join(CoachHandover, CoachHandover.id == CoachHandoverMove.handover_id)
        .where(CoachHandoverMove.assignment_id.in_(assignment_ids), CoachHandover.ended_at.is_(None))
    )
    for row in rows:
        if before is None or row.handover_id < before:
            found[row.assignment_id].add(row.handover_id)
    return found


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
