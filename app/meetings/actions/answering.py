"""Inviting people to a meeting, and what they answer. A seat is taken by one conditional UPDATE."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring, digest, new_nonce
from app.ledger import actions as ledger
from app.meetings.actions.planning import locked
from app.meetings.rules import AnswerTo, Attendance, answer_refused
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post

PURPOSE: Final = "meeting-answer"
UID_HOST: Final = "stadstrainers-academie"
_AT_ONCE: Final = 500  # rows in one INSERT; SQLite takes 32,766 parameters


@dataclass(frozen=True)
class Invited:
    """A place in a meeting that was just made for somebody."""

    signup_id: int
    meeting_id: int
    person_id: int


def invite(db: Session, *, places: Iterable[tuple[int, int]], keyring: Keyring, now: datetime) -> list[Invited]:
    """Make places, as (meeting, person); gives only those that did not exist yet."""
    made: list[dict[str, Any]] = []
    for meeting_id, person_id in sorted(set(places)):
        nonce = new_nonce()
        made.append(
            {
                "meeting_id": meeting_id,
                "person_id": person_id,
                "nonce": nonce,
                "token_hash": digest(keyring.mailed_token(PURPOSE, nonce)),
                "uid": f"{secrets.token_hex(16)}@{UID_HOST}",
                "invited_at": now,
                "sequence": 0,
                "answer": AnswerTo.NONE,
                "attendance": Attendance.UNKNOWN,
                "version": 1,
            }
        )
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    invited: list[Invited] = []
    for start in range(0, len(made), _AT_ONCE):
        rows = db.execute(
            insert(MeetingSignup)
            .values(made[start : start + _AT_ONCE])
            .on_conflict_do_nothing(index_elements=["meeting_id", "person_id"])
            .returning(MeetingSignup.id, MeetingSignup.meeting_id, MeetingSignup.person_id)
        )
        invited += [Invited(row.id, row.meeting_id, row.person_id) for row in rows]
    return sorted(invited, key=lambda item: item.signup_id)


def signup_of_token(db: Session, token: str) -> int:
    """The place that a link in a mail opens. Raises: NotFound."""
    found = db.scalar(select(MeetingSignup.id).where(MeetingSignup.token_hash == digest(token)))
    if found is None:
        raise NotFound
    return found


def answer(
    db: Session,
    *,
    signup_id: int,
    answer: AnswerTo,
    actor_id: int | None,
    now: datetime,
    why: str = "",
    closed_too: bool = False,
) -> bool:
    """Note an answer; yes takes a seat, no gives it back, and whoever's seat changes gets a mail about it.

    `actor_id` is None when the answer came through the link in the mail. `why` goes along to the letter.
    `closed_too`: also when sign-up has closed, for who is asked to come by us. False when nothing changed.
    Raises: NotFound; Refused when the meeting is full, over or called off, or sign-up has closed.
    """
    meeting_id = db.scalar(select(MeetingSignup.meeting_id).where(MeetingSignup.id == signup_id))
    if meeting_id is None:
        raise NotFound
    meeting = locked(db, meeting_id)
    signup = db.get_one(MeetingSignup, signup_id, populate_existing=True)
    had = AnswerTo(signup.answer)
    code = answer_refused(meeting, had=had, wanted=answer, now=now)
    if code is not None and not (closed_too and code == "signup_closed"):
        raise Refused(code)
    if had is answer:
        return False
    if answer is AnswerTo.YES:
        _take_seat(db, meeting_id)
    elif had is AnswerTo.YES:
        give_back(db, meeting_id)
    signup.answer = answer
    signup.answered_at = now
    if AnswerTo.YES in {had, answer}:
        _tell(db, signup, meeting, why=why, now=now)
    ledger.record(
        db,
        "meetings.answered",
        actor_id=actor_id,
        subject=("meeting_signup", signup_id),
        now=now,
        answer=answer.value,
        before=had.value,
    )
    return True


def _take_seat(db: Session, meeting_id: int) -> None:
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
    if row is None:
        raise Refused("meeting_full")


def give_back(db: Session, meeting_id: int) -> None:
    """One seat comes free; the caller holds the meeting."""
    db.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.taken > 0)
        .values(taken=Meeting.taken - 1)
        .execution_options(synchronize_session=False)
    )


def _tell(db: Session, signup: MeetingSignup, meeting: Meeting, *, why: str, now: datetime) -> None:
    """Confirm by mail what happened to the seat: who holds the link is not always whom it was sent to."""
    signup.sequence += 1
    kind = "meetings.seat_confirmed" if signup.answer == AnswerTo.YES else "meetings.seat_given_up"
    post(
        db,
        kind,
        person_id=signup.person_id,
        key=f"{kind}:{signup.id}:{signup.sequence}",
        data={"signup_id": signup.id, "sequence": signup.sequence} | ({"why": why} if why else {}),
        reply_to_id=meeting.contact_id,
        now=now,
        not_after=meeting.ends_at,
    )
