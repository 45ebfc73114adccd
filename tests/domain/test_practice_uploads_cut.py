"""An upload that is cut off, sent twice or limited: one effect or none."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.kit.clock import MovableClock, SystemClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.ids import Keyring
from app.kit.storage import Entry, FolderStorage, Storage, StorageTrouble, StoredFile, folder
from app.people.actions import accounts
from app.practice.actions import keeping
from app.practice.actions.evidence import must_fit
from app.practice.rules.evidence import BYTES_MOST, MOST, Kind
from app.practice.tables.evidence import Upload
from app.settings import Settings
from app.worker.handlers import upkeep
from app.worker.handlers import uploads as handlers
from app.worker.run import run_due
from app.worker.work import Work
from tests.domain.test_at_once import at_once
from tests.people import KEYRING
from tests.practising import Practising, begin
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
    """A store that lets some calls through and then ends the program, or is away.

    Ended while it writes piece by piece it leaves what obstore leaves: the file, under a name that no list shows.
    """

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
        try:
            self._count()
        except Killed:
            leave_unfinished(self.storage, area, pieces)
            raise
        stored = self.storage.put_stream(area, pieces, suffix=suffix)
        self._count()
        return stored

    def put_stream_at(self, key: str, pieces: Iterable[bytes]) -> None:
        self._count()
        self.storage.put_stream_at(key, pieces)

    def put_at(self, key: str, content: bytes) -> None:
        self.storage.put_at(key, content)

    def get(self, key: str) -> bytes:
        self._count()
        return self.storage.get(key)

    def read(self, key: str, start: int, end: int) -> bytes:
        self._count()
        return self.storage.read(key, start, end)

    def size(self, key: str) -> int:
        self._count()
        return self.storage.size(key)

    def last_modified(self, key: str) -> datetime:
        self._count()
        return self.storage.last_modified(key)

    def delete(self, key: str) -> None:
        self._count()
        self.storage.delete(key)

    def keys(self, prefix: str = "") -> list[str]:
        return self.storage.keys(prefix)

    def entries(self, prefix: str = "") -> list[Entry]:
        return self.storage.entries(prefix)

    def sweep(self, *, before: datetime) -> int:
        self._count()
        return self.storage.sweep(before=before)


def leave_unfinished(storage: Storage, area: str, pieces: Iterable[bytes]) -> None:
    """As kill -9 leaves a file that is being written in a folder (seen with obstore 0.12)."""
    assert isinstance(storage, FolderStorage)
    place = storage._path / area / f"{secrets.token_hex(16)}.mp4#1"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(next(iter(pieces)))


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


def hold_room(db: Session, at_work: Practising, person_id: int, more: int, clock: MovableClock) -> None:
    """Somebody begins an upload of so many bytes."""
    now = clock.now()
    must_fit(db, person_id, more=more, now=now)
    db.add(
        Upload(
            record_id=at_work.record_id,
            person_id=person_id,
            attempt=1,
            kind="pdf",
            length=more,
            fingerprint="0" * 64,
            caption="",
            recognisable="nobody",
            purposes=[],
            begun_at=now,
            expires_at=now + timedelta(hours=1),
        )
    )
    db.flush()


def test_an_organisation_has_so_much_room_for_all_who_work_there(
    database: Database, storage: Storage, clock: MovableClock, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    cast = at_work.training.cast
    monkeypatch.setattr("app.practice.actions.evidence.ORGANISATION_BYTES", len(PDF) + 60)

    def code_for(person_id: int, more: int) -> str:
        try:
            with database.writing() as db:
                must_fit(db, person_id, more=more, now=clock.now())
        except Refused as refused:
            return refused.code
        return ""

    send(database, at_work, clock, PDF, "pdf")
    for _ in ("on its way", "there"):
        assert code_for(cast.noor.id, 60) == code_for(cast.sanne.id, 60) == ""
        assert code_for(cast.noor.id, 61) == code_for(cast.sanne.id, 61) == "no_room_at_work"
        assert code_for(cast.joris.id, 61) == code_for(cast.ruben.id, 61) == ""  # elsewhere, and nowhere
        run_due(work)
    assert [row.kind for row in rows(database)] == ["pdf"]
    with database.writing() as db:  # what somebody made goes along to where she works
        accounts.change_employer(db, person_id=cast.noor.id, organisation_id=cast.linde_id, now=clock.now())
    assert code_for(cast.sanne.id, 61) == ""
    assert code_for(cast.joris.id, 61) == "no_room_at_work"


def test_the_last_room_of_an_organisation_goes_to_one(
    database: Database, storage: Storage, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    cast = at_work.training.cast
    monkeypatch.setattr("app.practice.actions.evidence.ORGANISATION_BYTES", 100)
    jobs: list[Callable[[Session], object]] = [
        partial(hold_room, at_work=at_work, person_id=one.id, more=60, clock=clock) for one in (cast.noor, cast.sanne)
    ]
    assert at_once(database, jobs) == {"done": 1, "no_room_at_work": 1}


@pytest.mark.parametrize("how", [Killed, StorageTrouble], ids=["killed", "store away"])
def test_cut_off_at_each_step_it_is_there_once(  # noqa: PLR0917 - fixtures
    database: Database,
    storage: Storage,
    clock: MovableClock,
    work: Work,
    data_dir: Path,
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
    clock.set(SystemClock().now() + timedelta(hours=25))  # a file is as old as its disk says
    upkeep.remove_orphans(work, {})
    assert len([path for path in (data_dir / "files").rglob("*") if path.is_file()]) == 1
    nothing_is_half(database, storage)
