"""Seats and who waits for them. The caller holds the meeting, so that seats and the line change together.

A seat that comes free while people wait goes to the first of them in the same transaction: kept until a deadline and
counted as taken, so that nobody else can have it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import Refused
from app.ledger import actions as ledger
from app.meetings.rules import AnswerTo, offered_until, over
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post

EXPIRE: Final = "meetings.expire_offer"
_A_MOMENT: Final = timedelta(microseconds=1)


def take_seat(db: Session, meeting_id: int) -> None:
    """One seat less. Raises: Refused when none is left, or when people wait for the next one."""
    if not _taken(db, meeting_id):
        somebody = db.scalar(select(MeetingSignup.id).where(*_in_line(meeting_id)).limit(1))
        raise Refused("meeting_full" if somebody is None else "join_the_line")


def give_back(db: Session, meeting: Meeting, *, now: datetime) -> None:
    """One seat comes free, and goes to the first in line."""
    free_seats(db, meeting.id, 1)
    offer_free_seats(db, meeting, now=now)


def free_seats(db: Session, meeting_id: int, count: int) -> None:
    """Seats come free for whoever the caller has in mind; she offers what is left to the line."""
    db.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.taken >= count)
        .values(taken=Meeting.taken - count)
        .execution_options(synchronize_session=False)
    )


def offer_free_seats(db: Session, meeting: Meeting, *, now: datetime) -> None:
    """Keep each free seat for the next in line and write to her. Shortly before the start nothing is offered."""
    until = None if over(meeting, now) else offered_until(meeting.starts_at, now)
    while until is not None and (signup := first_in_line(db, meeting.id)) is not None and _taken(db, meeting.id):
        signup.offered_until = until
        _write(db, signup, meeting, until, now=now)


def first_in_line(db: Session, meeting_id: int) -> MeetingSignup | None:
    """Who waits longest and is not being offered a seat."""
    query = (
        select(MeetingSignup)
        .where(*_in_line(meeting_id), MeetingSignup.offered_until.is_(None))
        .order_by(MeetingSignup.waiting_since, MeetingSignup.id)
        .limit(1)
    )
    return db.scalar(query.execution_options(populate_existing=True))


def stand_in_line(db: Session, signup: MeetingSignup, *, now: datetime) -> None:
    """The last of the line. Who holds the meeting later stands later, whatever her clock said when she asked."""
    last = db.scalar(select(func.max(MeetingSignup.waiting_since)).where(*_in_line(signup.meeting_id)))
    signup.waiting_since = now if last is None else max(now, last + _A_MOMENT)
    signup.offered_until = None
    signup.answer = AnswerTo.NONE
    signup.answered_at = now


def step_out(db: Session, signup: MeetingSignup, meeting: Meeting, *, now: datetime, passed: bool = False) -> None:
    """She leaves the line, and a seat that was kept for her goes to the next. `passed`: she let the offer pass."""
    had_offer = signup.waiting_since is not None and signup.offered_until is not None
    signup.waiting_since = None
    signup.offered_until = signup.offered_until if passed else None
    db.flush()
    if had_offer and over(meeting, now) is None:
        give_back(db, meeting, now=now)
    elif had_offer:
        free_seats(db, meeting.id, 1)


def renew_offers(db: Session, meeting: Meeting, *, now: datetime) -> None:
    """The meeting is on another day: who was being offered a seat is asked again, or waits on when it is too near."""
    until = offered_until(meeting.starts_at, now)
    offered = [signup for signup in _line(db, meeting.id) if signup.offered_until is not None]
    for signup in offered:
        if now >= (signup.offered_until or now):  # the job is late
            step_out(db, signup, meeting, now=now, passed=True)
        elif until is None:
            signup.offered_until = None
            free_seats(db, meeting.id, 1)
        else:
            signup.offered_until = until
            _write(db, signup, meeting, until, now=now)


def end_line(db: Session, meeting: Meeting) -> list[int]:
    """The meeting does not go on: nobody waits any more. Gives their places in it."""
    waiting = _line(db, meeting.id)
    free_seats(db, meeting.id, sum(signup.offered_until is not None for signup in waiting))
    for signup in waiting:
        signup.waiting_since = signup.offered_until = None
    db.flush()
    return [signup.id for signup in waiting]


def _write(db: Session, signup: MeetingSignup, meeting: Meeting, until: datetime, *, now: datetime) -> None:
    """The offer by mail, the job that ends it, and the ledger.

    A new offer is a new version of the place, and one that is renewed follows a move: so each has a key of its own.
    """
    db.flush()
    which = f"{signup.id}:{signup.version}:{meeting.sequence}"
    post(
        db,
        "meetings.seat_offered",
        person_id=signup.person_id,
        key=f"meetings.seat_offered:{which}",
        data={"signup_id": signup.id, "until": until.isoformat()},
        reply_to_id=meeting.contact_id,
        now=now,
        not_after=until,
    )
    enqueue(db, EXPIRE, now=now, key=f"{EXPIRE}:{which}", run_at=until, signup_id=signup.id)
    subject = ("meeting_signup", signup.id)
    ledger.record(db, "meetings.seat_offered", actor_id=None, subject=subject, now=now, until=until)


def _line(db: Session, meeting_id: int) -> list[MeetingSignup]:
    """Everybody in line, with an offer or without, in order."""
    query = (
        select(MeetingSignup)
        .where(*_in_line(meeting_id))
        .order_by(MeetingSignup.waiting_since, MeetingSignup.id)
        .execution_options(populate_existing=True)
    )
    return list(db.scalars(query))


def _in_line(meeting_id: int) -> tuple[Any, ...]:
    return MeetingSignup.meeting_id == meeting_id, MeetingSignup.waiting_since.is_not(None)


def _taken(db: Session, meeting_id: int) -> bool:
    """Whether there was a seat to take: one conditional UPDATE."""
    row = db.execute(
        update(Meeting)
        .where(
            Meeting.id == meeting_id,
            Meeting.taken < Meeting.seats,
            Meeting.published_at.is_not(None),
            Meeting.cancelled_at.is_(None),
        )
        .values(taken=Meeting.taken + 1)
        .returning(Meeting.taken)
        .execution_options(synchronize_session=False)
    ).first()
    return row is not None
