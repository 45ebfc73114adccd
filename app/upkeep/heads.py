"""The ends of the ledger's chain, kept each night where who can change the database cannot: in the file store.

A chain can be made again by somebody who holds the whole database. She cannot make a head again without the key of
the program, nor the heads in backups that are elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.kit.ids import Keyring
from app.kit.localtime import local_day
from app.kit.storage import Storage
from app.ledger.chain import broken_heads, head
from app.ledger.rules import Head

AREA: Final = "ledger-heads"


def keep(db: Session, storage: Storage, keyring: Keyring, *, now: datetime) -> None:
    """Write down where the chain ends today; once a day counts, the last one."""
    found = head(db, now=now)
    if found is not None:
        storage.put_at(f"{AREA}/{local_day(now).isoformat()}.json", found.as_text(keyring.keys[0]).encode())


def problems(db: Session, storage: Storage, keyring: Keyring) -> list[str]:
    """What the kept heads say is wrong with the chain, in half Dutch sentences."""
    found: list[str] = []
    heads: list[Head] = []
    for key in sorted(storage.keys(AREA)):
        one = Head.from_text(storage.get(key).decode(errors="replace"), tuple(keyring.keys))
        if one is None:
            found.append(f"{key} is niet door dit programma geschreven, of met een sleutel die weg is")
        else:
            heads.append(one)
    return found + [broken.what for broken in broken_heads(db, heads)]


def forget_later(db: Session, storage: Storage, keyring: Keyring, *, now: datetime) -> int:
    """After a restore: the chain is as long as it was then, so later heads are no longer about it; gives how many."""
    last = head(db, now=now)
    gone = 0
    for key in storage.keys(AREA):
        one = Head.from_text(storage.get(key).decode(errors="replace"), tuple(keyring.keys))
        if one is not None and (last is None or one.seq > last.seq):
            storage.delete(key)
            gone += 1
    return gone
