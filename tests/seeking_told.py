"""What somebody was told and refused while people look for groups and trainers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.storage import Storage
from app.outbox.tables import Message
from app.settings import Settings
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.seeking import ask, bring_together, look
from tests.trained import Training

if TYPE_CHECKING:
    from collections.abc import Callable


PATIENCE = {"late_after": timedelta(days=42), "asked_late_after": timedelta(days=14)}


def together(database: Database, training: Training, clock: MovableClock, **changes: Any) -> tuple[int, int, int]:
    """Noor looks, Maasoever looks, Fatma brings them together: search, request, link."""
    cast = training.cast
    with database.writing() as db:
        search = look(db, cast.noor, now=clock.now())
        request = ask(db, cast.sanne, now=clock.now(), **changes)
        link = bring_together(db, cast.fatma, search, request, now=clock.now())
    return search, request, link


def refusal(database: Database, act: Callable[[Any], object]) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused, database.writing() as db:
        act(db)
    return refused.value.code, refused.value.field


def posted(database: Database, kind: str) -> list[int]:
    with database.reading() as db:
        return list(db.scalars(select(Message.person_id).where(Message.kind == kind).order_by(Message.id)))


def send_all(database: Database, data_dir: Path, storage: Storage, clock: MovableClock) -> None:
    run_due(Work(Settings(data_dir=data_dir), clock, database, storage, KEYRING))
