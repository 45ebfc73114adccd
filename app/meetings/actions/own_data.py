"""Forgetting somebody's part in meetings, and links that have nothing left to open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, cast, literal, or_, select, update
from sqlalchemy.orm import Session

from app.kit.storage import Storage
from app.meetings.actions import line
from app.meetings.actions.planning import locked
from app.meetings.rules import AnswerTo, over
from app.meetings.tables import Meeting, MeetingSignup

LINKS_KEPT: Final = timedelta(days=90)


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - no files here
    """Links stop working and seats ahead go to the next in line; attendance stays as proof, without a name."""
    query = select(MeetingSignup).where(MeetingSignup.person_id == person_id).order_by(MeetingSignup.meeting_id)
    for signup in db.scalars(query).all():
        meeting = locked(db, signup.meeting_id)
        db.refresh(signup)
        if signup.answer == AnswerTo.YES and over(meeting, now) is None:
            signup.answer = AnswerTo.NO
            signup.answered_at = now
            line.give_back(db, meeting, now=now)
        line.step_out(db, signup, meeting, now=now)
        signup.nonce = ""
        signup.token_hash = f"erased-{signup.id}"


def expire_links(db: Session, *, now: datetime) -> int:
    """Links in mails stop working 90 days after the meeting; gives how many."""
    old = select(Meeting.id).where(Meeting.ends_at < now - LINKS_KEPT)
    ended = db.execute(
        update(MeetingSignup)
        .where(MeetingSignup.meeting_id.in_(old), MeetingSignup.nonce != "")
        .values(nonce="", token_hash=literal("expired-") + cast(MeetingSignup.id, String))
        .returning(MeetingSignup.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def clear_attendance(db: Session, *, before: datetime) -> int:
    """Forget who was at meetings that ended before a moment; gives how many places."""
    old = select(Meeting.id).where(Meeting.ends_at < before)
    cleared = db.execute(
        update(MeetingSignup)
        .where(
            MeetingSignup.meeting_id.in_(old),
            or_(MeetingSignup.attendance != "", MeetingSignup.attendance_by_id.is_not(None)),
        )
        .values(attendance="", attended_minutes=None, attendance_at=None, attendance_by_id=None)
        .returning(MeetingSignup.id)
        .execution_options(synchronize_session=False)
    )
    return len(cleared.all())
