"""Rounds and meetings for tests, made by the real actions."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from app.courses.tables import Intervention
from app.intervision.actions import rounds
from app.intervision.inputs import RoundGiven, SessionGiven
from app.intervision.rules import Half, Invitees
from app.meetings.rules import PURPOSE
from app.meetings.tables import MeetingSignup
from tests.people import KEYRING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.people.rules import Viewer

DAY: Final = date(2026, 12, 10)  # a Thursday, 17 days after the tests begin
CLOSES: Final = date(2026, 12, 4)
FACTS: Final[dict[str, Any]] = {
    "day": DAY,
    "starts": time(13, 30),
    "ends": time(16, 0),
    "seats": 12,
    "venue": "De Brede Brug",
    "address": "Voorstraat 100, Dordrecht",
    "access": "Gelijkvloers, ringleiding aanwezig",
    "bring": "Eén werk uit je groep",
}


def make_intervention(db: Session) -> int:
    """Mijn Verhaal, once."""
    found = db.scalar(select(Intervention.id).where(Intervention.slug == "mijn-verhaal"))
    if found is None:
        made = Intervention(slug="mijn-verhaal", name="Mijn Verhaal")
        db.add(made)
        db.flush()
        found = made.id
    return found


def make_round(db: Session, by: Viewer, *, now: datetime, closes: date = CLOSES) -> int:
    """The autumn round of 2026, without meetings."""
    given = RoundGiven(intervention=make_intervention(db), year=2026, half=Half.AUTUMN, signup_closes_on=closes)
    return rounds.make_round(db, by=by, given=given, now=now)


def add_session(db: Session, by: Viewer, round_id: int, *, now: datetime, **changes: Any) -> int:
    """A meeting in draft; gives the meeting."""
    return rounds.add_session(db, by=by, round_id=round_id, given=SessionGiven(**(FACTS | changes)), now=now)


def publish(db: Session, by: Viewer, round_id: int, *people: int, now: datetime) -> int:
    """Invite people; gives how many mails go out."""
    return rounds.publish(
        db,
        by=by,
        round_id=round_id,
        invitees=Invitees(frozenset(people)),
        own_text="Kom je ook?",
        keyring=KEYRING,
        now=now,
    )


def place_of(db: Session, person_id: int, meeting_id: int) -> int:
    """The place of somebody in a meeting."""
    query = select(MeetingSignup.id).where(MeetingSignup.person_id == person_id, MeetingSignup.meeting_id == meeting_id)
    return db.scalars(query).one()


def token_of(db: Session, signup_id: int) -> str:
    """The secret in the link of an invitation, as the letter makes it."""
    return KEYRING.mailed_token(PURPOSE, db.get_one(MeetingSignup, signup_id).nonce)
