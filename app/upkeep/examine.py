"""Looking the whole installation over: the data, its files, and whether the newest backup can be put back."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.kit.db import Database
from app.kit.ids import Keyring
from app.kit.storage import Storage
from app.ledger.tables import LedgerSeal
from app.people.actions.second_factor import unreadable
from app.upkeep import files, heads
from app.upkeep.archive import FILES, BackupFailed, check
from app.upkeep.invariants import Violation, invariants, proofs
from app.upkeep.restore import read_whole


def examine(
    url: str, storage: Storage, keyring: Keyring, *, data_dir: Path, now: datetime | None = None
) -> list[Violation]:
    """Everything that is not as it must be; with `now` also what lasts too long, which the work list shows by itself.

    It looks through a connection of its own: a long look must not stand in the lane of the pages.
    """
    found, keys = _look(url, data_dir, now)
    missing = keys - set(storage.keys())
    if missing:  # some may have been removed, row and file, since the rows were read
        missing &= _look(url, data_dir)[1]
    found += _heads(url, storage, keyring, data_dir)
    found += _apps(url, keyring, data_dir)
    return found + [Violation("I-7", "file", None, f"{key} is er niet") for key in sorted(missing)]


def verify(url: str, storage: Storage, keyring: Keyring, *, data_dir: Path) -> tuple[list[Violation], int]:
    """What was changed behind the program's back, and how many events are sealed."""
    with _looking(url, data_dir) as db:
        found, sealed = proofs(db), db.scalar(select(func.count()).select_from(LedgerSeal)) or 0
    return found + _heads(url, storage, keyring, data_dir), sealed


def try_restore(path: Path, url: str) -> list[Violation]:
    """Put a backup back in a passing folder and look it over. On PostgreSQL only the archive itself is read.

    Raises: BackupFailed when the archive is not whole.
    """
    if make_url(url).get_backend_name() != "sqlite":
        with _opened(path) as archive:
            check(archive)
        return []
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "academie.db"
        read_whole(path, dump, for_sqlite=True)
        found, keys = _look(f"sqlite:///{dump}", Path(scratch))
        with _opened(path) as archive:
            kept = {name.removeprefix(FILES) for name in archive.getnames() if name.startswith(FILES)}
    short_lived = {key for key in keys if key.startswith("exports/")}
    return found + [
        Violation("I-14", "file", None, f"{key} zit niet in de reservekopie")
        for key in sorted(keys - kept - short_lived)
    ]


def _opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path)
    except (OSError, tarfile.TarError) as broken:
        raise BackupFailed("dit is geen hele reservekopie van dit programma") from broken


def _look(url: str, data_dir: Path, now: datetime | None = None) -> tuple[list[Violation], set[str]]:
    with _looking(url, data_dir) as db:
        return invariants(db, now=now), files.named(db)


def _heads(url: str, storage: Storage, keyring: Keyring, data_dir: Path) -> list[Violation]:
    with _looking(url, data_dir) as db:
        return [Violation("I-4", "ledger_seal", None, what) for what in heads.problems(db, storage, keyring)]


def _apps(url: str, keyring: Keyring, data_dir: Path) -> list[Violation]:
    """After a restore, or a key that was changed twice: who cannot come in with her app any more."""
    with _looking(url, data_dir) as db:
        what = "haar app is met deze sleutels niet te lezen; maak hem los"
        return [Violation("I-14", "person", person_id, what) for person_id in unreadable(db, keyring=keyring)]


@contextmanager
def _looking(url: str, data_dir: Path) -> Iterator[Session]:
    database = Database.open(url, data_dir=data_dir)
    try:
        with database.reading(snapshot=True) as db:
            yield db
    finally:
        database.close()
