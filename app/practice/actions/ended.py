"""What ends with a training: visits that were still to come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentStage
from app.delivery.tables import DeliveryDate
from app.ledger.actions import record
from app.outbox.actions import post
from app.practice.actions.reminding import forget_reminders
from app.practice.tables.work import AssignmentRecord, CoachVisit

OVER = frozenset({EnrolmentStage.WITHDRAWN, EnrolmentStage.EXPIRED})


def call_off_visits(db: Session, *, enrolment_id: int, now: datetime) -> None:
    """Once a training was stopped nobody comes to look any more: it leaves both calendars. Safe to repeat."""
    enrolment = enrolment_facts(db, [enrolment_id])[enrolment_id]
    if enrolment.stage not in OVER:
        return
    records = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id == enrolment_id)
    held = db.scalars(records.order_by(AssignmentRecord.id).with_for_update()).all()
    coming = (
        select(CoachVisit)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .where(CoachVisit.record_id.in_(held), CoachVisit.cancelled_at.is_(None), DeliveryDate.starts_at > now)
        .order_by(CoachVisit.id)
    )
    for visit in db.scalars(coming).all():
        visit.cancelled_at = now
        visit.sequence += 1
        db.flush()
        subject = ("coach_visit", visit.id)
        record(db, "practice.visit_cancelled", actor_id=None, subject=subject, now=now, with_training=enrolment_id)
        for person_id, other_id in ((enrolment.person_id, visit.coach_id), (visit.coach_id, enrolment.person_id)):
            post(
                db,
                "practice.visit_cancelled",
                person_id=person_id,
                key=f"practice.visit_cancelled:{visit.id}:{visit.sequence}:{person_id}",
                now=now,
                data={"visit_id": visit.id, "sequence": visit.sequence, "with_training": True},
                reply_to_id=other_id,
            )
        forget_reminders(db, visit, now=now)
