"""An upload that is cut off, sent twice or limited: one effect or none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.ids import Keyring
from app.kit.storage import Entry, Storage, StorageTrouble, StoredFile, folder
from app.practice.actions import keeping
from app.practice.rules.evidence import BYTES_MOST, MOST, Kind
from app.settings import Settings
from app.worker.handlers import uploads as handlers
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import begin
from tests.unit.test_kit_media import PDF, film
from tests.uploading import code_of, nothing_is_half, rows, send, start, state


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def work(database: Database, storage: Storage, clock: MovableClock, data_dir: Path) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, Keyring(KEYRING.keys))


class Killed(BaseException):
    """The program ends here, as with kill -9: nothing after this is done."""


class Frail:
    """A store that lets some calls through and then ends the program, or is away."""

    def __init__(self, storage: Storage, calls: int, how: BaseException) -> None:
        self.storage, self.calls, self.how = storage, calls, how

    def _count(self) -> None:
        self.calls -= 1
        if self.calls < 0:
            raise self.how

    def put(self, area: str, content: bytes, *, suffix: str = "") -> StoredFile:
        self._count()
        return self.storage.put(area, content, suffix=suffix)

    def put_stream(self, area: str, pieces: Iterable[bytes], *, suffix: str = "") -> StoredFile:
        self._count()
        stored = self.storage.put_stream(area, pieces, suffix=suffix)
        self._count()
        return stored

    def put_at(self, key: str, content: bytes) -> None:
        self.storage.put_at(key, content)

    def get(self, key: str) -> bytes:
        self._count()
        return self.storage.get(key)

    def read(self, key: str, start: int, end: int) -> bytes:
        self._count()
        return self.storage.read(key, start, end)

    def delete(self, key: str) -> None:
        self._count()
        self.storage.delete(key)

    def keys(self, prefix: str = "") -> list[str]:
        return self.storage.keys(prefix)

    def entries(self, prefix: str = "") -> list[Entry]:
        return self.storage.entries(prefix)


def test_there_is_an_end_to_it(
    database: Database, storage: Storage, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    for kind, most in BYTES_MOST.items():
        with pytest.raises(Refused, match=f"{kind}_too_large"):
            start(database, at_work, clock, b"x" * 40, kind.value, length=most + 1)
    for number in range(MOST[Kind.VIDEO]):
        start(database, at_work, clock, b"film %d" % number)
    assert code_of(lambda: start(database, at_work, clock, b"one more")) == "evidence_full"
    monkeypatch.setattr("app.practice.actions.evidence.QUOTA_BYTES", 100)
    assert code_of(lambda: start(database, at_work, clock, b"x" * 90, "pdf")) == "no_room"


def test_the_room_is_held_while_it_comes(
    database: Database, storage: Storage, clock: MovableClock, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    monkeypatch.setattr("app.practice.actions.evidence.QUOTA_BYTES", len(PDF) + 60)
    send(database, at_work, clock, PDF, "pdf")
    assert code_of(lambda: start(database, at_work, clock, b"x" * 61, "pdf")) == "no_room"
    run_due(work)
    assert [row.kind for row in rows(database)] == ["pdf"]
    assert code_of(lambda: start(database, at_work, clock, b"x" * 61, "pdf")) == "no_room"
    start(database, at_work, clock, b"x" * 60, "pdf")


@pytest.mark.parametrize("how", [Killed, StorageTrouble], ids=["killed", "store away"])
def test_cut_off_at_each_step_it_is_there_once(
    database: Database,
    storage: Storage,
    clock: MovableClock,
    work: Work,
    how: type[BaseException],
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    upload = send(database, at_work, clock, film())
    cut = 0
    for calls in range(200):
        frail = Work(work.settings, clock, database, Frail(storage, calls, how()), work.keyring)
        try:
            handlers.finish_upload(frail, {"upload_id": upload})
        except how:
            cut += 1
            assert len(rows(database)) <= 1
            nothing_is_half(database, storage)
        else:
            break
    assert cut > 10
    handlers.clear_uploads(work, {})
    assert state(database, at_work, clock, upload) == ("ready", "")
    assert len(rows(database)) == 1
    clock.advance(timedelta(hours=26))
    unused = keeping.old_keys(storage.keys(keeping.AREA), now=clock.now())
    with database.reading() as db:
        for key in keeping.orphans(db, unused):
            storage.delete(key)
    handlers.clear_uploads(work, {})
    assert len(storage.keys()) == 1
    nothing_is_half(database, storage)
