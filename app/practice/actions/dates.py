"""A date of the group does not go on: the coach's visit to it is off too, and both hear it once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.dates import call_off_date
from app.kit.errors import Refused
from app.ledger.actions import record
from app.people.rules import Viewer
from app.practice.actions.cases import own_case
from app.practice.actions.reminding import forget_reminders
from app.practice.actions.visits import tell_both
from app.practice.rules.states import Step, may
from app.practice.tables.work import CoachVisit


def call_off(db: Session, *, by: Viewer, date_id: int, now: datetime) -> bool:
    """Call off a date of one's own group with whatever hangs on it; gives whether it changed.

    What hangs on it comes back by itself only where nobody has to agree: a coach chooses a day anew.
    Raises: NotFound; Refused when there is work of that day with the coach.
    """
    standing = CoachVisit.date_id == date_id, CoachVisit.cancelled_at.is_(None)
    records = db.scalars(select(CoachVisit.record_id).where(*standing).order_by(CoachVisit.record_id)).all()
    # Records first, as everywhere: who hands in, or plans a visit, holds the record and then looks at the group.
    held = {record_id: own_case(db, by=by, record_id=record_id, following=False) for record_id in records}
    if not call_off_date(db, by=by, date_id=date_id, now=now):
        return False
    for visit in db.scalars(select(CoachVisit).where(*standing).order_by(CoachVisit.id)).all():
        case = held.get(visit.record_id)
        if case is None:  # planned at this very moment: she has not seen it yet
            raise Refused("date_has_visit")
        if visit.attempt != case.record.attempt or not may(case.path.state, Step.CANCEL_VISIT):
            raise Refused("date_has_work")
        visit.cancelled_at = now
        visit.sequence += 1
        db.flush()
        record(
            db,
            "practice.visit_cancelled",
            actor_id=by.id,
            subject=("coach_visit", visit.id),
            now=now,
            with_date=date_id,
        )
        tell_both(db, "practice.visit_cancelled", case, visit, now=now, not_after=None, with_date=True)
        forget_reminders(db, visit, now=now)
    return True
