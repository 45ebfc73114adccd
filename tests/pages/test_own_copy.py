"""The copy of somebody's own data when there are films in it: made and fetched with little memory, whole or not."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
import tracemalloc
import zipfile
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.storage import PIECE, StoredFile
from app.people.actions import own_data
from app.people.tables import Export
from app.practice import inputs
from app.practice.actions.evidence import Kept, add
from app.practice.rules.evidence import Kind
from app.worker.run import run_due
from tests.page import Site, Visitor
from tests.practising import Practising, add_photo, begin

FILM: Final = int(os.environ.get("OWN_COPY_MB", "48")) * PIECE
"""Larger by hand: what it takes must not grow with it."""
MOST: Final = 16 * PIECE


@pytest.fixture
def at_work(site: Site, clock: MovableClock) -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until="visited")


@pytest.fixture
def film(site: Site, at_work: Practising, clock: MovableClock) -> StoredFile:
    """A film that became evidence of Noor, beside a photo."""
    add_photo(site.parts.database, at_work, clock)
    block = os.urandom(PIECE)
    stored = site.parts.storage.put_stream("evidence/2026112309", (block for _ in range(FILM // PIECE)), suffix=".mp4")
    kept = Kept(Kind.VIDEO, stored.sha256, stored.bytes, "video/mp4", key=stored.key)
    given = inputs.PhotoNote(recognisable="nobody", caption="De finale")
    with site.parts.database.writing() as db:
        add(db, by=at_work.noor, record_id=at_work.record_id, given=given, kept=kept, now=clock.now())
    return stored


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST, f"{most / PIECE:.0f} MB for a film of {FILM / PIECE:.0f} MB"


def copy_of(site: Site, at_work: Practising, clock: MovableClock) -> Export:
    with site.parts.database.writing() as db:
        own_data.ask_export(db, by=at_work.noor, now=clock.now())
    run_due(site.parts.work)
    with site.parts.database.reading() as db:
        return db.scalars(select(Export)).one()


def fetched(site: Site, noor: Visitor, path: str, target: Path, *, slow_s: float = 0) -> int:
    """Fetch a file as a browser with a bad line does; gives the status. What comes is on the disk, not in memory."""
    cookie = noor.client.cookies.get("__Host-session")
    headers = {"host": "academie.test", "cookie": f"__Host-session={cookie}"}
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "scheme": "https", "server": ("academie.test", 443), "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "root_path": "",
    }  # fmt: skip
    status: list[int] = []

    async def body() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    with target.open("wb") as file:

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
            else:
                file.write(message.get("body", b""))
                await asyncio.sleep(slow_s)

        with ThreadPoolExecutor(1) as pool:  # Chromium's tests leave a loop running in this thread
            pool.submit(asyncio.run, site.app(scope, body, answer)).result()
    return status[0]


def test_a_film_is_in_it_and_takes_little_memory(
    site: Site, at_work: Practising, film: StoredFile, clock: MovableClock, tmp_path: Path
) -> None:
    with little_memory():
        export = copy_of(site, at_work, clock)
    assert export.storage_key.startswith("exports/")
    assert [path.name for path in site.parts.settings.data_dir.iterdir() if path.is_file() and "tmp" in path.name] == []

    noor, target = site.visitor(at_work.noor.id), tmp_path / "mijn-gegevens.zip"
    with little_memory():
        assert fetched(site, noor, f"/account/gegevens/{export.id}", target) == 200
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        packed = {entry.filename: entry for entry in archive.infolist()}
        assert set(packed) == {"bestanden/foto-1.webp", "bestanden/bewijs-2.mp4", "gegevens.json", "lees-mij.html"}
        assert packed["bestanden/bewijs-2.mp4"].compress_type == zipfile.ZIP_STORED
        assert packed["gegevens.json"].compress_type == zipfile.ZIP_DEFLATED
        with archive.open("bestanden/bewijs-2.mp4") as content:
            assert hashlib.file_digest(content, "sha256").hexdigest() == film.sha256  # type: ignore[arg-type]
        assert [one["caption"] for one in json.loads(archive.read("gegevens.json"))["praktijk"]["photos"]][1:] == [
            "De finale"
        ]


@pytest.mark.usefixtures("film")
def test_fetching_it_may_take_longer_than_a_page(
    site: Site, at_work: Practising, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline is for the first byte: over a bad line a film takes minutes, and holds up nobody meanwhile."""
    export = copy_of(site, at_work, clock)
    noor, target = site.visitor(at_work.noor.id), tmp_path / "mijn-gegevens.zip"
    monkeypatch.setattr("app.web.kit.route.DEADLINE_S", 0.3)
    began = time.monotonic()
    assert fetched(site, noor, f"/account/gegevens/{export.id}", target, slow_s=0.02) == 200
    assert time.monotonic() - began > 0.6
    assert zipfile.is_zipfile(target)
    assert target.stat().st_size == site.parts.storage.size(export.storage_key)


@pytest.mark.usefixtures("film")
def test_who_was_cut_off_goes_on_where_it_stopped(site: Site, at_work: Practising, clock: MovableClock) -> None:
    export = copy_of(site, at_work, clock)
    noor, path = site.visitor(at_work.noor.id), f"/account/gegevens/{export.id}"
    size = site.parts.storage.size(export.storage_key)
    whole = noor.client.head(path)
    assert (whole.headers["content-length"], whole.headers["accept-ranges"]) == (str(size), "bytes")
    assert "mijn-gegevens.zip" in whole.headers["content-disposition"]
    rest = noor.client.get(path, headers={"range": f"bytes={size - 9}-", "if-range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, site.parts.storage.read(export.storage_key, size - 9, size))


def test_a_file_that_is_gone_is_left_out(
    site: Site, at_work: Practising, film: StoredFile, clock: MovableClock, tmp_path: Path
) -> None:
    site.parts.storage.delete(film.key)
    export = copy_of(site, at_work, clock)
    noor, target = site.visitor(at_work.noor.id), tmp_path / "mijn-gegevens.zip"
    assert fetched(site, noor, f"/account/gegevens/{export.id}", target) == 200
    with zipfile.ZipFile(target) as archive:
        assert "bestanden/bewijs-2.mp4" not in archive.namelist()
    site.parts.storage.delete(export.storage_key)
    noor.get(f"/account/gegevens/{export.id}", status=404)


def test_a_file_that_goes_while_it_is_read_makes_it_begin_anew(
    site: Site, at_work: Practising, film: StoredFile, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reads = site.parts.storage.read, []

    def gone_half_way(key: str, start: int, end: int) -> bytes:
        reads.append(key)
        if key == film.key and reads.count(key) == 3:
            site.parts.storage.delete(key)
        return read(key, start, end)

    monkeypatch.setattr(site.parts.storage, "read", gone_half_way)
    export = copy_of(site, at_work, clock)
    assert export.ready_at is not None
    assert site.parts.storage.keys("exports/") == [export.storage_key]
