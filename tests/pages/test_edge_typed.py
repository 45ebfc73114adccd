"""What somebody typed comes back when a page says no for another reason than her words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from app.people.actions import sign_in
from app.people.tables import SignIn
from tests.authz.world import World, make_world
from tests.page import Site, make_test_parts

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database

WORDS = "Ik wil oefenen met stilte laten vallen."
GIVEN = {"goal": WORDS, "session_plan": "Kring, collage, tentoonstelling.", "learning_question": "Hoe wacht ik?"}


@pytest.fixture
def told(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> tuple[Site, World]:
    parts = make_test_parts(sqlite_database, data_dir, clock)
    return Site(parts), make_world(parts, clock)


def test_who_was_signed_out_meanwhile_reads_her_words(told: tuple[Site, World], clock: MovableClock) -> None:
    site, world = told
    noor = site.visitor(world.people["noor"])
    with site.parts.database.writing() as db:
        sign_in.revoke_all(db, person_id=world.people["noor"], now=clock.now())
    page = noor.post(f"/praktijk/{world.things['record']}/voorbereiding", GIVEN, status=401).text
    assert WORDS in page
    assert "/inloggen?next=" in page


def test_a_secret_is_not_shown(told: tuple[Site, World], clock: MovableClock) -> None:
    site, world = told
    noor = site.visitor(world.people["noor"])
    with site.parts.database.writing() as db:
        db.execute(update(SignIn).values(ended_at=clock.now()))
    answer = noor.post("/account/wachtwoord", {"password": "groene trein naar zee"})
    assert answer.headers["location"].startswith("/inloggen")


def test_what_is_not_hers_gives_her_words_back(told: tuple[Site, World]) -> None:
    site, world = told
    joris = site.visitor(world.people["joris"])
    page = joris.post(f"/praktijk/{world.things['record']}/voorbereiding", GIVEN, status=404).text
    assert WORDS in page
