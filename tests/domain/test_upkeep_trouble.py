"""A full disk, a bug in a page, and what the log says of it: nothing lost, a page of ours, nobody's data."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import structlog
import uvicorn
from sqlalchemy import func, select, text

from app import main
from app.access import Permission
from app.kit import logs
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.ledger.actions import record
from app.ledger.tables import LedgerEvent
from app.main import Parts, create_app
from app.people.actions.sign_in import start_session
from app.serving import _told_once
from app.web.kit.ask import Answer, Ask, Content, redirect
from app.web.kit.headers import HEADERS
from app.web.kit.route import Area
from tests.page import SAME_ORIGIN, check_html, make_test_parts
from tests.people import make_cast

MARKERS: Final = {name: f"marker{name}" for name in ("query", "form", "cookie", "path", "agent", "file", "bug")}


def extra_pages(monkeypatch: pytest.MonkeyPatch, area: Area) -> None:
    """The program with a few pages more."""
    real = main.all_entries
    monkeypatch.setattr(main, "all_entries", lambda: [*real(), *area.entries])


@contextmanager
def served(parts: Parts) -> Iterator[httpx2.Client]:
    """The program behind the real server, as `serve` puts it there."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(_told_once(create_app(parts)), log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        with httpx2.Client(base_url=address, headers={"sec-fetch-site": "same-origin"}) as client:
            while not server.started:
                time.sleep(0.01)
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes into the log, as production writes it."""
    written = io.StringIO()
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    hooks = threading.excepthook, sys.excepthook
    level = root.level
    logs.set_up(readable=False, level=logging.INFO)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written), cache_logger_on_first_use=False)
    for module in ("app.web.kit.route", "app.web.kit.errors"):
        monkeypatch.setattr(f"{module}.log", structlog.get_logger("web"))
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)
    threading.excepthook, sys.excepthook = hooks


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.fixture
def broken_page(monkeypatch: pytest.MonkeyPatch) -> None:
    area = Area()

    @area.get("/stuk/{token:token}", policy=Permission.PUBLIC, name="test.broken")
    def broken(ask: Ask, token: str) -> Answer:
        raise ValueError(f"{token} {MARKERS['bug']}")

    @area.post("/stuk", policy=Permission.PUBLIC, name="test.broken_row")
    def broken_row(ask: Ask) -> Answer:
        ask.db.execute(text("INSERT INTO person (name, nothing) VALUES (:name, 1)"), {"name": ask.form["name"]})
        return redirect("/")

    extra_pages(monkeypatch, area)


@pytest.mark.usefixtures("broken_page")
def test_a_bug_is_a_page_of_ours_and_a_line_without_data(
    sqlite_database: Database, data_dir: Path, clock: MovableClock, log: io.StringIO
) -> None:
    with served(make_test_parts(sqlite_database, data_dir, clock)) as client:
        answer = client.get(f"/stuk/{MARKERS['path']}?x={MARKERS['query']}")
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith("text/html")
        assert "Er ging iets mis bij ons" in answer.text
        assert "marker" not in answer.text
        check_html(answer.text)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"
        assert client.get("/healthz").status_code == 200
    trouble = [line for line in lines(log) if line["event"] == "trouble"]
    assert [(line["route"], line["kind"]) for line in trouble] == [("test.broken", "ValueError")]
    assert "broken" in trouble[0]["where"]
    assert "marker" not in log.getvalue()


@pytest.mark.usefixtures("broken_page")
def test_no_mark_of_a_request_reaches_the_log(
    sqlite_database: Database, data_dir: Path, clock: MovableClock, log: io.StringIO
) -> None:
    parts = make_test_parts(sqlite_database, data_dir, clock)
    with sqlite_database.writing() as db:
        cast = make_cast(db, now=clock.now())
        token = start_session(db, person_id=cast.noor.id, device=MARKERS["agent"], now=clock.now())
    own = {"cookie": f"__Host-session={token}; x={MARKERS['cookie']}", "user-agent": MARKERS["agent"]}
    with served(parts) as client:
        for path in (
            f"/?q={MARKERS['query']}",
            f"/inloggen?next=/{MARKERS['query']}",
            f"/uitnodiging/{MARKERS['path']}",
            f"/antwoord/{MARKERS['path']}",
            f"/c/{MARKERS['path']}",
            f"/{MARKERS['path']}/../x",
            f"/stuk/{MARKERS['path']}",
            "/traject",
            "/account",
        ):
            client.get(path, headers=own)
        for path in ("/inloggen", "/inloggen/code", f"/uitnodiging/{MARKERS['path']}", "/stuk", "/taal"):
            form = dict.fromkeys(("email", "password", "name", "next", "locale"), MARKERS["form"])
            client.post(path, data=form, headers=own | SAME_ORIGIN)
            files = {"photo": (MARKERS["file"], MARKERS["file"].encode())}
            client.post(path, data=form, files=files, headers=own | SAME_ORIGIN)
    written = log.getvalue()
    told = [line for line in lines(log) if line["event"] == "request"]
    assert len(told) > 10
    assert {line["route"] for line in told} >= {"system.language"}
    assert all(set(line) == {"route", "method", "status", "ms", "event", "level", "timestamp"} for line in told)
    for secret in (*MARKERS.values(), token, "noor", "Noor", "demo.example", "127.0.0.1"):
        assert secret not in written, secret


Fill = Callable[[], Callable[[], None]]


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A disk of 6 MB at `folder`; False where this user may not make one."""
    folder.mkdir(exist_ok=True)
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], capture_output=True, check=False
        ).returncode
    )
    try:
        yield bool(mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)


