"""Who leads a meeting has her seat there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import meetings_of
from app.intervision.queries.leaders import leads_here
from app.intervision.tables import IntervisionSession
from app.kit.errors import Refused
from app.meetings.actions import answering
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.people.rules import Viewer


def let_lead(db: Session, round_id: int, meeting_id: int, person_id: int, *, by: Viewer, now: datetime) -> None:
    """Give who leads a meeting her seat there, also when sign-up has closed; another seat in the round comes free."""
    signup_id = _signup_of(db, meeting_id, person_id)
    try:
        changed = answering.answer(
            db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=by.id, now=now, closed_too=True, leads=True
        )
    except Refused as refused:
        if refused.code in {"meeting_full", "join_the_line"}:
            raise Refused("no_seat_for_leader", "facilitators") from refused
        raise
    for other in other_seats(db, signup_id, round_id, now) if changed else []:
        answering.answer(db, signup_id=other, answer=AnswerTo.NO, actor_id=by.id, now=now)


def leads_no_more(db: Session, meeting_id: int, person_id: int, *, by: Viewer, now: datetime) -> None:
    """Who leads it no more gives her seat back, with a letter that says why."""
    query = select(MeetingSignup.id).where(
        MeetingSignup.meeting_id == meeting_id,
        MeetingSignup.person_id == person_id,
        MeetingSignup.answer == AnswerTo.YES,
    )
    signup_id = db.scalar(query)
    if signup_id is not None:
        answering.answer(
            db, signup_id=signup_id, answer=AnswerTo.NO, actor_id=by.id, now=now, why="leads_no_more", leads=True
        )


def _signup_of(db: Session, meeting_id: int, person_id: int) -> int:
    query = select(MeetingSignup.id).where(MeetingSignup.meeting_id == meeting_id, MeetingSignup.person_id == person_id)
    return db.scalars(query).one()


def refuse_leader(db: Session, signup_id: int, round_id: int, answer: AnswerTo, now: datetime) -> None:
    """Who leads a meeting ahead of a round comes to that one. Raises: Refused for any other answer."""
    signup = db.get_one(MeetingSignup, signup_id)
    led = db.scalars(
        select(IntervisionSession.meeting_id)
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .where(
            IntervisionSession.round_id == round_id,
            leads_here(signup.person_id),
            Meeting.published_at.is_not(None),
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at > now,
        )
    ).all()
    if led and (answer is not AnswerTo.YES or signup.meeting_id not in led):
        raise Refused("leads_it")


def other_seats(db: Session, signup_id: int, round_id: int, now: datetime) -> list[int]:
    """The seats ahead that somebody has elsewhere in the round, but for the one she leads herself."""
    here = select(MeetingSignup.person_id).where(MeetingSignup.id == signup_id).scalar_subquery()
    found = db.scalars(
        select(MeetingSignup.id)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(
            MeetingSignup.person_id == here,
            MeetingSignup.id != signup_id,
            MeetingSignup.answer == AnswerTo.YES,
            MeetingSignup.meeting_id.in_(meetings_of(round_id)),
            ~leads_here(),
            Meeting.starts_at > now,
            Meeting.cancelled_at.is_(None),
        )
    )
    return list(found)
