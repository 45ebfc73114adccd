"""Files: photos, certificates, exports. A folder now, S3-compatible stores through the same calls."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, Protocol

from obstore import open_writer
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

STREAM_PIECE: Final = 5 * 1024 * 1024  # the least that S3 takes as a part
STREAM_AT_ONCE: Final = 1  # parts on their way to the store, so in memory
PIECE: Final = 1024 * 1024
UNFINISHED: Final = re.compile(r".+#\d+")
"""What obstore calls a file in a folder until it is whole; its own lists leave these out."""


class StorageTrouble(Exception):
    """The store cannot do its work now: the disk is full, or the bucket does not answer."""


@dataclass(frozen=True)
class StoredFile:
    """What a table keeps of a file: the key to find it, and how to know that it is whole."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """A file in the store and the moment it was last written, by the clock of the store."""

    key: str
    last_modified: datetime


class Storage(Protocol):
    """Immutable files by key. Raises: FileNotFoundError for a missing key; StorageTrouble."""

    def put(self, area: str, content: bytes, *, suffix: str = "") -> StoredFile: ...
    def put_stream(self, area: str, pieces: Iterable[bytes], *, suffix: str = "") -> StoredFile: ...
    def put_at(self, key: str, content: bytes) -> None: ...
    def put_stream_at(self, key: str, pieces: Iterable[bytes]) -> None: ...
    def get(self, key: str) -> bytes: ...
    def read(self, key: str, start: int, end: int) -> bytes: ...
    def size(self, key: str) -> int: ...
    def last_modified(self, key: str) -> datetime: ...
    def delete(self, key: str) -> None: ...
    def keys(self, prefix: str = "") -> list[str]: ...
    def entries(self, prefix: str = "") -> list[Entry]: ...
    def sweep(self, *, before: datetime) -> int: ...


class ObjectStorage:
    """Storage on an obstore: a folder or a bucket."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    def put(self, area: str, content: bytes, *, suffix: str = "") -> StoredFile:
        """Keep `content` under a random key in `area`; the key tells nothing about the content."""
        key = f"{area}/{secrets.token_hex(16)}{suffix}"
        self._write(key, content, "create")
        return StoredFile(key, len(content), hashlib.sha256(content).hexdigest())

    def put_stream(self, area: str, pieces: Iterable[bytes], *, suffix: str = "") -> StoredFile:
        """Keep what comes in pieces, of which only a few are in memory; nobody finds it before it is whole."""
        key = f"{area}/{secrets.token_hex(16)}{suffix}"
        sha, size = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                sha.update(piece)
                size += len(piece)
                yield piece

        self._write_stream(key, counted())
        return StoredFile(key, size, sha.hexdigest())

    def put_at(self, key: str, content: bytes) -> None:
        """Keep `content` under a key of our choosing; used for lists that live outside the database."""
        self._write(key, content, "overwrite")

    def put_stream_at(self, key: str, pieces: Iterable[bytes]) -> None:
        """As `put_at`, of which only a few pieces are in memory."""
        self._write_stream(key, iter(pieces))

    def get(self, key: str) -> bytes:
        with _trouble_told():
            return bytes(self._store.get(key).bytes())

    def read(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`."""
        with _trouble_told():
            return bytes(self._store.get_range(key, start=start, end=end)) if end > start else b""

    def size(self, key: str) -> int:
        with _trouble_told():
            return self._store.head(key)["size"]

    def last_modified(self, key: str) -> datetime:
        """When the file was last written, by the clock of the store."""
        with _trouble_told():
            return self._store.head(key)["last_modified"]

    def delete(self, key: str) -> None:
        """Remove the file; no error when it is gone already, so that a repeat is safe."""
        with _trouble_told():
            try:
                self._store.delete(key)
            except FileNotFoundError:
                return

    def keys(self, prefix: str = "") -> list[str]:
        return [entry.key for entry in self.entries(prefix)]

    def entries(self, prefix: str = "") -> list[Entry]:
        with _trouble_told():
            pages = self._store.list(prefix=prefix or None)
            return [Entry(entry["path"], entry["last_modified"]) for page in pages for entry in page]

    def sweep(self, *, before: datetime) -> int:  # noqa: ARG002 - as the folder does
        """Remove what was begun and never became a file, last written before then; gives how many.

        In a bucket nobody but the bucket sees it: there a lifecycle rule removes parts that were never put together.
        """
        return 0

    def _write(self, key: str, content: bytes, mode: Literal["create", "overwrite"]) -> None:
        with _trouble_told():
            self._store.put(key, content, mode=mode)

    def _write_stream(self, key: str, pieces: Iterator[bytes]) -> None:
        """The pieces may come out of this very store, so they are asked for between two calls of it, not within one.

        A writer that is not closed leaves nothing: an error on the way ends there.
        """
        with _trouble_told():
            writer = open_writer(self._store, key, buffer_size=STREAM_PIECE, max_concurrency=STREAM_AT_ONCE)
        for piece in pieces:
            with _trouble_told():
                writer.write(piece)
        with _trouble_told():
            writer.close()


class FolderStorage(ObjectStorage):
    """Storage in a folder. A file is on the disk itself before its row can be committed."""

    def __init__(self, path: Path) -> None:
        super().__init__(LocalStore(prefix=path))
        self._path = path

    def sweep(self, *, before: datetime) -> int:
        """As it says there: a program that was killed while it wrote leaves its file under another name."""
        try:
            left = [path for path in self._path.rglob("*#*") if UNFINISHED.fullmatch(path.name) and path.is_file()]
            return sum(_removed(path, before) for path in left)
        except OSError as trouble:
            raise StorageTrouble from trouble

    def _write(self, key: str, content: bytes, mode: Literal["create", "overwrite"]) -> None:
        super()._write(key, content, mode)
        self._settle(key)

    def _write_stream(self, key: str, pieces: Iterator[bytes]) -> None:
        super()._write_stream(key, pieces)
        self._settle(key)

    def _settle(self, key: str) -> None:
        place = self._path / key
        try:
            flush(place)
            flush(place.parent)
        except OSError as trouble:
            raise StorageTrouble from trouble


def _removed(path: Path, before: datetime) -> bool:
    try:
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= before:
            return False
        path.unlink()
    except FileNotFoundError:  # it became a file meanwhile, or was given up
        return False
    return True


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk: a power cut cannot take them back."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pieces_of(storage: Storage, key: str, start: int, end: int, *, size: int = PIECE) -> Iterator[bytes]:
    """A stretch of a file, piece by piece, so that a video is never in memory as a whole."""
    for place in range(start, end, size):
        yield storage.read(key, place, min(place + size, end))


def whole_of(storage: Storage, key: str) -> Iterator[bytes]:
    """All of a file, piece by piece: what is small comes in one, for lists are written over while we look."""
    size = storage.size(key)
    yield from pieces_of(storage, key, 0, size) if size > PIECE else (storage.get(key),)


@contextmanager
def _trouble_told() -> Iterator[None]:
    try:
        yield
    except BaseError as trouble:
        raise StorageTrouble(type(trouble).__name__) from trouble


def folder(path: Path) -> FolderStorage:
    """Storage in a folder, made when absent."""
    path.mkdir(parents=True, exist_ok=True)
    return FolderStorage(path)


def bucket(name: str, *, endpoint: str | None, region: str, access_key: str, secret_key: str) -> ObjectStorage:
    """Storage in an S3-compatible bucket."""
    return ObjectStorage(
        S3Store(
            name,
            endpoint=endpoint,
            region=region,
            access_key_id=access_key,
            secret_access_key=secret_key,
            client_options={"allow_http": True} if (endpoint or "").startswith("http://") else {},
        )
    )
