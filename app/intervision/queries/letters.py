"""The letters of a round before its meetings: which were told already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.rules import DAYS_BEFORE, PlannedLetter
from app.outbox.tables import Message

_LOOK_BACK: Final = timedelta(days=2 * max(DAYS_BEFORE.values()))  # a moved meeting may be further off than the first


@dataclass(frozen=True)
class Told:
    """What was planned or sent to people with a seat; what was held back counts for nothing."""

    of_seat: frozenset[tuple[str, int]]
    of_day: frozenset[tuple[str, int, str]]

    def knows(self, letter: PlannedLetter, signup_id: int, starts_at: datetime) -> bool:
        """Whether this letter need not come any more. A case is asked for once, however often the day changes."""
        if letter is PlannedLetter.CASE_CALL:
            return (letter.value, signup_id) in self.of_seat
        return (letter.value, signup_id, starts_at.isoformat()) in self.of_day


def told(db: Session, *, now: datetime, people: Iterable[int] | None = None) -> Told:
    """What people were told of meetings ahead. One statement."""
    query = select(Message.kind, Message.data).where(
        Message.kind.in_([letter.value for letter in PlannedLetter]),
        Message.suppressed_at.is_(None),
        Message.created_at > now - _LOOK_BACK,
    )
    if people is not None:
        query = query.where(Message.person_id.in_(set(people)))
    rows = [(row.kind, row.data) for row in db.execute(query) if "signup_id" in row.data]
    return Told(
        frozenset((kind, int(data["signup_id"])) for kind, data in rows),
        frozenset((kind, int(data["signup_id"]), str(data.get("starts_at", ""))) for kind, data in rows),
    )
