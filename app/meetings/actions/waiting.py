"""The waiting list of a meeting: joining it, being taken off it, and an offer that nobody answered in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Refused
from app.ledger import actions as ledger
from app.meetings.actions import line
from app.meetings.actions.planning import locked
from app.meetings.rules import AnswerTo, InLine, in_line, offered_until, over, signup_open
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post
from app.people.rules import Viewer


def join(db: Session, *, signup_id: int, actor_id: int | None, now: datetime, closed_too: bool = False) -> bool:
    """Stand in line for a seat. When one is free after all, it is offered to the first in line at once.

    `actor_id` is None when she asked through the link in the mail. `closed_too`: also when sign-up has closed.
    False when she stands there already, or has a seat. Raises: NotFound; Refused when the meeting is over or
    called off, sign-up has closed, or it is too near for an offer to be answered.
    """
    meeting, signup = held(db, signup_id)
    if (gone := over(meeting, now)) is not None:
        raise Refused(gone)
    stands = in_line(signup.waiting_since, signup.offered_until, now)
    if signup.answer == AnswerTo.YES or stands in {InLine.WAITING, InLine.OFFERED}:
        return False
    if not (closed_too or signup_open(meeting, now)):
        raise Refused("signup_closed")
    if offered_until(meeting.starts_at, now) is None:
        raise Refused("line_ended")
    if signup.waiting_since is not None:  # her offer passed, and the job is late
        line.step_out(db, signup, meeting, now=now, passed=True)
    line.stand_in_line(db, signup, now=now)
    db.flush()
    subject = ("meeting_signup", signup_id)
    ledger.record(db, "meetings.line_joined", actor_id=actor_id, subject=subject, now=now)
    line.offer_free_seats(db, meeting, now=now)
    return True


def take_off(db: Session, *, by: Viewer, signup_id: int, now: datetime) -> None:
    """An admin takes somebody off the list, who hears of it; a seat that was kept for her goes to the next.

    Raises: NotFound; Refused when the meeting is over, or when she is not on the list.
    """
    meeting, signup = held(db, signup_id)
    if (gone := over(meeting, now)) is not None:
        raise Refused(gone)
    if signup.waiting_since is None:
        raise Refused("not_in_line")
    line.step_out(db, signup, meeting, now=now)
    post(
        db,
        "meetings.off_the_list",
        person_id=signup.person_id,
        key=f"meetings.off_the_list:{signup.id}:{signup.version}",
        data={"signup_id": signup.id},
        reply_to_id=by.id,
        now=now,
        not_after=meeting.starts_at,
    )
    ledger.record(db, "meetings.taken_off_list", actor_id=by.id, subject=("meeting_signup", signup_id), now=now)


def expire_offer(db: Session, *, signup_id: int, now: datetime) -> bool:
    """An offer that was not answered in time goes to the next in line.

    False when there is none to end: it was answered, renewed, or ended before. Once the meeting has begun the seat
    stays empty. Raises: NotFound.
    """
    meeting, signup = held(db, signup_id)
    if signup.waiting_since is None or signup.offered_until is None or now < signup.offered_until:
        return False
    line.step_out(db, signup, meeting, now=now, passed=True)
    ledger.record(db, "meetings.offer_passed", actor_id=None, subject=("meeting_signup", signup_id), now=now)
    return True


def offer_seats(db: Session, *, meeting_id: int, now: datetime) -> None:
    """Offer what is free to the line: after a change that brought seats. Raises: NotFound."""
    meeting = locked(db, meeting_id)
    line.offer_free_seats(db, meeting, now=now)


def held(db: Session, signup_id: int) -> tuple[Meeting, MeetingSignup]:
    """A place and its meeting, held until the transaction ends. Raises: NotFound."""
    meeting_id = db.scalar(select(MeetingSignup.meeting_id).where(MeetingSignup.id == signup_id))
    if meeting_id is None:
        raise NotFound
    meeting = locked(db, meeting_id)
    return meeting, db.get_one(MeetingSignup, signup_id, populate_existing=True)
