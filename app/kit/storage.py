"""Files: photos, certificates, exports. A folder now, S3-compatible stores through the same calls."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from obstore.store import LocalStore, S3Store


@dataclass(frozen=True)
class StoredFile:
    """What a table keeps of a file: the key to find it, and how to know that it is whole."""

    key: str
    bytes: int
    sha256: str


class Storage(Protocol):
    """Immutable files by key. A missing key raises FileNotFoundError."""

    def put(self, area: str, content: bytes, *, suffix: str = "") -> StoredFile: ...
    def put_at(self, key: str, content: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def delete(self, key: str) -> None: ...
    def keys(self, prefix: str = "") -> list[str]: ...


class ObjectStorage:
    """Storage on an obstore: a folder or a bucket."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    def put(self, area: str, content: bytes, *, suffix: str = "") -> StoredFile:
        """Keep `content` under a random key in `area`; the key tells nothing about the content."""
        key = f"{area}/{secrets.token_hex(16)}{suffix}"
        self._store.put(key, content, mode="create")
        return StoredFile(key, len(content), hashlib.sha256(content).hexdigest())

    def put_at(self, key: str, content: bytes) -> None:
        """Keep `content` under a key of our choosing; used for lists that live outside the database."""
        self._store.put(key, content)

    def get(self, key: str) -> bytes:
        return bytes(self._store.get(key).bytes())

    def delete(self, key: str) -> None:
        """Remove the file; no error when it is gone already, so that a repeat is safe."""
        try:
            self._store.delete(key)
        except FileNotFoundError:
            return

    def keys(self, prefix: str = "") -> list[str]:
        return [entry["path"] for page in self._store.list(prefix=prefix or None) for entry in page]


def folder(path: Path) -> ObjectStorage:
    """Storage in a folder, made when absent."""
    path.mkdir(parents=True, exist_ok=True)
    return ObjectStorage(LocalStore(prefix=path))


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
