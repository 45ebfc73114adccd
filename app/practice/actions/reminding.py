"""The reminders of a visit: planned with it, and taken back when it moves or does not go on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.tables import Enrolment
from app.delivery.tables import DeliveryDate
from app.outbox.actions import post, suppress_planned
from app.practice.rules.reminders import REMIND_DAYS, reminders
from app.practice.tables.work import AssignmentRecord, CoachVisit

REMINDER: Final = "practice.visit_reminder"
NEAR: Final = timedelta(days=max(REMIND_DAYS) + 2)


def remind_of(db: Session, visit: CoachVisit, *, starts_at: datetime, people: Iterable[int], now: datetime) -> None:
    """Remind these people of a visit as it is now, and of no other; doing it again changes nothing.

    What was planned for the visit as it was before, or for somebody else, is taken back. One that is late but still
    helps stays: it goes out when the mail works again.
    """
    both = tuple(people)
    due = [one for one in reminders(starts_at, planned_at=visit.planned_at) if one.not_after > now]
    keys = {
        f"{_keys(visit)}{visit.sequence}:{one.days}:{person_id}": (one, person_id) for one in due for person_id in both
    }
    forget_reminders(db, visit, but=keys, now=now)
    for key, (one, person_id) in keys.items():
        if one.send_at <= now:
            continue
        post(
            db,
            REMINDER,
            person_id=person_id,
            key=key,
            now=now,
            data={"visit_id": visit.id, "sequence": visit.sequence, "days": one.days},
            reply_to_id=next((other for other in both if other != person_id), None),
            send_at=one.send_at,
            not_after=one.not_after,
        )


def forget_reminders(db: Session, visit: CoachVisit, *, now: datetime, but: Iterable[str] = ()) -> None:
    """Take back what was planned for a visit and did not go out yet."""
    why = "Het bezoek is intussen verzet, overgedragen of afgezegd."
    suppress_planned(db, key_prefix=_keys(visit), but=but, reason=why, now=now)


def remind_of_coming(db: Session, *, now: datetime) -> None:
    """Make sure of the reminders of all visits that are near, whatever happened to them since they were planned.

    The visits are held: one that is moved at this moment is moved before or after.
    """
    coming = db.execute(
        select(CoachVisit, DeliveryDate.starts_at, Enrolment.person_id)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .join(AssignmentRecord, AssignmentRecord.id == CoachVisit.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(
            CoachVisit.cancelled_at.is_(None),
            CoachVisit.attempt == AssignmentRecord.attempt,
            DeliveryDate.cancelled_at.is_(None),
            DeliveryDate.starts_at > now,
            DeliveryDate.starts_at < now + NEAR,
        )
        .order_by(CoachVisit.id)
        .with_for_update(key_share=True, of=CoachVisit)
        .execution_options(populate_existing=True)
    )
    for visit, starts_at, person_id in coming.all():
        remind_of(db, visit, starts_at=starts_at, people=(person_id, visit.coach_id), now=now)


def _keys(visit: CoachVisit) -> str:
    return f"{REMINDER}:{visit.id}:"
