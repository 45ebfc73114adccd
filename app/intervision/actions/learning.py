"""What somebody takes home from a meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import record
from app.intervision.inputs import LearningPointGiven
from app.intervision.tables import LearningPoint
from app.kit.errors import NotFound, Refused
from app.meetings.rules import AnswerTo, Attendance, MeetingState, state
from app.meetings.tables import Meeting, MeetingSignup
from app.people.rules import Viewer


def write_learning_point(db: Session, *, by: Viewer, signup_id: int, given: LearningPointGiven, now: datetime) -> None:
    """Write, or write again, what somebody takes home; nobody else can read it.

    Raises: NotFound for somebody else's place; Refused before the meeting began, or when she was not there.
    """
    signup, meeting = _own_place(db, by, signup_id)
    if state(meeting, now) not in {MeetingState.HELD, MeetingState.SETTLED}:
        raise Refused("not_held_yet")
    seen = Attendance(signup.attendance)
    if not (seen.was_there or (seen is Attendance.UNKNOWN and signup.answer == AnswerTo.YES)):
        raise Refused("was_not_there")
    point = db.scalar(select(LearningPoint).where(LearningPoint.signup_id == signup_id))
    if point is None:
        db.add(
            LearningPoint(
                signup_id=signup_id,
                person_id=by.id,
                learned=given.learned,
                next_step=given.next_step,
                written_at=now,
            )
        )
    else:
        point.learned, point.next_step, point.written_at = given.learned, given.next_step, now
    record(db, "learning_point_written", by, signup_id, now, kind="meeting_signup")


def remove_learning_point(db: Session, *, by: Viewer, signup_id: int, now: datetime) -> None:
    """Throw away the own learning point. Raises: NotFound."""
    _own_place(db, by, signup_id)
    db.execute(delete(LearningPoint).where(LearningPoint.signup_id == signup_id, LearningPoint.person_id == by.id))
    record(db, "learning_point_removed", by, signup_id, now, kind="meeting_signup")


def _own_place(db: Session, by: Viewer, signup_id: int) -> tuple[MeetingSignup, Meeting]:
    row = db.execute(
        select(MeetingSignup, Meeting)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(MeetingSignup.id == signup_id, MeetingSignup.person_id == by.id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]
