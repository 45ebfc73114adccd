"""Sending a file in pieces, as a phone does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

import pytest
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.storage import Storage
from app.practice import inputs
from app.practice.actions import uploads
from app.practice.coming import upload_state
from app.practice.tables.evidence import Evidence
from tests.practising import Practising

PIECE: Final = 700


def note(content: bytes, kind: str = "video", **more: Any) -> inputs.UploadNote:
    given = {"recognisable": "nobody", "caption": "De finale", "kind": kind, "length": len(content)}
    return inputs.UploadNote.model_validate(given | {"fingerprint": hashlib.sha256(content).hexdigest()} | more)


def start(
    database: Database, at_work: Practising, clock: MovableClock, content: bytes, kind: str = "video", **more: Any
) -> int:
    with database.writing() as db:
        given = note(content, kind, **more)
        return uploads.begin(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())


def take(  # noqa: PLR0917 - as it reads: this piece at that place
    database: Database, at_work: Practising, clock: MovableClock, upload: int, at: int, piece: bytes
) -> uploads.Standing:
    stored = at_work.storage.put(uploads.area(clock.now()), piece)
    with database.writing() as db:
        return uploads.take_piece(
            db,
            by=at_work.noor,
            record_id=at_work.record_id,
            upload_id=upload,
            at=at,
            stored=stored,
            now=clock.now(),
        )


def send(
    database: Database, at_work: Practising, clock: MovableClock, content: bytes, kind: str = "video", **more: Any
) -> int:
    """Every piece of a file."""
    upload = start(database, at_work, clock, content, kind, **more)
    for place in range(0, len(content), PIECE):
        take(database, at_work, clock, upload, place, content[place : place + PIECE])
    return upload


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def state(database: Database, at_work: Practising, clock: MovableClock, upload: int) -> tuple[str, str]:
    with database.reading() as db:
        found = upload_state(db, at_work.noor, at_work.record_id, upload, now=clock.now())
        return found.state, found.refused


def rows(database: Database) -> list[Evidence]:
    with database.reading() as db:
        return list(db.scalars(select(Evidence).where(Evidence.removed_at.is_(None))))


def nothing_is_half(database: Database, storage: Storage) -> None:
    """Each row has its whole file."""
    for row in rows(database):
        content = storage.get(row.storage_key)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.bytes, row.sha256)
