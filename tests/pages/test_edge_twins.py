"""The same form twice at the same moment: the second waits, and goes where the first went."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from starlette.applications import Starlette

from app.access import Permission
from app.kit.errors import Refused
from app.people.tables import FormKey, Organisation
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.responses import Responder
from app.web.kit.route import Area, Edge
from app.web.kit.static import StaticFiles
from app.web.kit.templates import make_templates
from tests.page import ADDRESS, SAME_ORIGIN, make_test_parts

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database

MANY = 6
FORM = {"form_key": "k" * 24}


@pytest.fixture
def area() -> Area:
    return Area()


@pytest.fixture
def client(area: Area, database: Database, data_dir: Path, clock: MovableClock) -> TestClient:
    """A program with one route, on either engine."""
    parts = make_test_parts(database, data_dir, clock)
    responder = Responder(parts.settings, make_templates(StaticFiles.load().url), secure_cookies=True)

    @area.post("/weg", policy=Permission.PUBLIC, name="x")
    def only_once(ask: Ask) -> Answer:
        """Looks first, as most forms do: who comes second is refused."""
        if "look" in ask.form:
            return render("people/password_forgotten.html", form=Submitted.blank())
        if ask.db.scalar(select(Organisation.id)) is not None:
            raise Refused("stale")
        ask.db.add(Organisation(name="Linde", folded_name="linde", created_at=ask.now))
        return redirect("/gedaan")

    app = Starlette(routes=[Edge(parts.services, responder).route(entry) for entry in area.entries])
    return TestClient(app, base_url=ADDRESS, headers=SAME_ORIGIN, follow_redirects=False)


def rows(database: Database, table: type[FormKey | Organisation]) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_twins_get_one_answer(client: TestClient, database: Database) -> None:
    ready = threading.Barrier(MANY)

    def send(_: int) -> tuple[int, str | None]:
        ready.wait(timeout=20)
        answer = client.post("/weg", data=FORM)
        return answer.status_code, answer.headers.get("location")

    with client, ThreadPoolExecutor(MANY) as pool:
        answers = set(pool.map(send, range(MANY)))
    assert answers == {(303, "/gedaan")}
    assert rows(database, Organisation) == rows(database, FormKey) == 1


def test_what_was_refused_or_only_shown_may_be_sent_again(client: TestClient, database: Database) -> None:
    assert client.post("/weg", data=FORM | {"look": "1"}).status_code == 200
    assert rows(database, FormKey) == 0
    assert client.post("/weg", data=FORM).status_code == 303
    assert client.post("/weg", data={"form_key": "n" * 24}).status_code == 409
    assert rows(database, FormKey) == 1
