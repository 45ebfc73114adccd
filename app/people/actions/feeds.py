"""The secret address at which a calendar fetches somebody's appointments."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Refused
from app.kit.ids import digest, new_token
from app.ledger.actions import record
from app.people.rules import Viewer
from app.people.tables import Account, CalendarFeed

FEEDS_MAX: Final = 5  # a telephone, a computer, the calendar at work; more is a mistake


def make_feed(db: Session, *, by: Viewer, label: str, now: datetime) -> str:
    """Make a secret for one calendar and give it, this once: only its digest is kept. Raises: Refused."""
    db.scalar(select(Account.person_id).where(Account.person_id == by.id).with_for_update())
    have = db.scalar(select(func.count()).select_from(CalendarFeed).where(CalendarFeed.person_id == by.id)) or 0
    if have >= FEEDS_MAX:
        raise Refused("too_many_feeds", "label", most=FEEDS_MAX)
    token = new_token("ag")
    db.add(CalendarFeed(person_id=by.id, token_hash=digest(token), label=label, made_at=now))
    record(db, "people.calendar_feed_made", actor_id=by.id, subject=("person", by.id), now=now)
    return token


def take_back_feed(db: Session, *, by: Viewer, feed_id: int, now: datetime) -> None:
    """From now on the address gives nothing. Raises: NotFound for somebody else's."""
    gone = db.execute(
        delete(CalendarFeed)
        .where(CalendarFeed.id == feed_id, CalendarFeed.person_id == by.id)
        .returning(CalendarFeed.id)
    ).first()
    if gone is None:
        raise NotFound
    record(db, "people.calendar_feed_taken_back", actor_id=by.id, subject=("person", by.id), now=now)


def owner_of(db: Session, token: str) -> int | None:
    """Whose calendar a secret opens; nobody's when it was taken back, was never made, or the account is closed."""
    return db.scalar(
        select(CalendarFeed.person_id)
        .join(Account, Account.person_id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == digest(token), Account.blocked_at.is_(None))
    )


def feeds_of(db: Session, viewer: Viewer) -> list[CalendarFeed]:
    """The own calendar links, the oldest first."""
    return list(db.scalars(select(CalendarFeed).where(CalendarFeed.person_id == viewer.id).order_by(CalendarFeed.id)))
