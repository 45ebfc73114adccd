"""Files by key."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from app.kit.clock import SystemClock
from app.kit.storage import PIECE, FolderStorage, ObjectStorage, StorageTrouble, bucket, folder, whole_of


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


def test_what_comes_in_pieces_goes_out_in_pieces(store: FolderStorage) -> None:
    tracemalloc.start()
    kept = store.put_stream("evidence", (b"%d" % (number % 10) * PIECE for number in range(30)), suffix=".mp4")
    store.put_stream_at("evidence/again.mp4", whole_of(store, kept.key))
    sha = hashlib.sha256()
    for piece in whole_of(store, "evidence/again.mp4"):
        sha.update(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (store.size("evidence/again.mp4"), sha.hexdigest()) == (30 * PIECE, kept.sha256)
    assert most < 8 * PIECE
    store.put_stream_at("evidence/again.mp4", [b"short"])
    assert b"".join(whole_of(store, "evidence/again.mp4")) == b"short"


def test_there_is_no_size_of_what_is_not_there(store: FolderStorage) -> None:
    with pytest.raises(FileNotFoundError):
        store.size("evidence/nothing")
    with pytest.raises(FileNotFoundError):
        next(whole_of(store, "evidence/nothing"))


KILLED: Final = """
import os, signal, sys
from pathlib import Path
from app.kit.storage import PIECE, folder

def film():
    for _ in range(12):
        yield b"x" * PIECE
    os.kill(os.getpid(), signal.SIGKILL)

folder(Path(sys.argv[1])).put_stream("evidence", film(), suffix=".mp4")
"""


def test_what_a_kill_leaves_of_a_film_goes_after_a_while(store: FolderStorage, tmp_path: Path) -> None:
    """Killed in the middle, for real: nothing of ours runs after it, and no list shows what stands there."""
    whole = store.put("evidence", b"whole", suffix=".mp4")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "files")], check=False)
    assert done.returncode == -9
    left = [path for path in (tmp_path / "files").rglob("*") if path.is_file() and path.name not in whole.key]
    assert len(left) == 1
    assert store.keys() == [whole.key]

    now = SystemClock().now()
    assert store.sweep(before=now - timedelta(hours=24)) == 0
    assert left[0].exists()
    assert store.sweep(before=now + timedelta(minutes=1)) == 1
    assert store.sweep(before=now + timedelta(minutes=1)) == 0
    assert not left[0].exists()
    assert store.get(whole.key) == b"whole"


def test_a_bucket_is_the_same_to_the_program() -> None:
    made = bucket("academie", endpoint="http://127.0.0.1:1", region="eu-central-1", access_key="a", secret_key="b")
    assert isinstance(made, ObjectStorage)
