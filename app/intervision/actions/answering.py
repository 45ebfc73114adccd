"""Answering an invitation: one seat for one person in a round."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import locked
from app.intervision.actions.leading import other_seats, refuse_leader
from app.intervision.inputs import Chosen
from app.intervision.queries.own import places_in_round
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound, Refused
from app.meetings.actions import answering
from app.meetings.rules import AnswerTo
from app.meetings.tables import MeetingSignup
from app.people.rules import Viewer


def answer(db: Session, *, signup_id: int, answer: AnswerTo, actor_id: int | None, now: datetime) -> bool:
    """Answer an invitation. One seat in a round: saying yes to another day gives the first one back.

    `actor_id` is None when the answer came through the link in the mail. False when nothing changed.
    Raises: NotFound; Refused as `meetings.answering.answer`, and for anything but yes from who leads a meeting.
    """
    round_id = db.scalar(
        select(IntervisionSession.round_id)
        .join(MeetingSignup, MeetingSignup.meeting_id == IntervisionSession.meeting_id)
        .where(MeetingSignup.id == signup_id)
    )
    if round_id is not None:
        locked(db, round_id)  # two answers of one person wait for each other
        refuse_leader(db, signup_id, round_id, answer, now)
    changed = answering.answer(db, signup_id=signup_id, answer=answer, actor_id=actor_id, now=now)
    if changed and answer is AnswerTo.YES and round_id is not None:
        for other in other_seats(db, signup_id, round_id, now):
            answering.answer(db, signup_id=other, answer=AnswerTo.NO, actor_id=actor_id, now=now)
    return changed


def choose(db: Session, *, by: Viewer, given: Chosen, now: datetime) -> None:
    """Choose one day of a round, or say that none of them fits.

    Raises: NotFound for a round or place of somebody else; Refused as `answer`.
    """
    mine = places_in_round(db, by, given.round, now=now)
    if given.place is not None and given.place not in {item.id for item in mine}:
        raise NotFound
    if given.place is not None:
        answer(db, signup_id=given.place, answer=AnswerTo.YES, actor_id=by.id, now=now)
        return
    may = [item for item in mine if item.may_decline]
    if not may and not any(item.answer is AnswerTo.NO for item in mine):
        raise Refused("signup_closed")
    for item in may:
        answer(db, signup_id=item.id, answer=AnswerTo.NO, actor_id=by.id, now=now)
