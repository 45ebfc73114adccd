"""Files that come in piece by piece: gone on with, finished once, and nothing half visible (security.md I-7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring
from app.kit.storage import Storage, folder
from app.people.rules import Viewer
from app.practice.actions import uploads
from app.practice.evidence_page import evidence_page
from app.practice.evidence_view import file_of
from app.practice.rules import evidence as rules
from app.practice.tables.evidence import ConsentAttestation, Upload, UploadPiece
from app.settings import Settings
from app.worker.handlers import uploads as handlers
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import add_photo, begin, hand_in
from tests.unit.test_kit_media import PDF, PLACE, film
from tests.uploading import PIECE, code_of, nothing_is_half, rows, send, start, state, take


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def work(database: Database, storage: Storage, clock: MovableClock, data_dir: Path) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, Keyring(KEYRING.keys))


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


def test_her_page_shows_how_far_it_is(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    content = film()
    upload = start(database, at_work, clock, content)
    take(database, at_work, clock, upload, 0, content[: len(content) // 2])
    with database.reading() as db:
        [shown] = evidence_page(db, at_work.noor, at_work.record_id, now=clock.now()).uploads
    assert (shown.id, shown.kind, shown.percent, shown.state) == (upload, "video", 49, "coming")
