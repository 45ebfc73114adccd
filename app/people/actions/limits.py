"""Counting tries: one atomic statement, also with many processes at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.kit.errors import Refused
from app.kit.ids import digest
from app.people.tables import RateWindow

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Limit:
    """How often something may be tried in a window of time. `key` may hold an address: only its hash is kept."""

    key: str
    times: int
    window: timedelta


def hit(db: Session, *, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one try and say whether it is still within the limit."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    start = EPOCH + ((now - EPOCH) // window) * window
    counted = db.execute(
        insert(RateWindow)
        .values(key=digest(key), window_start=start, count=1)
        .on_conflict_do_update(index_elements=["key", "window_start"], set_={"count": RateWindow.count + 1})
        .returning(RateWindow.count)
    ).scalar_one()
    return int(counted) <= limit


def spend(db: Session, *limits: Limit, now: datetime) -> None:
    """Count one try.

    Raises: Refused("too_many_tries", minutes=...) when one of them is used up. The count must be kept even
    then, so commit before this is told: see `refusal`.
    """
    if (refused := refusal(db, *limits, now=now)) is not None:
        raise refused


def refusal(db: Session, *limits: Limit, now: datetime) -> Refused | None:
    """Count one try; what to tell when a limit is used up, for a transaction that commits first.

    The narrow limits stand first: what one of them refuses does not count for the wider ones, so that a stranger
    who goes on and on uses up her own tries and not those of everybody.
    """
    for one in limits:
        if not hit(db, key=one.key, limit=one.times, window=one.window, now=now):
            wait = one.window - (now - EPOCH) % one.window
            return Refused("too_many_tries", minutes=max(1, -int(-wait.total_seconds() // 60)))
    return None
