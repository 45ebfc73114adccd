"""Saying that none of the days of a round fits, and taking it back by choosing one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import locked
from app.intervision.actions.leading import refuse_leader
from app.intervision.inputs import NoneFits
from app.intervision.queries.own import round_of
from app.intervision.tables import IntervisionSession, RoundReply
from app.kit.errors import Refused
from app.ledger import actions as ledger
from app.meetings.actions import answering
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting

KEPT: Final = timedelta(days=90)  # after the last meeting: domain.md 8.5 by way of the mails about it


def none_fits(db: Session, *, signup_id: int, given: NoneFits | None, actor_id: int | None, now: datetime) -> None:
    """An answer to the whole round of a place: every day of it is declined, and what she has there comes free.

    `given` says when she could come; None leaves what she said before. `actor_id` is None when it came through the
    link in the mail. Raises: NotFound; Refused when the round is over, she leads one of its meetings, or sign-up has
    closed and she has nothing to give up and said no before to nothing.
    """
    round_id = locked(db, round_of(db, signup_id, now=now)[0].round.id).id
    refuse_leader(db, signup_id, round_id, AnswerTo.NO, now)
    mine = round_of(db, signup_id, now=now)
    if all(item.meeting.over is not None for item in mine):
        raise Refused("meeting_past")
    may = [item for item in mine if item.place.may_decline]
    if not may and all(item.place.answer is not AnswerTo.NO for item in mine):
        raise Refused("signup_closed")
    for item in sorted(may, key=lambda item: item.meeting.id):
        answering.answer(db, signup_id=item.place.id, answer=AnswerTo.NO, actor_id=actor_id, now=now)
    person_id = mine[0].place.person_id
    reply = db.scalar(select(RoundReply).where(RoundReply.round_id == round_id, RoundReply.person_id == person_id))
    if reply is None:
        reply = RoundReply(round_id=round_id, person_id=person_id, possible=[], note="", said_at=now)
        db.add(reply)
    if given is not None:
        reply.possible, reply.note, reply.said_at = given.possible, given.note, now
    subject = ("intervision_round", round_id)
    ledger.record(db, "intervision.none_fits", actor_id=actor_id, subject=subject, now=now, person_id=person_id)


def withdraw(db: Session, *, round_id: int, person_id: int) -> None:
    """She chose a day after all."""
    db.execute(delete(RoundReply).where(RoundReply.round_id == round_id, RoundReply.person_id == person_id))


def remove_replies(db: Session, *, now: datetime) -> int:
    """Forget who could come when, 90 days after the last meeting of the round; gives how many replies."""
    before = now - KEPT
    still = (
        exists()
        .where(IntervisionSession.round_id == RoundReply.round_id, IntervisionSession.meeting_id == Meeting.id)
        .where(Meeting.ends_at >= before)
    )
    gone = db.execute(
        delete(RoundReply)
        .where(RoundReply.said_at < before, ~still)
        .returning(RoundReply.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
