"""Making backups: the database through its own backup tool, then the files that it names."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from app.kit.clock import SystemClock
from app.kit.migrate import current
from app.kit.storage import Storage, StorageTrouble, flush, whole_of
from app.upkeep.archive import FILES, FORMAT, HEAD, LEFT_OUT, POSTGRES, SQLITE, TAIL, BackupFailed, Writer, check

KEPT_BEFORE_MIGRATION: Final = 3
UNFINISHED_AGE: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    path: Path
    made_at: datetime
    bytes: int


def make(url: str, storage: Storage, *, folder: Path, keep: int, now: datetime) -> Backup:
    """Write a backup into `folder`, check it, and remove the oldest beyond `keep`.

    The database goes first and the files after it: files are never changed, so each file that the database
    names exists. Raises: BackupFailed.
    """
    done = _write(url, storage, folder=folder, name=f"academie-{now.astimezone(UTC):%Y%m%d-%H%M%S}.tar", now=now)
    _keep_newest(folder, "academie-*.tar", keep)
    return Backup(done, now, done.stat().st_size)


def before_migration(url: str, *, folder: Path) -> Path | None:
    """A copy of an SQLite database that is about to change, without files; None for an empty one.

    Raises: BackupFailed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or (revision := current(url)) is None:
        return None
    now = SystemClock().now()
    done = _write(url, None, folder=folder, name=f"voor-bijwerken-{now:%Y%m%d-%H%M%S}-{revision}.tar", now=now)
    _keep_newest(folder, "voor-bijwerken-*.tar", KEPT_BEFORE_MIGRATION)
    return done


def newest(folder: Path) -> Backup | None:
    """The newest backup in a folder."""
    found = sorted(folder.glob("academie-*.tar"))
    if not found:
        return None
    stamp = found[-1].stem.removeprefix("academie-")
    made_at = datetime.strptime(stamp, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    return Backup(found[-1], made_at, found[-1].stat().st_size)


def _write(url: str, storage: Storage | None, *, folder: Path, name: str, now: datetime) -> Path:
    unfinished = folder / f"{name}.unfinished"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder, now)
        with tempfile.TemporaryDirectory(dir=folder, prefix="unfinished-") as scratch:
            dump = dump_database(make_url(url), Path(scratch))
            unfinished.touch(mode=0o600)
            with tarfile.open(unfinished, "w") as tar:
                archive = Writer(tar, Path(scratch))
                facts = {"format": FORMAT, "made_at": now.isoformat(), "database": dump.name}
                archive.add(HEAD, [json.dumps(facts).encode()])
                archive.add_file(dump.name, dump)
                for key, pieces in _files(storage):
                    with suppress(FileNotFoundError):  # erased since the list was made
                        archive.add(f"{FILES}{key}", pieces)
                archive.add(TAIL, [json.dumps({"parts": archive.digests}).encode()])
        with tarfile.open(unfinished) as tar:
            check(tar)
        flush(unfinished)
        done = unfinished.rename(folder / name)
        flush(folder)
    except (tarfile.TarError, ValueError, KeyError) as broken:
        raise BackupFailed("wat geschreven is, is niet heel terug te lezen") from broken
    except OSError as trouble:
        raise BackupFailed(f"schrijven in {folder} lukt niet ({trouble.strerror})") from trouble
    except StorageTrouble as trouble:
        raise BackupFailed("de opslag van bestanden antwoordt niet") from trouble
    finally:
        unfinished.unlink(missing_ok=True)
    return done


def _files(storage: Storage | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each file that a backup holds, and its content piece by piece."""
    if storage is None:
        return
    for entry in storage.entries():
        if not entry.key.startswith(LEFT_OUT):
            yield entry.key, whole_of(storage, entry.key)


def _keep_newest(folder: Path, pattern: str, keep: int) -> None:
    for old in sorted(folder.glob(pattern))[:-keep]:
        old.unlink(missing_ok=True)


def _sweep(folder: Path, now: datetime) -> None:
    """Remove what a killed run left behind."""
    for left in [*folder.glob("*.unfinished"), *folder.glob("unfinished-*")]:
        if datetime.fromtimestamp(left.stat().st_mtime, UTC) < now - UNFINISHED_AGE:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def dump_database(url: URL, scratch: Path) -> Path:
    """One moment of a database in use, as a file. Raises: BackupFailed."""
    if url.get_backend_name() == "sqlite":
        target = scratch / SQLITE.removesuffix(".gz")
        # The backup API sees one moment of a database in use; copying the file would lose what is in the log.
        try:
            with closing(sqlite3.connect(f"file:{url.database}?mode=rw", uri=True)) as source:
                with closing(sqlite3.connect(target)) as copy:
                    source.backup(copy)
                    if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                        raise BackupFailed("de kopie van de database is beschadigd")
        except sqlite3.Error as trouble:
            raise BackupFailed(f"de database is niet te kopiëren ({trouble})") from trouble
        return _zipped(target)
    target = scratch / POSTGRES
    run_postgres(["pg_dump", "--format=custom", f"--file={target}"], url)
    return target


def _zipped(path: Path) -> Path:
    zipped = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(zipped, "wb", compresslevel=6) as target:
        shutil.copyfileobj(source, target)
    path.unlink()
    return zipped


def run_postgres(command: list[str], url: URL, *more: str) -> None:
    """Run a tool of PostgreSQL on a database. The password goes where other users cannot read it.

    Raises: BackupFailed.
    """
    plain = URL.create(
        "postgresql", url.username, host=url.host, port=url.port, database=url.database, query=url.query
    ).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    words = [*command, f"--dbname={plain}", *more]
    try:
        done = subprocess.run(words, capture_output=True, check=False, env=environment)  # noqa: S603 - our own words
    except FileNotFoundError as missing:
        raise BackupFailed(f"{command[0]} staat niet op deze machine") from missing
    if done.returncode != 0:
        raise BackupFailed(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-400:]}")
