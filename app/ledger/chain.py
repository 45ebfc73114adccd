"""Sealing events into the chain, and finding out whether anything was changed behind the program's back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.ledger.rules import BEGINNING, Head, SealedEvent, link
from app.ledger.tables import LedgerEvent, LedgerSeal

AT_ONCE: Final = 1_000
LATE: Final = 10_000
"""How far behind the newest sealed id an event is still looked for: its transaction may have ended later."""

_EVENT: Final = (
    LedgerEvent.id,
    LedgerEvent.at,
    LedgerEvent.action,
    LedgerEvent.actor_id,
    LedgerEvent.subject_kind,
    LedgerEvent.subject_id,
    LedgerEvent.digest,
)


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold: the seal, the event (None when it is gone), and what is wrong."""

    seq: int
    event_id: int | None
    what: str


def seal(db: Session, *, now: datetime) -> int:
    """Seal what is not sealed yet, oldest first, at most a thousand; gives how many.

    Two who seal at once would take the same numbers: who comes second breaks off on their uniqueness, and finds
    them sealed the next time.
    """
    last = db.execute(select(LedgerSeal.seq, LedgerSeal.hash).order_by(LedgerSeal.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, BEGINNING)
    newest = db.scalar(select(func.max(LedgerSeal.event_id))) or 0
    rows = db.execute(
        select(*_EVENT)
        .where(LedgerEvent.id > newest - LATE, ~exists().where(LedgerSeal.event_id == LedgerEvent.id))
        .order_by(LedgerEvent.id)
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        seq += 1
        hashed = link(seq, previous, SealedEvent(*row))
        db.add(LedgerSeal(seq=seq, event_id=row.id, previous=previous, hash=hashed, sealed_at=now))
        previous = hashed
    db.flush()
    return len(rows)


def head(db: Session, *, now: datetime) -> Head | None:
    """The end of the chain; None before the first seal."""
    row = db.execute(select(LedgerSeal.seq, LedgerSeal.hash).order_by(LedgerSeal.seq.desc()).limit(1)).first()
    return Head(row.seq, row.hash, now.isoformat()) if row else None


def breaks(db: Session) -> Iterator[Break]:
    """Every place where the chain does not hold, in its order."""
    previous, expected = BEGINNING, 1
    for row in _seals(db):
        if row.seq != expected:
            yield Break(expected, None, f"zegel {expected} ontbreekt")
        elif row.previous != previous:
            yield Break(row.seq, row.event_id, "sluit niet aan op het zegel ervoor")
        if row.id is None:
            yield Break(row.seq, row.event_id, "de gebeurtenis zelf is weg")
        elif link(row.seq, row.previous, SealedEvent(*row[4:])) != row.hash:
            yield Break(row.seq, row.event_id, f"is veranderd nadat zij werd vastgelegd ({row.action})")
        previous, expected = row.hash, row.seq + 1


def unsealed(db: Session, *, before: datetime) -> list[int]:
    """Events from before a moment that nobody sealed."""
    return list(
        db.scalars(
            select(LedgerEvent.id)
            .where(LedgerEvent.at < before, ~exists().where(LedgerSeal.event_id == LedgerEvent.id))
            .order_by(LedgerEvent.id)
            .limit(AT_ONCE)
        )
    )


def broken_heads(db: Session, heads: Collection[Head]) -> list[Break]:
    """Heads that were kept outside the database and that the chain does not hold any more."""
    rows = db.execute(select(LedgerSeal.seq, LedgerSeal.hash).where(LedgerSeal.seq.in_([one.seq for one in heads])))
    found = {row.seq: row.hash for row in rows}
    broken = []
    for one in sorted(heads, key=lambda head: head.seq):
        if one.seq not in found:
            broken.append(Break(one.seq, None, f"de keten was op {one.at[:10]} langer dan nu"))
        elif found[one.seq] != one.hash:
            broken.append(Break(one.seq, None, f"de keten is anders dan zij op {one.at[:10]} was"))
    return broken


def _seals(db: Session) -> Iterator[Any]:
    """Every seal with its event, some at a time."""
    last = 0
    query = (
        select(LedgerSeal.seq, LedgerSeal.event_id, LedgerSeal.previous, LedgerSeal.hash, *_EVENT)
        .outerjoin(LedgerEvent, LedgerEvent.id == LedgerSeal.event_id)
        .order_by(LedgerSeal.seq)
        .limit(AT_ONCE)
    )
    while rows := db.execute(query.where(LedgerSeal.seq > last)).all():
        yield from rows
        last = rows[-1].seq
