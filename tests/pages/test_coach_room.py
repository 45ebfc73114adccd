"""The page of what a coach can take on: her own, and the one for an admin."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.courses.tables import CoachAbsence, CoachProfile
from app.kit.clock import MovableClock
from app.kit.db import Database
from tests.page import Site
from tests.people import Cast, make_cast

OWN = "/coach/beschikbaarheid"
ROOM = {"people_max": "2", "visits_per_week": "1", "regions": "Rotterdam, Schiedam", "version": ""}


@pytest.fixture
def cast(sqlite_database: Database, clock: MovableClock) -> Cast:
    with sqlite_database.writing() as db:
        return make_cast(db, now=clock.now())


def test_a_coach_says_what_she_can_take_on(site: Site, sqlite_database: Database, cast: Cast) -> None:
    ruben = site.visitor(cast.ruben.id)
    page = ruben.get(OWN).text
    assert "Nog niet ingevuld" in page
    assert "0 van 12 mensen" in page
    page = ruben.follow(ruben.post(OWN, ROOM)).text
    assert "Nog niet ingevuld" not in page
    assert "0 van 2 mensen" in page
    with sqlite_database.reading() as db:
        assert db.scalars(select(CoachProfile.regions)).one() == ["Rotterdam", "Schiedam"]


def test_the_admin_does_so_for_her_and_sees_why_she_is_away(site: Site, sqlite_database: Database, cast: Cast) -> None:
    fatma, where = site.visitor(cast.fatma.id), f"/beheer/coaches/{cast.ruben.id}"
    assert where in fatma.get(f"/beheer/mensen/{cast.ruben.id}").text
    fatma.post(where, ROOM)
    answer = fatma.post(f"{where}/weg", {"reason": "ill", "starts_on": "2026-11-20", "ends_on": ""})
    page = fatma.follow(answer).text
    assert "Vanaf 20 november 2026, einde nog niet bekend" in page
    assert "Ziek" in page
    with sqlite_database.reading() as db:
        absence = db.scalars(select(CoachAbsence.id)).one()
    assert "Er staan geen dagen" in fatma.follow(fatma.post(f"{where}/weg/{absence}/terug")).text
    fatma.get(f"/beheer/coaches/{cast.noor.id}", status=404)  # she is no coach


@pytest.mark.parametrize(
    ("address", "typed", "told"),
    [
        (OWN, {"people_max": "101"}, "Dit getal is te hoog. Het hoogste is 100."),
        (OWN, {"regions": ", ".join(f"Plaats {n}" for n in range(13))}, "Noem hoogstens 12 plaatsen."),
        (OWN, {"version": "7"}, "Dit is intussen veranderd"),
        (f"{OWN}/weg", {"reason": "griep", "starts_on": "2026-11-20"}, "Kies een van de antwoorden."),
        (f"{OWN}/weg", {"reason": "ill", "starts_on": "2026-11-20", "ends_on": "2026-11-19"}, "Kies een latere dag."),
    ],
)
def test_what_is_not_right_comes_back_as_it_was_typed(
    site: Site, cast: Cast, address: str, typed: dict[str, str], told: str
) -> None:
    given = (ROOM if address == OWN else {}) | typed
    page = site.visitor(cast.ruben.id).post(address, given, status=422).text
    assert told in page
    assert all(f'value="{text}"' in page for name, text in typed.items() if name in {"people_max", "ends_on"})
