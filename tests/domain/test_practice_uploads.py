"""Files that come in piece by piece: gone on with, finished once, and nothing half visible (security.md I-7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring
from app.kit.storage import Entry, Storage, StorageTrouble, StoredFile, folder
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions import keeping, uploads
from app.practice.coming import upload_state
from app.practice.evidence_page import evidence_page
from app.practice.evidence_view import file_of
from app.practice.rules import evidence as rules
from app.practice.rules.evidence import BYTES_MOST, MOST, Kind
from app.practice.tables.evidence import ConsentAttestation, Evidence, Upload, UploadPiece
from app.settings import Settings
from app.worker.handlers import uploads as handlers
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import Practising, add_photo, begin, hand_in
from tests.unit.test_kit_media import PDF, PLACE, film

PIECE: Final = 700


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def work(database: Database, storage: Storage, clock: MovableClock, data_dir: Path) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, Keyring(KEYRING.keys))


def note(content: bytes, kind: str = "video", **more: Any) -> inputs.UploadNote:
    given = {"recognisable": "nobody", "caption": "De finale", "kind": kind, "length": len(content)}
    return inputs.UploadNote.model_validate(given | {"fingerprint": hashlib.sha256(content).hexdigest()} | more)


def start(
    database: Database, at_work: Practising, clock: MovableClock, content: bytes, kind: str = "video", **more: Any
) -> int:
    with database.writing() as db:
        given = note(content, kind, **more)
        return uploads.begin(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())


def take(  # noqa: PLR0917 - as it reads: this piece at that place
    database: Database, at_work: Practising, clock: MovableClock, upload: int, at: int, piece: bytes
) -> uploads.Standing:
    stored = at_work.storage.put(uploads.area(clock.now()), piece)
    with database.writing() as db:
        return uploads.take_piece(
            db,
            by=at_work.noor,
            record_id=at_work.record_id,
            upload_id=upload,
            at=at,
            stored=stored,
            now=clock.now(),
        )


def send(
    database: Database, at_work: Practising, clock: MovableClock, content: bytes, kind: str = "video", **more: Any
) -> int:
    """Every piece of a file."""
    upload = start(database, at_work, clock, content, kind, **more)
    for place in range(0, len(content), PIECE):
        take(database, at_work, clock, upload, place, content[place : place + PIECE])
    return upload


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def state(database: Database, at_work: Practising, clock: MovableClock, upload: int) -> tuple[str, str]:
    with database.reading() as db:
        found = upload_state(db, at_work.noor, at_work.record_id, upload, now=clock.now())
        return found.state, found.refused


def rows(database: Database) -> list[Evidence]:
    with database.reading() as db:
        return list(db.scalars(select(Evidence).where(Evidence.removed_at.is_(None))))


def nothing_is_half(database: Database, storage: Storage) -> None:
    """Each row has its whole file."""
    for row in rows(database):
        content = storage.get(row.storage_key)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.bytes, row.sha256)


def test_a_film_in_pieces_becomes_evidence(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    content = film()
    upload = start(database, at_work, clock, content)
    assert start(database, at_work, clock, content) == upload  # chosen again: it goes on
    assert take(database, at_work, clock, upload, 0, content[:PIECE]).received == PIECE
    assert state(database, at_work, clock, upload) == ("coming", "")
    assert rows(database) == []
    for viewer in (at_work.noor, at_work.ruben):
        with database.reading() as db:
            with pytest.raises(NotFound):
                file_of(db, viewer, record_id=at_work.record_id, evidence_id=1)
    clock.advance(timedelta(hours=20))
    for place in range(PIECE, len(content), PIECE):
        take(database, at_work, clock, upload, place, content[place : place + PIECE])
    assert state(database, at_work, clock, upload) == ("working", "")
    run_due(work)
    assert state(database, at_work, clock, upload) == ("ready", "")
    [row] = rows(database)
    assert (row.kind, row.media_type, row.caption, row.added_by_id) == (
        "video",
        "video/mp4",
        "De finale",
        at_work.noor.id,
    )
    assert PLACE in content
    assert PLACE not in storage.get(row.storage_key)
    assert b"udta" not in storage.get(row.storage_key)
    assert storage.keys("incoming/") == []
    nothing_is_half(database, storage)


def test_what_was_said_last_about_a_file_counts(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    content = film()
    upload = start(database, at_work, clock, content)
    take(database, at_work, clock, upload, 0, content[:PIECE])
    better: dict[str, Any] = {"recognisable": "attested", "purposes": ["assessment", "training"], "caption": "Finale"}
    assert start(database, at_work, clock, content, **better) == upload
    assert start(database, at_work, clock, content, "audio") != upload  # something else than was begun
    for place in range(PIECE, len(content), PIECE):
        take(database, at_work, clock, upload, place, content[place : place + PIECE])
    run_due(work)
    [row] = rows(database)
    assert (row.recognisable, row.caption) == ("attested", "Finale")
    with database.reading() as db:
        assert set(db.scalars(select(ConsentAttestation.purpose))) == {"assessment", "training"}


def test_a_photo_and_a_pdf_come_the_same_way(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    made = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(made, "JPEG")
    send(database, at_work, clock, made.getvalue(), "photo")
    send(database, at_work, clock, PDF, "pdf")
    run_due(work)
    photo, pdf = rows(database)
    assert (photo.kind, photo.media_type, photo.width) == ("photo", "image/webp", 300)
    assert (pdf.kind, pdf.media_type, pdf.thumb_key) == ("pdf", "application/pdf", "")
    assert storage.get(pdf.storage_key) == PDF
    hand_in(database, at_work, clock)


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("video", b"<!doctype html><script>alert(1)</script>", "not_video"),
        ("video", film()[:-40], "video_broken"),
        ("pdf", PDF + b"PK\3\4 a zip", "pdf_broken"),
        ("audio", b"%PDF-1.7", "not_audio"),
        ("photo", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_not_a_photo"),
        ("photo", b"\0\0\0\x18ftypheic" + b"\0" * 100, "photo_heic"),
    ],
)
def test_what_is_something_else_is_told_and_leaves_nothing(  # noqa: PLR0917 - fixtures
    database: Database, storage: Storage, clock: MovableClock, work: Work, kind: str, content: bytes, code: str
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    upload = send(database, at_work, clock, content, kind)
    run_due(work)
    assert state(database, at_work, clock, upload) == ("refused", code)
    assert rows(database) == []
    assert storage.keys() == []
    with database.writing() as db:
        uploads.stop(db, by=at_work.noor, record_id=at_work.record_id, upload_id=upload, now=clock.now())
    run_due(work)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Upload)) == 0


def test_a_piece_counts_once_and_only_in_its_place(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    content = film()
    upload = start(database, at_work, clock, content)
    take(database, at_work, clock, upload, 0, content[:PIECE])
    for at, piece in ((0, content[:PIECE]), (PIECE + 1, b"x"), (PIECE, content + b"more than was said")):
        with pytest.raises(Refused, match="upload_elsewhere"):
            take(database, at_work, clock, upload, at, piece)
    with database.reading() as db:
        stands = uploads.standing(db, by=at_work.noor, record_id=at_work.record_id, upload_id=upload, now=clock.now())
        assert (stands.received, db.scalar(select(func.count()).select_from(UploadPiece))) == (PIECE, 1)


def test_nobody_else_knows_of_it_and_it_is_gone_within_a_day(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    content, cast = film(), at_work.training.cast
    upload = start(database, at_work, clock, content)
    take(database, at_work, clock, upload, 0, content[:PIECE])
    lost = storage.put(uploads.area(clock.now()), b"stored, and then the program was killed").key

    def look(viewer: Viewer, at: int) -> None:
        with database.reading() as db, pytest.raises(NotFound):
            uploads.standing(db, by=viewer, record_id=at, upload_id=upload, now=clock.now())

    for viewer in (at_work.ruben, cast.joris, cast.fatma):
        look(viewer, at_work.record_id)
    look(at_work.noor, at_work.record_id + 1)
    clock.advance(rules.UPLOAD_KEPT + timedelta(minutes=1))
    look(at_work.noor, at_work.record_id)
    handlers.clear_uploads(work, {})
    assert storage.keys("incoming/") == [lost]  # it may have been stored just now
    clock.advance(timedelta(hours=3))
    handlers.clear_uploads(work, {})
    assert storage.keys("incoming/") == []
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Upload)) == 0


def test_work_is_not_handed_in_while_a_file_is_on_its_way(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    add_photo(database, at_work, clock)
    upload = start(database, at_work, clock, film())
    assert code_of(lambda: hand_in(database, at_work, clock)) == "upload_running"
    with database.writing() as db:
        uploads.stop(db, by=at_work.noor, record_id=at_work.record_id, upload_id=upload, now=clock.now())
    hand_in(database, at_work, clock)
    assert code_of(lambda: start(database, at_work, clock, PDF, "pdf")) == "already_handed_in"


def test_stopped_while_it_is_being_finished_it_is_evidence_and_says_so(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    upload = send(database, at_work, clock, PDF, "pdf")
    with database.reading() as db:
        whole = uploads.whole_upload(db, upload, now=clock.now())
    assert whole is not None
    kept = handlers.made(storage, whole, now=clock.now())

    def stop() -> None:
        with database.writing() as db:
            uploads.stop(db, by=at_work.noor, record_id=at_work.record_id, upload_id=upload, now=clock.now())

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as db:
            assert uploads.finish(db, upload, kept=kept, now=clock.now())
            stopping = pool.submit(stop)
            wait([stopping], timeout=1)  # by then it has looked, or it waits for us
        with pytest.raises(NotFound):
            stopping.result(timeout=20)
    assert state(database, at_work, clock, upload) == ("ready", "")


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


def test_her_page_shows_how_far_it_is(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    content = film()
    upload = start(database, at_work, clock, content)
    take(database, at_work, clock, upload, 0, content[: len(content) // 2])
    with database.reading() as db:
        [shown] = evidence_page(db, at_work.noor, at_work.record_id, now=clock.now()).uploads
    assert (shown.id, shown.kind, shown.percent, shown.state) == (upload, "video", 49, "coming")
