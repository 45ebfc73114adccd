"""The edge itself: what is committed, what is rolled back, and what happens when things take too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text
from starlette.applications import Starlette

from app.access import Permission
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Forbidden, FreshFactorNeeded, NotFound, Refused
from app.people.tables import Organisation
from app.web.kit import route
from app.web.kit.ask import Answer, Ask, Content, redirect
from app.web.kit.responses import Responder
from app.web.kit.route import Area, Edge
from app.web.kit.static import StaticFiles
from app.web.kit.templates import make_templates
from tests.page import ADDRESS, SAME_ORIGIN, make_test_parts

Serve = Callable[[Area], TestClient]


@pytest.fixture
def serve(database: Database, data_dir: Any, clock: MovableClock) -> Serve:
    """A program with the given routes only, on either engine."""
    parts = make_test_parts(database, data_dir, clock)

    def start(area: Area) -> TestClient:
        templates = make_templates(StaticFiles.load().url)
        edge = Edge(parts.services, Responder(parts.settings, templates, secure_cookies=True))
        app = Starlette(routes=[edge.route(entry) for entry in area.entries])
        return TestClient(app, base_url=ADDRESS, headers=SAME_ORIGIN, follow_redirects=False)

    return start


def add(ask: Ask, name: str = "Welzijn Maasoever") -> None:
    ask.db.add(Organisation(name=name, folded_name=name.lower(), created_at=ask.now))
    ask.db.flush()


def organisations(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Organisation)) or 0


def test_a_good_answer_is_committed_before_it_leaves(serve: Serve, database: Database) -> None:
    area = Area()

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        add(ask)
        return redirect("/")

    assert serve(area).post("/x").status_code == 303
    assert organisations(database) == 1


@pytest.mark.parametrize(
    "wrong, status",
    [(NotFound(), 404), (Forbidden(), 403), (Refused("stale"), 409), (FreshFactorNeeded(), 303), (None, 422)],
)
def test_whatever_is_refused_leaves_no_row(
    serve: Serve, database: Database, wrong: Exception | None, status: int
) -> None:
    area = Area()

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        add(ask)
        if wrong is not None:
            raise wrong
        return Content(status=422)

    assert serve(area).post("/x").status_code == status
    assert organisations(database) == 0


def test_a_bug_leaves_no_row(serve: Serve, database: Database) -> None:
    area = Area()

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        add(ask)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        serve(area).post("/x")
    assert organisations(database) == 0


def test_a_look_cannot_write(serve: Serve, database: Database) -> None:
    area = Area()

    @area.get("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        add(ask)
        return Content(body=b"seen")

    with pytest.raises(Exception, match=r"readonly|read-only"):
        client_get_raising(serve(area))
    assert organisations(database) == 0


def client_get_raising(client: TestClient) -> None:
    response = client.get("/x")
    if response.status_code == 503:
        raise RuntimeError("read-only: answered 503")


def test_the_same_form_at_the_same_moment_has_one_effect(serve: Serve, database: Database) -> None:
    area = Area()

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        count = ask.db.scalar(select(func.count()).select_from(Organisation)) or 0
        add(ask, f"organisatie {count} {threading.get_ident()} {time.perf_counter_ns()}")
        return redirect(f"/gedaan/{count}")

    with serve(area) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post("/x", data={"form_key": "k" * 24}), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.headers["location"] for answer in answers} == {"/gedaan/0"}
    assert organisations(database) == 1


def test_many_at_once_all_get_their_answer(serve: Serve, database: Database) -> None:
    area = Area()

    @area.get("/kijk", policy=Permission.PUBLIC, name="kijk")
    def look(ask: Ask) -> Answer:
        ask.db.execute(select(Organisation.id)).all()
        return Content(body=b"ok")

    @area.post("/doe", policy=Permission.PUBLIC, name="doe")
    def act(ask: Ask) -> Answer:
        add(ask, f"organisatie {time.perf_counter_ns()}")
        return redirect("/")

    with serve(area) as client, ThreadPoolExecutor(16) as pool:
        acts = pool.map(lambda _: client.post("/doe").status_code, range(40))
        looks = pool.map(lambda _: client.get("/kijk").status_code, range(40))
        assert set(acts) == {303}
        assert set(looks) == {200}
    assert organisations(database) == 40


def test_past_the_deadline_the_answer_is_503_and_nothing_is_kept(
    serve: Serve, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "DEADLINE_S", 0.2)
    area = Area()
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) SELECT count(*) FROM n"

    @area.post("/traag", policy=Permission.PUBLIC, name="traag")
    def crawl(ask: Ask) -> Answer:
        add(ask)
        ask.db.execute(text(slow))
        return redirect("/")

    @area.get("/snel", policy=Permission.PUBLIC, name="snel")
    def quick(ask: Ask) -> Answer:
        ask.db.execute(text("SELECT 1"))
        return Content(body=b"ok")

    with serve(area) as client:
        started = time.perf_counter()
        answer = client.post("/traag")
        assert answer.status_code == 503
        assert "niet zeker" in answer.text
        assert answer.headers["retry-after"] == "30"
        assert time.perf_counter() - started < 4
        monkeypatch.setattr(route, "DEADLINE_S", 5.0)
        assert client.get("/snel").status_code == 200
    assert organisations(database) == 0


def test_without_the_permission_there_is_a_way_to_sign_in(serve: Serve) -> None:
    area = Area()

    @area.get("/x", policy=Permission.SIGNED_IN, name="x")
    def x(_ask: Ask) -> Answer:
        raise AssertionError("must not run")

    answer = serve(area).get("/x?a=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/inloggen?next=/x%3Fa%3D1"
    partial = serve(area).get("/x", headers={"hx-request": "true"})
    assert partial.headers["hx-redirect"] == "/inloggen?next=/x"


def test_a_stranger_cannot_make_us_read_a_body(serve: Serve) -> None:
    area = Area()

    @area.post("/x", policy=Permission.SIGNED_IN, name="x", body_bytes=100)
    def x(_ask: Ask) -> Answer:
        raise AssertionError("must not run")

    answer = serve(area).post("/x", data={"a": "b" * 10_000})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/inloggen")
