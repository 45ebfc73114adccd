"""Putting a backup back into an empty place: all of it, or nothing.

The archive is read to its end and checked before anything is written; the database comes last, so a restore
that is cut off leaves no database and can be run again.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app.kit.storage import Storage, StorageTrouble, flush
from app.upkeep.archive import FILE_NAME, FILES, SQLITE, BackupFailed, check, content_of, pieces_from
from app.upkeep.backup import run_postgres

BESIDE: Final = ("", "-wal", "-shm", "-journal")


def restore(path: Path, url: str, storage: Storage) -> datetime:
    """Put a backup back into an empty place and give the moment it was made.

    The erasure list is not part of a backup: replay it afterwards, the command does so.
    Raises: BackupFailed when the file is not a whole backup of ours, or the place is not empty.
    """
    place = make_url(url)
    refuse_full(place)
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "dump"
        made_at = read_whole(path, dump, for_sqlite=place.get_backend_name() == "sqlite")
        try:
            with tarfile.open(path) as archive:
                for member in archive:
                    if FILE_NAME.fullmatch(member.name):
                        content = pieces_from(content_of(archive, member))
                        storage.put_stream_at(member.name.removeprefix(FILES), content)
            _load(place, dump)
        except StorageTrouble as trouble:
            raise BackupFailed("de opslag van bestanden antwoordt niet") from trouble
        except OSError as trouble:
            raise BackupFailed(f"schrijven lukt niet ({trouble.strerror})") from trouble
    return made_at


def read_whole(path: Path, dump: Path, *, for_sqlite: bool) -> datetime:
    """Read an archive to its end, check every part, and write its database, unpacked, to `dump`.

    Gives the moment it was made. Raises: BackupFailed.
    """
    try:
        with tarfile.open(path) as archive:
            facts = check(archive)
            name = str(facts["database"])
            if (name == SQLITE) is not for_sqlite:
                raise BackupFailed("deze reservekopie is van een ander soort database dan waar hij heen moet")
            _unpack(content_of(archive, archive.getmember(name)), dump, zipped=for_sqlite)
            if for_sqlite:
                _check_sqlite(dump)
            return datetime.fromisoformat(facts["made_at"])
    except (tarfile.TarError, KeyError, TypeError, ValueError, EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise BackupFailed("dit is geen hele reservekopie van dit programma") from broken
    except OSError as trouble:
        raise BackupFailed(f"lezen lukt niet ({trouble.strerror})") from trouble


def refuse_full(url: URL) -> None:
    """Raises: BackupFailed when there is a database already."""
    if url.get_backend_name() == "sqlite":
        for ending in BESIDE:  # a log that was left behind would be played into the restored database
            there = Path(f"{url.database}{ending}")
            if there.exists() and there.stat().st_size:
                raise BackupFailed(f"er staat al een database ({there}); zet die eerst ergens anders neer")
        return
    engine = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool, hide_parameters=True)
    try:
        tables = inspect(engine).get_table_names()
    except SQLAlchemyError as trouble:
        raise BackupFailed("de database antwoordt niet") from trouble
    finally:
        engine.dispose()
    if tables:
        raise BackupFailed("er staat al iets in die database; maak een lege")


def _unpack(content: IO[bytes], dump: Path, *, zipped: bool) -> None:
    with dump.open("wb") as target:
        if zipped:
            with gzip.open(content) as source:
                shutil.copyfileobj(source, target)
        else:
            shutil.copyfileobj(content, target)


def _check_sqlite(dump: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{dump}?mode=ro&immutable=1", uri=True)) as copy:
            whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as broken:
        raise ValueError("database") from broken
    if not whole:
        raise ValueError("database")


def _load(url: URL, dump: Path) -> None:
    if url.get_backend_name() != "sqlite":
        how = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        run_postgres(how, url, str(dump))
        return
    place = Path(str(url.database)).resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    arriving = place.with_name(f"{place.name}.restoring")
    try:
        with dump.open("rb") as source, arriving.open("wb") as target:
            shutil.copyfileobj(source, target)
        flush(arriving)
        refuse_full(url)  # once more: reading a large archive takes a while
        arriving.replace(place)
    finally:
        arriving.unlink(missing_ok=True)
    flush(place.parent)
