"""The key to the cases of one meeting. It lives in the file store, outside the database and outside every backup.

What a backup holds of a case is therefore nothing that anybody can read once the key is gone. The price: after a
restore elsewhere the cases of meetings to come cannot be read either, and are written again.
docs/decisions/0021-the-key-of-a-case.md says why.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.intervision.room.rules import CaseText
from app.intervision.room.tables import CaseKey
from app.kit.db import Database
from app.kit.ids import Keyring, new_nonce
from app.kit.sealed import Unreadable, seal, unseal
from app.kit.storage import Storage

AREA: Final = "case-keys"


@dataclass(frozen=True)
class RoomKey:
    """The key of a meeting, and the place in the store that it came from."""

    meeting_id: int
    place: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Sealed:
    """Words that only the key at `place` opens; "" when nothing is kept, or no key is known."""

    signup_id: int
    words: str = field(repr=False)
    place: str = field(repr=False)


def ready_key(database: Database, storage: Storage, *, meeting_id: int, now: datetime) -> RoomKey:
    """The key of a meeting, made when there is none, or when the one that was is lost.

    The file stands before the row that names it; what a crash leaves in between is cleared at night. Of two who
    make one at the same moment one wins, and the other takes hers. Raises: StorageTrouble.
    """
    with database.reading() as db:
        known = _place_of(db, meeting_id)
    if known and (secret := _secret(storage, known)):
        return RoomKey(meeting_id, known, secret)
    made = storage.put(AREA, new_nonce().encode())
    with database.writing() as db:
        stands = _take_place(db, meeting_id, instead_of=known, place=made.key, now=now)
    if stands != made.key:
        storage.delete(made.key)
    return RoomKey(meeting_id, stands, storage.get(stands).decode())


def is_current(db: Session, key: RoomKey) -> bool:
    """Whether this is still the key of its meeting: the caller holds the meeting."""
    return _place_of(db, key.meeting_id) == key.place


def closed(key: RoomKey, signup_id: int, text: CaseText) -> str:
    """The words as the database keeps them; they open with this key, for this place, and for nothing else."""
    words = json.dumps([text.question, text.story, text.agreed], ensure_ascii=False)
    return seal(Keyring((key.secret,)), _purpose(signup_id), words)


def opened(storage: Storage, kept: Sealed) -> CaseText | None:
    """What was brought in; None when its key is gone, as after a restore. Raises: StorageTrouble."""
    secret = _secret(storage, kept.place) if kept.words and kept.place else None
    if secret is None:
        return None
    try:
        question, story, agreed = json.loads(unseal(Keyring((secret,)), _purpose(kept.signup_id), kept.words))
    except Unreadable:  # sealed with a key that was lost since
        return None
    return CaseText(question, story, agreed)


def _purpose(signup_id: int) -> str:
    return f"case:{signup_id}"


def _secret(storage: Storage, place: str) -> str | None:
    try:
        return storage.get(place).decode()
    except FileNotFoundError:
        return None


def _place_of(db: Session, meeting_id: int) -> str:
    return db.scalar(select(CaseKey.place).where(CaseKey.meeting_id == meeting_id)) or ""


def _take_place(db: Session, meeting_id: int, *, instead_of: str, place: str, now: datetime) -> str:
    """Name the file of the key, unless somebody did meanwhile; gives the one that is named."""
    if instead_of:
        db.execute(
            update(CaseKey)
            .where(CaseKey.meeting_id == meeting_id, CaseKey.place == instead_of)
            .values(place=place, made_at=now)
            .execution_options(synchronize_session=False)
        )
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    db.execute(
        insert(CaseKey)
        .values(meeting_id=meeting_id, place=place, made_at=now)
        .on_conflict_do_nothing(index_elements=["meeting_id"])
    )
    return db.scalars(select(CaseKey.place).where(CaseKey.meeting_id == meeting_id)).one()
