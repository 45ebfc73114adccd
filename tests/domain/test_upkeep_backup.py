"""Backups made while people work, put back whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import PIECE, FolderStorage, folder
from app.ledger.actions import record
from app.ledger.tables import LedgerEvent
from app.people.tables import Export
from app.serving import after_restore
from app.settings import Settings
from app.upkeep import backup
from app.upkeep.archive import HEAD, TAIL, BackupFailed
from app.upkeep.examine import examine, try_restore
from app.upkeep.invariants import invariants
from app.upkeep.restore import restore
from tests.page import make_test_parts
from tests.people import make_cast, make_person


@pytest.fixture
def store(data_dir: Path) -> FolderStorage:
    return folder(data_dir / "files")


@pytest.fixture
def copies(data_dir: Path) -> Path:
    return data_dir / "backups"


@pytest.fixture
def busy(database: Database, clock: MovableClock) -> Iterator[Callable[[], int]]:
    """Somebody who writes all the time; calling it stops her and tells how many events were acknowledged."""
    stop, acknowledged = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            with database.writing() as db:
                record(db, "test.worked", actor_id=None, subject=("test", None), now=clock.now(), n=acknowledged[0])
            acknowledged[0] += 1

    thread = threading.Thread(target=write)
    thread.start()

    def end() -> int:
        stop.set()
        thread.join()
        return acknowledged[0]

    yield end
    end()


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def events(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).where(LedgerEvent.action == "test.worked")) or 0


@pytest.mark.usefixtures("postgres_tools")
def test_a_backup_made_while_people_write_comes_back_whole(
    database: Database, store: FolderStorage, empty_url: str, clock: MovableClock, busy: Callable[[], int]
) -> None:
    place = store._path.parents[1]
    with database.writing() as db:
        make_cast(db, now=clock.now())
    photo = store.put("evidence", b"a photo", suffix=".webp")
    while (before := events(database)) < 5:
        pass
    made = backup.make(url_of(database), store, folder=place / "copies", keep=14, now=clock.now())
    after = events(database)
    busy()

    there = folder(place / "elsewhere" / "files")
    assert restore(made.path, empty_url, there) == clock.now()
    assert there.get(photo.key) == b"a photo"
    restored = Database.open(empty_url, data_dir=place / "elsewhere")
    try:
        assert before <= events(restored) <= after + 1
        with restored.reading(snapshot=True) as db:
            assert invariants(db) == []
        with restored.writing() as db:  # and work goes on, with ids that were never used
            assert make_person(db, "Samira Aydin", now=clock.now()) == 6
    finally:
        restored.close()
    assert try_restore(made.path, url_of(database)) == []
    with pytest.raises(BackupFailed, match="er staat al"):
        restore(made.path, empty_url, there)


@pytest.mark.usefixtures("postgres_tools")
def test_nothing_is_restored_over_what_is_there(
    database: Database, store: FolderStorage, copies: Path, clock: MovableClock, tmp_path: Path
) -> None:
    made = backup.make(url_of(database), store, folder=copies, keep=14, now=clock.now())
    with database.writing() as db:
        make_person(db, "Noor de Wit", now=clock.now())
    there = folder(tmp_path / "there")
    with pytest.raises(BackupFailed, match="er staat al"):
        restore(made.path, url_of(database), there)
    with database.reading() as db:
        assert invariants(db) == []
    assert there.keys() == []


def test_a_log_left_behind_is_not_played_into_a_restored_database(
    sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock, tmp_path: Path
) -> None:
    made = backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now())
    (tmp_path / "academie.db-wal").write_bytes(b"of another database")
    with pytest.raises(BackupFailed, match=r"academie\.db-wal"):
        restore(made.path, f"sqlite:///{tmp_path / 'academie.db'}", store)


def test_the_newest_fourteen_stay(
    sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock
) -> None:
    made = []
    for _ in range(16):
        made.append(backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now()).path.name)
        clock.advance(timedelta(days=1))
    assert sorted(path.name for path in copies.iterdir()) == made[2:]
    found = backup.newest(copies)
    assert found is not None
    assert (found.path.name, found.made_at) == (made[-1], clock.now() - timedelta(days=1))
    assert found.path.stat().st_mode & 0o077 == 0


def test_what_a_killed_run_left_behind_goes(
    sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock
) -> None:
    copies.mkdir()
    (copies / "academie-20200101-000000.tar.unfinished").write_bytes(b"x")
    (copies / "unfinished-abc").mkdir()
    (copies / "unfinished-abc" / "academie.db").write_bytes(b"x")
    clock.advance(timedelta(days=3650))
    made = backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now())
    assert list(copies.iterdir()) == [made.path]


def test_what_must_outlive_or_passes_is_not_in_it(
    sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock
) -> None:
    for key in ("erasures/7", "exports/a.zip", "incoming/b.jpg", "evidence/c.webp"):
        store.put_at(key, b"x")
    made = backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now())
    with tarfile.open(made.path) as archive:
        assert archive.getnames() == [HEAD, "academie.db.gz", "files/evidence/c.webp", TAIL]
        assert {member.uname for member in archive} == {""}


Parts = list[tuple[tarfile.TarInfo, bytes]]


def parts_of(path: Path) -> Parts:
    with tarfile.open(path) as archive:
        return [(member, archive.extractfile(member).read()) for member in archive]  # type: ignore[union-attr]


def write(path: Path, parts: Parts) -> Path:
    with tarfile.open(path, "w") as archive:
        for member, content in parts:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def named(name: str, **how: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in how.items():
        setattr(info, field, value)
    return info


def swap(parts: Parts, name: str, content: bytes) -> Parts:
    return [(member, content if member.name == name else body) for member, body in parts]


HOSTILE: dict[str, Callable[[Parts], Parts]] = {
    "a way up": lambda parts: [*parts[:-1], (named("files/../../outside"), b"x"), parts[-1]],
    "a place of its own": lambda parts: [*parts[:-1], (named("/tmp/outside"), b"x"), parts[-1]],
    "a link": lambda parts: [
        *parts[:-1],
        (named("files/evidence/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"), b""),
        parts[-1],
    ],
    "a hard link": lambda parts: [
        *parts[:-1],
        (named("files/evidence/link", type=tarfile.LNKTYPE, linkname="/etc/passwd"), b""),
        parts[-1],
    ],
    "a device": lambda parts: [*parts[:-1], (named("files/evidence/null", type=tarfile.CHRTYPE), b""), parts[-1]],
    "an erasure list": lambda parts: [*parts[:-1], (named("files/erasures/7"), b""), parts[-1]],
    "a file more": lambda parts: [*parts[:-1], (named("files/evidence/more.webp"), b"x"), parts[-1]],
    "a file after the end": lambda parts: [*parts, (named("files/evidence/more.webp"), b"x")],
    "a file less": lambda parts: [part for part in parts if not part[0].name.startswith("files/")],
    "another photo": lambda parts: [
        (member, b"another" if member.name.startswith("files/") else body) for member, body in parts
    ],
    "a file twice": lambda parts: [*parts[:-1], parts[-2], parts[-1]],
    "no end": lambda parts: parts[:-1],
    "no beginning": lambda parts: parts[1:],
    "no database": lambda parts: [part for part in parts if part[0].name != "academie.db.gz"],
    "a database that is none": lambda parts: swap(parts, "academie.db.gz", gzip.compress(b"nothing" * 1000)),
    "a database cut off": lambda parts: [
        (member, body[: len(body) // 2] if member.name == "academie.db.gz" else body) for member, body in parts
    ],
    "a head that is no object": lambda parts: swap(parts, HEAD, b"[]"),
    "a head that is no text": lambda parts: swap(parts, HEAD, b"\xff\xfe{"),
    "another version": lambda parts: swap(parts, HEAD, json.dumps({"format": 99}).encode()),
    "nothing": lambda _parts: [],
}


@pytest.fixture
def made(sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock) -> backup.Backup:
    store.put("evidence", b"a photo", suffix=".webp")
    return backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now())


@pytest.mark.parametrize("how", HOSTILE)
def test_an_archive_that_was_changed_leaves_nothing(made: backup.Backup, tmp_path: Path, how: str) -> None:
    changed = write(tmp_path / "changed.tar", HOSTILE[how](parts_of(made.path)))
    assert_nothing_is_restored(changed, tmp_path)


@pytest.mark.parametrize("eighths", range(8))
def test_an_archive_that_was_cut_off_leaves_nothing(made: backup.Backup, tmp_path: Path, eighths: int) -> None:
    whole = made.path.read_bytes()
    with tarfile.open(made.path) as archive:
        end = archive.getmembers()[-1].offset_data  # what follows the last part is filling
    (tmp_path / "cut.tar").write_bytes(whole[: end * eighths // 8])
    assert_nothing_is_restored(tmp_path / "cut.tar", tmp_path)


def test_an_archive_cut_off_between_its_parts_leaves_nothing(made: backup.Backup, tmp_path: Path) -> None:
    whole = made.path.read_bytes()
    with tarfile.open(made.path) as archive:
        borders = [member.offset for member in archive]
    for border in borders:
        (tmp_path / "cut.tar").write_bytes(whole[:border])
        assert_nothing_is_restored(tmp_path / "cut.tar", tmp_path)


def assert_nothing_is_restored(archive: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    with pytest.raises(BackupFailed):
        restore(archive, f"sqlite:///{there / 'academie.db'}", folder(there / "files"))
    assert [path for path in there.rglob("*") if path.is_file()] == []
    assert not (tmp_path / "outside").exists()


def test_a_restore_that_was_cut_off_can_be_run_again(
    made: backup.Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    url = f"sqlite:///{there / 'academie.db'}"
    with monkeypatch.context() as patch:
        patch.setattr("app.upkeep.restore._load", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            restore(made.path, url, folder(there / "files"))
    assert not (there / "academie.db").exists()
    restore(made.path, url, folder(there / "files"))
    with closing(sqlite3.connect(there / "academie.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_that_fails_leaves_nothing_behind(
    sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_at("evidence/with a space.webp", b"x")  # such a key could never be restored
    with pytest.raises(BackupFailed):
        backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now())
    assert list(copies.iterdir()) == []
    with pytest.raises(BackupFailed, match="kopiëren"):
        backup.make(f"sqlite:///{copies / 'absent.db'}", store, folder=copies, keep=14, now=clock.now())
    assert not (copies / "absent.db").exists()


def test_the_password_of_postgresql_does_not_stand_in_the_list_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: FolderStorage, copies: Path, clock: MovableClock
) -> None:
    told = tmp_path / "told"
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$@" > "{told}"\necho "$PGPASSWORD" >> "{told}"\nexit 1\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BackupFailed, match="pg_dump"):
        backup.make("postgresql://u:marker@127.0.0.1:1/x", store, folder=copies, keep=1, now=clock.now())
    arguments, password = told.read_text().splitlines()
    assert "marker" not in arguments
    assert password == "marker"


def test_who_was_erased_since_the_backup_stays_erased(
    sqlite_database: Database, data_dir: Path, clock: MovableClock, tmp_path: Path
) -> None:
    from app.people.tables import Person
    from app.worker.run import registered

    parts = make_test_parts(sqlite_database, data_dir, clock)
    with sqlite_database.writing() as db:
        cast = make_cast(db, now=clock.now())
        copy = parts.storage.put("exports", b"a copy of her data").key  # not in a backup: it lives for two days
        for key in (copy, ""):
            db.add(Export(person_id=cast.joris.id, asked_at=clock.now(), storage_key=key))
    made = backup.make(parts.settings.database, parts.storage, folder=data_dir / "backups", keep=14, now=clock.now())
    with sqlite_database.writing() as db:
        later = make_person(db, "Samira Aydin", now=clock.now())
    for person_id in (cast.noor.id, later):
        registered()[0]["people.erase"](parts.work, {"person_id": person_id})

    there = tmp_path / "there"
    files = folder(there / "files")
    for key in parts.storage.keys("erasures"):  # the list is kept apart from the backup
        files.put_at(key, parts.storage.get(key))
    settings = Settings(data_dir=there)
    restore(made.path, settings.database, files)
    with closing(sqlite3.connect(there / "academie.db")) as db:
        assert db.execute("SELECT name FROM person WHERE id = ?", (cast.noor.id,)).fetchone() == ("Noor de Wit",)
    assert after_restore(settings) == (1, [])  # Samira is not in the backup
    restored = Database.open(settings.database, data_dir=there)
    with restored.reading() as db:
        noor = db.get_one(Person, cast.noor.id)
        assert (noor.erased_at is not None, noor.email) == (True, None)
        assert "Noor" not in noor.name
        assert db.get_one(Person, cast.joris.id).name == "Joris van Leeuwen"
        assert db.scalars(select(Export.storage_key)).all() == [""]  # the one that is still to be made
    restored.close()
    assert examine(settings.database, files, parts.keyring, data_dir=there) == []


def test_a_film_goes_in_and_comes_back_with_little_memory(
    sqlite_database: Database, store: FolderStorage, copies: Path, clock: MovableClock, tmp_path: Path
) -> None:
    size, block = int(os.environ.get("BACKUP_FILM_MB", "48")), os.urandom(PIECE)
    film = store.put_stream("evidence", (block for _ in range(size)), suffix=".mp4")
    there = folder(tmp_path / "there" / "files")
    tracemalloc.start()
    made = backup.make(url_of(sqlite_database), store, folder=copies, keep=14, now=clock.now())
    assert try_restore(made.path, url_of(sqlite_database)) == []
    restore(made.path, f"sqlite:///{tmp_path / 'there' / 'academie.db'}", there)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * PIECE, f"{most / PIECE:.0f} MB for a film of {size} MB"
    with (tmp_path / "there" / "files" / film.key).open("rb") as back:
        assert hashlib.file_digest(back, "sha256").hexdigest() == film.sha256
