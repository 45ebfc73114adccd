"""What somebody typed comes back when a page says no for another reason than her words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from app.people.actions import sign_in
from app.people.tables import Person, SignIn
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
    one_word = joris.post(f"/praktijk/{world.things['record']}/voorbereiding", {"goal": "Stilte"}, status=404).text
    assert "data-not-taken" in one_word  # so that the browser keeps it
    assert "data-not-taken" not in joris.get(f"/praktijk/{world.things['record']}", status=404).text


def test_a_form_on_a_page_of_somebody_else_is_not_taken(told: tuple[Site, World]) -> None:
    """A tab that stayed open: another one signed in on this computer meanwhile."""
    site, world = told
    page = site.visitor(world.people["noor"]).get("/account").text
    whose = set(re.findall(r'name="form_person" value="(\d+)"', page))
    assert whose == {str(world.people["noor"])}
    joris = site.visitor(world.people["joris"])
    given = {"name": "Noor Andersnaam", "phone": "", "language": "nl"}
    refused = joris.post("/account", given | {"form_person": whose.pop()}, status=409).text
    assert "nu iemand anders ingelogd" in refused
    with site.parts.database.reading() as db:
        assert db.scalars(select(Person.name).where(Person.id == world.people["joris"])).one() == "Joris van Leeuwen"
    joris.post("/account", given | {"form_person": str(world.people["joris"])})
    with site.parts.database.reading() as db:
        assert db.scalars(select(Person.name).where(Person.id == world.people["joris"])).one() == "Noor Andersnaam"


def test_a_page_of_nobody_is_of_everybody(told: tuple[Site, World]) -> None:
    site, _ = told
    assert "form_person" not in site.stranger().get("/inloggen").text
