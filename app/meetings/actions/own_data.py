"""Forgetting somebody's part in meetings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.storage import Storage
from app.meetings.actions.answering import give_back
from app.meetings.actions.planning import locked
from app.meetings.rules import AnswerTo, over
from app.meetings.tables import MeetingSignup


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - no files here
    """Links stop working and seats ahead come free; attendance stays as the proof that it is, without a name."""
    query = select(MeetingSignup).where(MeetingSignup.person_id == person_id).order_by(MeetingSignup.meeting_id)
    for signup in db.scalars(query).all():
        meeting = locked(db, signup.meeting_id)
        db.refresh(signup)
        if signup.answer == AnswerTo.YES and over(meeting, now) is None:
            give_back(db, signup.meeting_id)
            signup.answer = AnswerTo.NO
            signup.answered_at = now
        signup.nonce = ""
        signup.token_hash = f"erased-{signup.id}"
