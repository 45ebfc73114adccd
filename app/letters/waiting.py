"""Letters about the waiting list of a meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.intervision.queries import own
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.tables import Message


def seat_offered(db: Session, message: Message, desk: Desk) -> Draft:
    """A seat is kept for her until a moment. Not due when she answered, the offer passed, or it is another one now."""
    place, facts = _about(db, message, desk)
    until = datetime.fromisoformat(message.data["until"])
    if not place.place.offered or place.place.offered_until != until:
        raise NotDue("Deze plek wordt niet meer aangeboden.")
    mine = own.round_of(db, place.place.id, now=desk.now)
    seat = next((item.meeting for item in mine if item.place.has_seat and item.meeting.over is None), None)
    return Draft("seat_offered", facts | {"until": until, "seat": seat})


def off_the_list(db: Session, message: Message, desk: Desk) -> Draft:
    """An admin took her off the list. Not due when she stands on it again, or has a seat."""
    place, facts = _about(db, message, desk)
    if place.place.waiting or place.place.offered or place.place.has_seat:
        raise NotDue("Deze persoon staat weer op de lijst, of heeft een plek.")
    return Draft("off_the_list", facts)


def _about(db: Session, message: Message, desk: Desk) -> tuple[own.OwnPlace, dict[str, object]]:
    signup_id = int(message.data["signup_id"])
    place = next(item for item in own.round_of(db, signup_id, now=desk.now) if item.place.id == signup_id)
    if place.meeting.over is not None:
        raise NotDue("De bijeenkomst is geweest of gaat niet door.")
    token = own.tokens_of(db, [signup_id], desk.keyring).get(signup_id, "")
    return place, {"meeting": place.meeting, "link": desk.link(f"/antwoord/{token}")}


KINDS: Final[dict[str, Kind]] = {"meetings.seat_offered": seat_offered, "meetings.off_the_list": off_the_list}
