"""What a backup looks like: one .tar that knows the digest of each of its parts.

`backup.json` (what it is) comes first, then the database, then `files/<key>`, and `whole.json` with the digests at
the end: without it the archive was cut off.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from app.kit.storage import PIECE

FORMAT: Final = 1
HEAD: Final = "backup.json"
TAIL: Final = "whole.json"
SQLITE: Final = "academie.db.gz"
POSTGRES: Final = "academie.dump"
FILES: Final = "files/"
FILE_NAME: Final = re.compile(r"files/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
LEFT_OUT: Final = ("case-keys/", "erasures/", "exports/", "incoming/", "intake/")
"""Areas of the file store that a backup never holds: the erasure list must outlive it, the rest is short-lived.

The keys of cases are what makes cases in a backup unreadable (docs/decisions/0021-the-key-of-a-case.md).
"""
SMALL: Final = 64 * 1024 * 1024  # the head and tail of an archive stay far below


class BackupFailed(Exception):
    """The backup could not be made or read; the message is half a Dutch sentence that says why."""


@dataclass
class Writer:
    """A .tar that remembers the digest of each part."""

    tar: tarfile.TarFile
    scratch: Path
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """A .tar wants to know the size of a part beforehand, so its pieces wait on the disk."""
        part = self.scratch / "part"
        with part.open("wb") as target:
            target.writelines(pieces)
        self.add_file(name, part)

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            self.digests[name] = hashlib.file_digest(source, "sha256").hexdigest()
        self.tar.add(path, name, filter=_plain)


def _plain(part: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    part.uid = part.gid = 0
    part.uname = part.gname = ""
    return part


def check(archive: tarfile.TarFile) -> dict[str, Any]:
    """What the archive says of itself, when every part has its digest and nothing else is in it.

    Raises: BackupFailed, ValueError, KeyError.
    """
    seen: dict[str, str] = {}
    facts: Any = {}
    promised: dict[str, str] | None = None
    for member in archive:
        if not member.isreg() or promised is not None or member.name in seen:
            raise ValueError(member.name)
        content = content_of(archive, member)  # asked for much it takes that much memory, whatever there is
        if member.name == TAIL:
            promised = json.loads(content.read(min(member.size, SMALL)))["parts"]
            continue
        if member.name == HEAD:
            facts = json.loads(content.read(min(member.size, SMALL)))
            content.seek(0)
        elif member.name not in {SQLITE, POSTGRES} and not _is_file(member.name):
            raise ValueError(member.name)
        seen[member.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    if not isinstance(facts, dict):
        raise ValueError(HEAD)  # noqa: TRY004 - a broken archive, not a wrong call
    if facts.get("format") != FORMAT:
        raise BackupFailed("deze reservekopie is van een andere versie van het programma")
    if seen != promised:
        raise ValueError(TAIL)
    return dict(facts)


def _is_file(name: str) -> bool:
    return FILE_NAME.fullmatch(name) is not None and not name.removeprefix(FILES).startswith(LEFT_OUT)


def pieces_from(content: IO[bytes]) -> Iterator[bytes]:
    """A part of an archive, piece by piece."""
    return iter(lambda: content.read(PIECE), b"")


def content_of(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    part = archive.extractfile(member)
    if part is None:
        raise KeyError(member.name)
    return part