def fill_disk(folder: Path) -> Callable[[], None]:
    """Fill it to the last byte; calling the answer makes room again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as target:
        for size in (65_536, 512, 1):
            try:
                while target.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return filler.unlink


def fill_pages(database: Database) -> Callable[[], None]:
    """Let the database grow no more, where a small disk cannot be made."""

    def limit(pages: int) -> None:
        with database.writing() as db:
            db.execute(text(f"PRAGMA max_page_count = {pages}"))

    with database.reading() as db:
        limit_now = int(db.scalar(text("PRAGMA page_count")) or 0)
    limit(limit_now)
    return lambda: limit(1_073_741_823)


def test_a_full_disk_refuses_writes_shows_pages_and_heals(
    migrated_sqlite: Path, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = Area()

    @area.post("/schrijf", policy=Permission.PUBLIC, name="test.write")
    def write(ask: Ask) -> Answer:
        record(ask.db, "test.written", actor_id=None, subject=("test", None), now=ask.now, words="x" * 200_000)
        return redirect("/")

    @area.post("/bewaar", policy=Permission.PUBLIC, name="test.store")
    def store(ask: Ask) -> Answer:
        ask.services.storage.put("evidence", b"x" * 200_000)
        record(ask.db, "test.stored", actor_id=None, subject=("test", None), now=ask.now)
        return redirect("/")

    @area.get("/lees", policy=Permission.PUBLIC, name="test.read")
    def read(ask: Ask) -> Answer:
        count = ask.db.scalar(select(func.count()).where(LedgerEvent.action == "test.written"))
        return Content(body=str(count).encode(), media_type="text/plain")

    extra_pages(monkeypatch, area)
    with small_disk(tmp_path / "disk") as mounted:
        place = tmp_path / "disk"
        shutil.copyfile(migrated_sqlite, place / "academie.db")
        database = Database.open(f"sqlite:///{place / 'academie.db'}", data_dir=place)
        with closing(database), served(make_test_parts(database, place, clock)) as client:
            assert client.post("/schrijf", headers=SAME_ORIGIN).status_code == 303
            assert client.post("/bewaar", headers=SAME_ORIGIN).status_code == 303
            make_room = fill_disk(place) if mounted else fill_pages(database)
            for path in ("/schrijf", "/bewaar") if mounted else ("/schrijf",):
                refused = client.post(path, headers=SAME_ORIGIN)
                assert refused.status_code == 503
                assert refused.headers["retry-after"]
                assert {name: refused.headers.get(name) for name in HEADERS} == HEADERS
                check_html(refused.text)
            for path in ("/readyz", "/", "/inloggen", "/privacy"):
                assert client.get(path).status_code == 200, path
            assert client.get("/lees").text == "1"
            make_room()
            assert client.post("/schrijf", headers=SAME_ORIGIN).status_code == 303
            assert client.get("/lees").text == "2"
            with database.reading() as db:
                assert db.scalar(text("PRAGMA integrity_check")) == "ok"
