"""Inviting people to a meeting, and what they answer. A seat is taken by one conditional UPDATE."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring, digest, new_nonce
from app.ledger import actions as ledger
from app.meetings.actions import line
from app.meetings.actions.waiting import held
from app.meetings.rules import PURPOSE, AnswerTo, Attendance, InLine, answer_refused, in_line, offered_until
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post

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
    leads: bool = False,
) -> bool:
    """Note an answer: yes takes a seat, or the one that is kept for her; no gives it to the next in line.

    Whoever's seat changes gets a mail about it. `actor_id` is None when the answer came through the link in the
    mail. `why` goes along to the letter. `closed_too`: also when sign-up has closed, for who is asked to come by us.
    `leads`: she leads the meeting, or did: she does not wait in line, and the seat that she leaves stays free for
    who comes in her place until the caller offers it. False when nothing changed.
    Raises: NotFound; Refused when the meeting is full, over or called off, sign-up has closed, or others wait.
    """
    meeting, signup = held(db, signup_id)
    had, stands = AnswerTo(signup.answer), in_line(signup.waiting_since, signup.offered_until, now)
    code = answer_refused(meeting, had=had, line=stands, wanted=answer, closed_too=closed_too, now=now)
    if code is not None:
        raise Refused(code)
    if had is answer and signup.waiting_since is None:
        return False
    if answer is AnswerTo.YES:
        _take_seat(db, signup, meeting, stands, leads=leads, now=now)
        signup.waiting_since = signup.offered_until = None
    signup.answer = answer
    signup.answered_at = now
    if AnswerTo.YES in {had, answer}:
        _tell(db, signup, meeting, why=why, now=now)
    subject = ("meeting_signup", signup_id)
    said = {"answer": answer.value, "before": had.value} | ({"line": stands.value} if stands else {})
    ledger.record(db, "meetings.answered", actor_id=actor_id, subject=subject, now=now, **said)
    if answer is AnswerTo.NO:
        _leave(db, signup, meeting, had, leads=leads, now=now)
    return True


def _take_seat(
    db: Session, signup: MeetingSignup, meeting: Meeting, stands: InLine, *, leads: bool, now: datetime
) -> None:
    """The seat that is kept for her, or a free one that nobody waits for.

    When it is too late for offers, who waits may take a seat that is free: she need not wait for what does not come.
    Raises: Refused.
    """
    if stands is InLine.OFFERED:
        return
    if signup.waiting_since is not None and stands is InLine.PASSED:
        raise Refused("offer_passed")  # the job that gives it to the next is on its way
    left_over = offered_until(meeting.starts_at, now) is None and meeting.taken < meeting.seats
    if stands is InLine.WAITING and not (leads or left_over):
        raise Refused("wait_your_turn")
    if stands is not InLine.WAITING and not leads and line.first_in_line(db, meeting.id) is not None:
        raise Refused("join_the_line")
    line.take_seat(db, meeting.id)


def _leave(db: Session, signup: MeetingSignup, meeting: Meeting, had: AnswerTo, *, leads: bool, now: datetime) -> None:
    """What somebody had who says no goes to the next."""
    if had is not AnswerTo.YES:
        line.step_out(db, signup, meeting, now=now)
    elif leads:
        line.free_seats(db, meeting.id, 1)
    else:
        line.give_back(db, meeting, now=now)


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
