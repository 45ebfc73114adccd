"""The same form twice, and two forms at the same moment: one effect, and an answer that says how it stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from starlette.applications import Starlette

from app.access import Permission
from app.kit.errors import Refused
from app.people.tables import FormKey, Organisation
from app.web.kit.ask import Answer, Ask, redirect
from app.web.kit.responses import Responder
from app.web.kit.route import Area, Edge
from app.web.kit.static import StaticFiles
from app.web.kit.templates import make_templates
from tests.page import ADDRESS, SAME_ORIGIN, make_test_parts

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

Serve = Callable[[Area], TestClient]


@pytest.fixture
def serve(database: Database, data_dir: Any, clock: MovableClock) -> Serve:
    """A program with the given routes only, on either engine."""
    parts = make_test_parts(database, data_dir, clock)

    def start(area: Area) -> TestClient:
        edge = Edge(parts.services, Responder(parts.settings, make_templates(StaticFiles.load().url), True))
        app = Starlette(routes=[edge.route(entry) for entry in area.entries])
        return TestClient(app, base_url=ADDRESS, headers=SAME_ORIGIN, follow_redirects=False)

    return start


def organisations(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Organisation)) or 0


def _add(ask: Ask, name: str) -> None:
    ask.db.add(Organisation(name=name, folded_name=name.lower(), created_at=ask.now))
    ask.db.flush()


def test_who_looks_and_is_overtaken_gets_the_answer_of_the_rule(serve: Serve, database: Database) -> None:
    """Look first, write then: on PostgreSQL two may both see nothing. The second looks once more."""
    area, both = Area(), threading.Barrier(2, timeout=2)

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        known = ask.db.scalar(select(Organisation.id))
        if not database.is_sqlite and known is None:
            both.wait()
        if known is not None:
            raise Refused("stale")
        _add(ask, "Welzijn Maasoever")
        return redirect("/")

    with serve(area) as client, ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(lambda _: client.post("/x").status_code, range(2)))
    assert answers == [303, 409]
    assert organisations(database) == 1


def test_a_unique_row_that_is_always_there_is_a_bug(serve: Serve, database: Database) -> None:
    area, tries = Area(), []

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        tries.append(1)
        _add(ask, "Welzijn Maasoever")
        return redirect("/")

    client = serve(area)
    assert client.post("/x").status_code == 303
    with pytest.raises(IntegrityError):
        client.post("/x")
    assert len(tries) == (2 if database.is_sqlite else 3)
    assert organisations(database) == 1


def test_other_words_in_the_same_form_are_a_new_form(serve: Serve, database: Database) -> None:
    """Somebody goes back, mends what she wrote and sends it again: that is not a repeat."""
    area = Area()

    @area.post("/{place:id}", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask, place: int) -> Answer:
        _add(ask, f"{ask.form['name']} {place}")
        return redirect("/klaar")

    client = serve(area)
    for place, name in ((1, "een"), (1, "een"), (1, "twee"), (2, "een")):
        answer = client.post(f"/{place}", data={"form_key": "k" * 24, "name": name})
        assert answer.headers["location"] == "/klaar"
    assert organisations(database) == 3


def test_an_address_that_opens_something_is_not_kept(serve: Serve, database: Database) -> None:
    area = Area()

    @area.post("/antwoord/{token:token}", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask, token: str) -> Answer:
        return redirect(f"/antwoord/{token}")

    client = serve(area)
    for _ in range(2):
        answer = client.post("/antwoord/geheim-woord", data={"form_key": "k" * 24})
        assert answer.headers["location"] == "/antwoord/geheim-woord"
    with database.reading() as db:
        (kept,) = db.scalars(select(FormKey))
        assert "geheim" not in kept.key + kept.location


def test_a_form_key_with_an_odd_sign_is_a_form_key(serve: Serve, database: Database) -> None:
    area = Area()

    @area.post("/x", policy=Permission.PUBLIC, name="x")
    def x(ask: Ask) -> Answer:
        _add(ask, "een")
        return redirect("/")

    assert serve(area).post("/x", data={"form_key": "k\x00" * 12}).status_code == 303
    assert organisations(database) == 1
