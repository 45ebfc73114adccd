"""Seats that go along to another meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Refused
from app.kit.ids import Keyring
from app.ledger import actions as ledger
from app.meetings.actions import line
from app.meetings.actions.answering import invite
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post
from app.people.rules import Viewer


def move_seats(db: Session, *, by: Viewer, meeting_id: int, into: int, keyring: Keyring, now: datetime) -> list[int]:
    """Everybody with a seat in one meeting has one in the other instead; gives the people. The caller holds both.

    Her calendar entry goes along: the two places change their UID, so that one update moves the entry that she has,
    and she is told once. Raises: Refused when there are not enough free seats, or when people wait for them.
    """
    old, new = db.get_one(Meeting, meeting_id), db.get_one(Meeting, into)
    seats = (
        select(MeetingSignup)
        .where(MeetingSignup.meeting_id == meeting_id, MeetingSignup.answer == AnswerTo.YES)
        .order_by(MeetingSignup.person_id)
        .execution_options(populate_existing=True)
    )
    going = db.scalars(seats).all()
    if line.first_in_line(db, into) is not None or new.seats - new.taken < len(going):
        raise Refused("merge_no_room", "into", count=len(going), free=max(0, new.seats - new.taken))
    invite(db, places=[(into, one.person_id) for one in going], keyring=keyring, now=now)
    there = {
        one.person_id: one
        for one in db.scalars(
            select(MeetingSignup)
            .where(MeetingSignup.meeting_id == into, MeetingSignup.person_id.in_([one.person_id for one in going]))
            .execution_options(populate_existing=True)
        )
    }
    for one in going:
        _move(db, one, there[one.person_id], old, by=by, now=now)
    return [one.person_id for one in going]


def _move(db: Session, leaves: MeetingSignup, comes: MeetingSignup, old: Meeting, *, by: Viewer, now: datetime) -> None:
    line.take_seat(db, comes.meeting_id)
    line.free_seats(db, old.id, 1)
    first, second, sequence = leaves.uid, comes.uid, max(leaves.sequence, comes.sequence) + 1
    comes.uid = f"{comes.id}-{second}"  # a moment aside: no two places have one UID
    leaves.answer, leaves.answered_at = AnswerTo.NO, now
    db.flush()
    leaves.uid = second
    db.flush()
    comes.uid, comes.sequence = first, sequence
    comes.answer, comes.answered_at, comes.waiting_since, comes.offered_until = AnswerTo.YES, now, None, None
    post(
        db,
        "meetings.moved",
        person_id=comes.person_id,
        key=f"meetings.moved:{comes.id}:{sequence}",
        data={"signup_id": comes.id, "sequence": sequence, "was": old.starts_at.isoformat()},
        reply_to_id=by.id,
        now=now,
    )
    ledger.record(
        db, "meetings.seat_moved", actor_id=by.id, subject=("meeting_signup", comes.id), now=now, before=old.id
    )
