"""Forgetting what somebody wrote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.intervision.queries.groups import ended_before
from app.intervision.queries.leaders import led_ahead
from app.intervision.tables import (
    GroupSeat,
    IntervisionSession,
    LearningPoint,
    PlacingLine,
    RoundReply,
    SessionFacilitator,
)
from app.kit.storage import Storage
from app.meetings.tables import MeetingSignup


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - no files here
    """What she wrote and where she sat go, and what she was to lead; that she led a meeting stays as a number."""
    db.execute(delete(LearningPoint).where(LearningPoint.person_id == person_id))
    db.execute(delete(RoundReply).where(RoundReply.person_id == person_id))
    db.execute(delete(PlacingLine).where(PlacingLine.person_id == person_id))
    hers = select(MeetingSignup.id).where(MeetingSignup.person_id == person_id)
    db.execute(delete(GroupSeat).where(GroupSeat.signup_id.in_(hers)))
    ahead = select(IntervisionSession.id).where(IntervisionSession.meeting_id.in_(led_ahead(db, person_id, now=now)))
    db.execute(
        delete(SessionFacilitator).where(
            SessionFacilitator.person_id == person_id, SessionFacilitator.session_id.in_(ahead)
        )
    )


def clear_tables(db: Session, *, before: datetime) -> int:
    """Forget who sat with whom at meetings that ended before a moment; gives how many seats."""
    gone = db.execute(
        delete(GroupSeat)
        .where(GroupSeat.group_id.in_(ended_before(before)))
        .returning(GroupSeat.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
