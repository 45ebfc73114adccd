"""Who can come on none of the days of a round, and when they could."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.rules import PartOfDay, Weekday
from app.intervision.queries.own import OwnPlace, round_of
from app.intervision.tables import RoundReply
from app.kit.text import fold
from app.meetings.tables import MeetingSignup
from app.people.queries import cards

Possible = tuple[Weekday, PartOfDay]


@dataclass(frozen=True)
class Reply:
    """One person for whom no day fits. `possible`: the parts of each day on which she could."""

    person_id: int
    name: str
    organisation: str
    possible: list[tuple[Weekday, list[PartOfDay]]]
    note: str
    said_at: datetime


@dataclass(frozen=True)
class NonePage:
    """The days that do not fit somebody, and what she said before about when she could."""

    days: list[OwnPlace]
    said: bool
    possible: list[str]
    note: str


def possible_of(db: Session, round_id: int) -> dict[int, frozenset[Possible]]:
    """When people could come for whom none of the days of a round fits; empty when they did not say. One statement."""
    rows = db.execute(select(RoundReply.person_id, RoundReply.possible).where(RoundReply.round_id == round_id))
    return {row.person_id: frozenset(_moments(row.possible)) for row in rows}


def replies(db: Session, round_id: int) -> list[Reply]:
    """The same for who plans the round, by name. Two statements."""
    found = db.scalars(select(RoundReply).where(RoundReply.round_id == round_id)).all()
    people = cards(db, [reply.person_id for reply in found])
    lines = [
        Reply(
            person_id=reply.person_id,
            name=people[reply.person_id].name,
            organisation=people[reply.person_id].organisation,
            possible=_by_day(_moments(reply.possible)),
            note=reply.note,
            said_at=reply.said_at,
        )
        for reply in found
    ]
    return sorted(lines, key=lambda reply: fold(reply.name))


def none_page(db: Session, signup_id: int, *, now: datetime) -> NonePage:
    """What somebody sees who wants to say that no day fits. Raises: NotFound."""
    mine = round_of(db, signup_id, now=now)
    reply = db.scalar(
        select(RoundReply)
        .join(MeetingSignup, MeetingSignup.person_id == RoundReply.person_id)
        .where(MeetingSignup.id == signup_id, RoundReply.round_id == mine[0].round.id)
    )
    return NonePage(
        days=[item for item in mine if item.meeting.over is None] or mine,
        said=reply is not None,
        possible=list(reply.possible) if reply is not None else [],
        note=reply.note if reply is not None else "",
    )


def _moments(possible: Iterable[str]) -> list[Possible]:
    apart = (moment.split("-") for moment in possible)
    return [(Weekday(day), PartOfDay(part)) for day, part in apart]


def _by_day(moments: Iterable[Possible]) -> list[tuple[Weekday, list[PartOfDay]]]:
    found: dict[Weekday, list[PartOfDay]] = {}
    for day, part in moments:
        found.setdefault(day, []).append(part)
    return list(found.items())
