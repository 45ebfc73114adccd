"""The season as an admin meets it: proposed, counted, made in one press."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select

from app.certification.tables import StandingSpan
from app.intervision.tables import IntervisionRound, IntervisionSession, SessionFacilitator
from tests.seasons import LastYear, last_year

if TYPE_CHECKING:
    from tests.page import Site

PATH = "/beheer/intervisie/seizoen"


@pytest.fixture
def past(site: Site) -> LastYear:
    with site.parts.database.writing() as db:
        return last_year(db)


def rounds_of(site: Site) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(IntervisionRound)) or 0


def seen_in(text: str) -> str:
    return text.partition('name="seen" value="')[2].partition('"')[0]


def test_a_season_is_seen_with_reasons_and_made_in_one_press(site: Site, past: LastYear) -> None:
    fatma = site.visitor(past.cast.fatma.id)
    overview = fatma.get("/beheer").text
    assert "Je hebt nog 4 weken om de uitnodigingen te versturen." in overview
    assert f'href="{PATH}?year=2027"' in overview
    assert "Plan een seizoen" in fatma.get("/beheer/intervisie").text
    text = fatma.get(PATH).text
    for words in (
        "Seizoen 2027",
        "Voorjaar 2027",
        "Zelfde week en weekdag als vorig jaar",
        "1 week eerder: Goede Vrijdag.",
        "1 week eerder: herfstvakantie in Midden.",
        "Ruben",
        "Regio Midden",
        "Deze plaatsen kennen we niet: Nergenshuizen.",
        "Maak deze 2 rondes",
    ):
        assert words in text, words
    assert "Samen is met 4 mensen die uit zichzelf komen" in fatma.get(f"{PATH}?year=2027&extra=4").text
    stale = fatma.post(PATH, {"year": "2027", "extra": "0", "seen": "iets anders"}, status=422)
    assert "Het voorstel is intussen anders" in stale.text
    form = {"year": "2027", "extra": "0", "seen": seen_in(text)}
    made = fatma.post(PATH, form)
    assert made.headers["location"] == "/beheer/intervisie"
    assert rounds_of(site) == 4
    listed = fatma.follow(made).text
    assert "Voorjaar 2027" in listed
    assert "Deze ronde is er al" in fatma.get(PATH).text
    assert "Dit seizoen is er al" in fatma.post(PATH, form, status=422).text
    assert rounds_of(site) == 4


def test_odd_addresses_and_forms_are_taken_calmly(site: Site, past: LastYear) -> None:
    fatma = site.visitor(past.cast.fatma.id)
    for query in (
        "?year=1999",
        "?year=²",
        "?year=99999999999999999999&extra=-1",
        "?extra=abc",
        "?year=2028&extra=9999",
    ):
        fatma.get(PATH + query)
    assert "Kies zelf nog een zaal" in fatma.get(f"{PATH}?year=2028").text
    for wrong in ({"year": "ooit"}, {"year": "2027", "extra": "-1"}, {"year": "2027", "extra": "501"}, {}):
        fatma.post(PATH, {"seen": "x"} | wrong, status=422)
    assert rounds_of(site) == 2


def test_without_anything_to_go_by_the_page_shows_the_way(site: Site, past: LastYear) -> None:
    with site.parts.database.writing() as db:
        for table in (SessionFacilitator, IntervisionSession, IntervisionRound, StandingSpan):
            db.execute(delete(table))
    shown = site.visitor(past.cast.fatma.id).get(PATH).text
    assert "Er is nog niets om van uit te gaan" in shown
