"""Files by key."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from app.kit.clock import SystemClock
from app.kit.storage import FolderStorage, ObjectStorage, StorageTrouble, bucket, folder


@pytest.fixture
def store(tmp_path: Path) -> FolderStorage:
    return folder(tmp_path / "files")


def test_what_was_kept_comes_back(store: FolderStorage) -> None:
    kept = store.put("evidence", b"a photo", suffix=".webp")
    assert store.get(kept.key) == b"a photo"
    assert (kept.bytes, kept.sha256) == (7, hashlib.sha256(b"a photo").hexdigest())
    assert kept.key.startswith("evidence/")
    assert kept.key.endswith(".webp")


def test_keys_tell_nothing_and_never_meet(store: FolderStorage) -> None:
    keys = {store.put("evidence", b"same").key for _ in range(50)}
    assert len(keys) == 50
    assert set(store.keys("evidence")) == set(store.keys("evidence/")) == keys
    assert store.keys("certificates") == []


def test_a_list_says_when_each_file_came(store: FolderStorage) -> None:
    before = SystemClock().now()
    key = store.put("evidence", b"x").key
    (entry,) = store.entries()
    assert entry.key == key
    assert abs((entry.last_modified - before).total_seconds()) < 5


def test_what_is_not_there_says_so_and_may_be_removed(store: FolderStorage) -> None:
    with pytest.raises(FileNotFoundError):
        store.get("evidence/nothing")
    store.delete("evidence/nothing")
    kept = store.put("evidence", b"x")
    store.delete(kept.key)
    store.delete(kept.key)
    assert store.keys() == []


def test_a_list_that_lives_outside_the_database_may_be_written_again(store: FolderStorage) -> None:
    store.put_at("erasures/7", b"first")
    store.put_at("erasures/7", b"second")
    assert store.get("erasures/7") == b"second"
    assert store.keys("erasures") == ["erasures/7"]


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "a//b", "./x"])
def test_no_key_leads_outside(store: FolderStorage, tmp_path: Path, key: str) -> None:
    with pytest.raises((ValueError, StorageTrouble)):
        store.put_at(key, b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_write_says_trouble(store: FolderStorage, tmp_path: Path) -> None:
    place = tmp_path / "files" / "evidence"
    place.write_bytes(b"a file where a folder should be")
    with pytest.raises(StorageTrouble):
        store.put("evidence", b"x")


def test_a_kept_file_is_on_the_disk(store: FolderStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(handle)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    store.put("evidence", b"x")
    assert len(synced) == 2  # the file, and the name in its folder


def test_a_bucket_is_the_same_to_the_program() -> None:
    made = bucket("academie", endpoint="http://127.0.0.1:1", region="eu-central-1", access_key="a", secret_key="b")
    assert isinstance(made, ObjectStorage)
