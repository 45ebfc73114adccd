"""Answering an invitation: one seat for one person in a round, and lines to wait in for another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import locked
from app.intervision.actions.leading import other_seats, refuse_leader
from app.intervision.actions.replying import none_fits, withdraw
from app.intervision.inputs import Chosen
from app.intervision.queries.own import places_in_round, round_of
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound
from app.meetings.actions import answering, planning, waiting
from app.meetings.rules import AnswerTo
from app.meetings.tables import MeetingSignup
from app.people.rules import Viewer


def answer(db: Session, *, signup_id: int, answer: AnswerTo, actor_id: int | None, now: datetime) -> bool:
    """Answer an invitation. One seat in a round: saying yes to another day gives the first one to the next in line.

    With a seat she may also move to another day after sign-up closed, as long as both are far enough. Where she
    waits for a seat she goes on waiting.
    `actor_id` is None when the answer came through the link in the mail. False when nothing changed.
    Raises: NotFound; Refused as `meetings.answering.answer`, and for anything but yes from who leads a meeting.
    """
    round_id = _held_round(db, signup_id, answer, now)
    yes = answer is AnswerTo.YES
    others = other_seats(db, signup_id, round_id, now) if yes and round_id is not None else []
    swaps = bool(others)
    if swaps:
        _held_meetings(db, [signup_id, *others])
    changed = answering.answer(
        db,
        signup_id=signup_id,
        answer=answer,
        actor_id=actor_id,
        now=now,
        closed_too=swaps and _may_choose(db, signup_id, now),
    )
    if yes:
        _chose(db, signup_id, round_id)
    for other in others if changed and swaps else []:
        answering.answer(db, signup_id=other, answer=AnswerTo.NO, actor_id=actor_id, now=now)
    return changed


def wait(db: Session, *, signup_id: int, actor_id: int | None, now: datetime) -> bool:
    """Stand in line for a day that is full, also with a seat on another day. False when nothing changed.

    Raises: NotFound; Refused as `meetings.waiting.join`, and for who leads a meeting.
    """
    round_id = _held_round(db, signup_id, AnswerTo.NONE, now)
    may = _may_choose(db, signup_id, now)
    joined = waiting.join(db, signup_id=signup_id, actor_id=actor_id, now=now, closed_too=may)
    _chose(db, signup_id, round_id)
    return joined


def choose(db: Session, *, by: Viewer, given: Chosen, now: datetime) -> None:
    """Choose one day of a round, wait for one, give one up, or say that none of them fits.

    Raises: NotFound for a round or place of somebody else; Refused as `answer` and `wait`.
    """
    mine = places_in_round(db, by, given.round, now=now)
    if given.place is not None and given.place not in {item.id for item in mine}:
        raise NotFound
    if given.place is not None and given.do == "wait":
        wait(db, signup_id=given.place, actor_id=by.id, now=now)
        return
    if given.place is not None:
        said = AnswerTo.YES if given.do == "come" else AnswerTo.NO
        answer(db, signup_id=given.place, answer=said, actor_id=by.id, now=now)
        return
    none_fits(db, signup_id=mine[0].id, given=None, actor_id=by.id, now=now)


def _held_round(db: Session, signup_id: int, answer: AnswerTo, now: datetime) -> int | None:
    """The round of a place, held: two answers of one person wait for each other. Raises: Refused for who leads."""
    round_id = db.scalar(
        select(IntervisionSession.round_id)
        .join(MeetingSignup, MeetingSignup.meeting_id == IntervisionSession.meeting_id)
        .where(MeetingSignup.id == signup_id)
    )
    if round_id is not None:
        locked(db, round_id)
        refuse_leader(db, signup_id, round_id, answer, now)
    return round_id


def _chose(db: Session, signup_id: int, round_id: int | None) -> None:
    """Choosing a day takes back that none of them fits."""
    if round_id is not None:
        withdraw(db, round_id=round_id, person_id=db.get_one(MeetingSignup, signup_id).person_id)


def _held_meetings(db: Session, signup_ids: Iterable[int]) -> None:
    """The meetings of places, held in one order, so that nobody waits for each other in a ring."""
    query = select(MeetingSignup.meeting_id).where(MeetingSignup.id.in_(list(signup_ids)))
    for meeting_id in sorted(db.scalars(query)):
        planning.locked(db, meeting_id)


def _may_choose(db: Session, signup_id: int, now: datetime) -> bool:
    """Whether she may choose this day, also after sign-up closed: with a seat on another day that is far enough."""
    return any(item.place.id == signup_id and item.place.open for item in round_of(db, signup_id, now=now))
