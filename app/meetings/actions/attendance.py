"""Who was there: the list of a meeting, and closing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Refused
from app.ledger import actions as ledger
from app.meetings.actions.planning import locked
from app.meetings.rules import AnswerTo, Attendance, Mark, MeetingState, noted, state
from app.meetings.tables import Meeting, MeetingSignup
from app.people.rules import Viewer


def mark_attendance(db: Session, *, by: Viewer, meeting_id: int, marks: Mapping[int, Mark], now: datetime) -> list[int]:
    """Note who was there, by signup; what changed stands in the ledger. Gives the people whose mark changed.

    Raises: NotFound for a place in another meeting; Refused before the start, after closing, or when the
    meeting was called off.
    """
    meeting = locked(db, meeting_id)
    _refuse_unless_held(meeting, now)
    signups = _signups(db, meeting_id)
    if not marks.keys() <= signups.keys():
        raise NotFound
    changed: list[int] = []
    for signup_id, mark in sorted(marks.items()):
        signup = signups[signup_id]
        kept = noted(mark, net_minutes=meeting.net_minutes)
        before = Mark(Attendance(signup.attendance), signup.attended_minutes)
        if kept == before:
            continue
        signup.attendance = kept.attendance
        signup.attended_minutes = kept.minutes
        signup.attendance_at = now if kept.attendance else None
        signup.attendance_by_id = by.id if kept.attendance else None
        changed.append(signup.person_id)
        ledger.record(
            db,
            "meetings.attendance_marked",
            actor_id=by.id,
            subject=("meeting_signup", signup_id),
            now=now,
            attendance=kept.attendance.value,
            minutes=kept.minutes,
            before=before.attendance.value,
        )
    return changed


def settle(db: Session, *, by: Viewer, meeting_id: int, now: datetime) -> None:
    """Close the list: from now on it is proof.

    Raises: NotFound; Refused while somebody with a seat has no mark, and as for marking.
    """
    meeting = locked(db, meeting_id)
    _refuse_unless_held(meeting, now)
    if now < meeting.ends_at:
        raise Refused("not_ended_yet")
    missing = db.scalar(
        select(func.count())
        .select_from(MeetingSignup)
        .where(
            MeetingSignup.meeting_id == meeting_id,
            MeetingSignup.answer == AnswerTo.YES,
            MeetingSignup.attendance == Attendance.UNKNOWN,
        )
    )
    if missing:
        raise Refused("marks_missing", missing=missing)
    meeting.settled_at = now
    ledger.record(db, "meetings.settled", actor_id=by.id, subject=("meeting", meeting_id), now=now)


def reopen(db: Session, *, by: Viewer, meeting_id: int, now: datetime) -> None:
    """Open a closed list again, to correct it. Raises: NotFound; Refused when it is not closed."""
    meeting = locked(db, meeting_id)
    if meeting.settled_at is None:
        raise Refused("not_settled")
    meeting.settled_at = None
    ledger.record(db, "meetings.reopened", actor_id=by.id, subject=("meeting", meeting_id), now=now)


def _signups(db: Session, meeting_id: int) -> dict[int, MeetingSignup]:
    found = db.scalars(
        select(MeetingSignup).where(MeetingSignup.meeting_id == meeting_id).execution_options(populate_existing=True)
    )
    return {signup.id: signup for signup in found}


def _refuse_unless_held(meeting: Meeting, now: datetime) -> None:
    match state(meeting, now):
        case MeetingState.CANCELLED:
            raise Refused("meeting_cancelled")
        case MeetingState.SETTLED:
            raise Refused("meeting_settled")
        case MeetingState.DRAFT | MeetingState.PUBLISHED:
            raise Refused("not_held_yet")
        case MeetingState.HELD:
            return
