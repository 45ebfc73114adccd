"""Backup and restore: the database through its own backup tool, then the files that it names."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from app.kit.storage import Storage

FORMAT: Final = 1
FILE_NAME: Final = re.compile(r"files/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
LEFT_OUT: Final = ("erasures/", "exports/", "incoming/")
"""Areas of the file store that a backup never holds: the erasure list must outlive it, the rest is short-lived."""


class BackupFailed(Exception):
    """The backup could not be made or read; the message says why."""


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
    folder.mkdir(parents=True, exist_ok=True)
    name = f"academie-{now.astimezone(UTC):%Y%m%d-%H%M%S}.tar"
    unfinished = folder / f"{name}.unfinished"
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        dump = _dump(make_url(url), Path(scratch))
        with tarfile.open(unfinished, "w") as archive:
            facts = {"format": FORMAT, "made_at": now.isoformat(), "database": dump.name}
            head = Path(scratch) / "backup.json"
            head.write_text(json.dumps(facts))
            archive.add(head, "backup.json")
            archive.add(dump, dump.name)
            for key in storage.keys():  # noqa: SIM118 - a method of the store, not of a dict
                if not key.startswith(LEFT_OUT):
                    part = Path(scratch) / "part"
                    part.write_bytes(storage.get(key))
                    archive.add(part, f"files/{key}")
    done = unfinished.rename(folder / name)
    for old in sorted(folder.glob("academie-*.tar"))[:-keep]:
        old.unlink()
    return Backup(done, now, done.stat().st_size)


def restore(path: Path, url: str, storage: Storage) -> datetime:
    """Put a backup back into an empty place and give the moment it was made.

    The erasure list is not part of a backup: replay it afterwards, the command does so.
    Raises: BackupFailed when the file is not a backup of ours or the place is not empty.
    """
    try:
        with tarfile.open(path) as archive, tempfile.TemporaryDirectory() as scratch:
            facts = json.loads(_content(archive, "backup.json"))
            dump = Path(scratch) / "dump"
            dump.write_bytes(_content(archive, str(facts["database"])))
            made_at = datetime.fromisoformat(facts["made_at"])
            _load(make_url(url), dump)
            for member in archive:
                if member.isfile() and FILE_NAME.fullmatch(member.name):
                    storage.put_at(member.name.removeprefix("files/"), _content(archive, member.name))
    except (tarfile.TarError, KeyError, ValueError, EOFError) as broken:
        raise BackupFailed("this file is not a whole backup of this program") from broken
    return made_at


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    part = archive.extractfile(name)
    if part is None:
        raise KeyError(name)
    return part.read()


def newest(folder: Path) -> Backup | None:
    """The newest backup in a folder."""
    found = sorted(folder.glob("academie-*.tar"))
    if not found:
        return None
    stamp = found[-1].stem.removeprefix("academie-")
    made_at = datetime.strptime(stamp, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    return Backup(found[-1], made_at, found[-1].stat().st_size)


def _dump(url: URL, scratch: Path) -> Path:
    if url.get_backend_name() == "sqlite":
        target = scratch / "academie.db"
        # The backup API sees one moment of a database in use; copying the file would lose what is in the log.
        with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupFailed("the copy of the database is damaged")
        return _zipped(target)
    target = scratch / "academie.dump"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    _run(["pg_dump", "--format=custom", f"--file={target}", plain])
    return target


def _load(url: URL, dump: Path) -> None:
    if url.get_backend_name() == "sqlite":
        place = Path(str(url.database))
        if place.exists() and place.stat().st_size:
            raise BackupFailed(f"there is a database already at {place}; move it away first")
        place.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(dump) as source, place.open("wb") as target:
            shutil.copyfileobj(source, target)
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    _run(["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={plain}", str(dump)])


def _zipped(path: Path) -> Path:
    zipped = path.with_suffix(".db.gz")
    with path.open("rb") as source, gzip.open(zipped, "wb", compresslevel=6) as target:
        shutil.copyfileobj(source, target)
    return zipped


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
    except FileNotFoundError as missing:
        raise BackupFailed(f"{command[0]} is not installed on this machine") from missing
    if done.returncode != 0:
        raise BackupFailed(f"{command[0]}: {done.stderr.decode(errors='replace')[-400:]}")
