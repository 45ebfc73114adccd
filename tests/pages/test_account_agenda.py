"""Subscribing to the own appointments: the page, the link that is shown once, and what a calendar gets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from app.intervision.actions import answering
from app.meetings.rules import AnswerTo
from app.people.tables import CalendarFeed
from tests.intervision import add_session, make_round, place_of, publish
from tests.page import Site, make_test_parts
from tests.people import Cast, make_cast

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def cast(sqlite_database: Database, clock: MovableClock) -> Cast:
    with sqlite_database.writing() as db:
        cast = make_cast(db, now=clock.now())
        round_id = make_round(db, cast.fatma, now=clock.now())
        meeting = add_session(db, cast.fatma, round_id, now=clock.now())
        publish(db, cast.fatma, round_id, cast.noor.id, cast.joris.id, now=clock.now())
        for one in (cast.noor, cast.joris):
            place = place_of(db, one.id, meeting)
            answering.answer(db, signup_id=place, answer=AnswerTo.YES, actor_id=one.id, now=clock.now())
        return cast


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock, cast: Cast) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def link_on(text: str) -> str:
    (found,) = re.findall(r"<code>https://academie.test(/agenda/[^<]+\.ics)</code>", text)
    return str(found)


def test_a_calendar_fetches_the_own_appointments_until_the_link_is_taken_back(site: Site, cast: Cast) -> None:
    noor, nobody = site.visitor(cast.noor.id), site.stranger()
    assert "/account/agenda" in noor.get("/account").text
    assert "De link is een geheim" in noor.get("/account/agenda").text
    made = noor.post("/account/agenda", {"label": "Mijn telefoon"}, status=200).text
    path = link_on(made)
    assert f"webcal://academie.test{path}" in made
    assert path not in noor.get("/account/agenda").text

    answer = nobody.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "set-cookie" not in answer.headers
    calendar = Calendar.from_ical(answer.text)
    (entry,) = calendar.walk("VEVENT")
    assert "METHOD" not in calendar
    assert str(entry["SUMMARY"]) == "Intervisie Mijn Verhaal"
    assert not re.search("noor|joris|fatma|mailto", answer.text, re.IGNORECASE)

    with site.parts.database.reading() as db:
        (feed,) = db.query(CalendarFeed).all()
    site.visitor(cast.joris.id).post(f"/account/agenda/{feed.id}/weg", status=404)
    noor.post(f"/account/agenda/{feed.id}/weg")
    assert nobody.get(path, status=404).text == nobody.get("/agenda/onzin.ics", status=404).text


def test_what_is_wrong_comes_back(site: Site, cast: Cast, clock: MovableClock) -> None:
    noor = site.visitor(cast.noor.id)
    for label in ("", "x" * 61):
        noor.post("/account/agenda", {"label": label}, status=422)
    clock.advance(timedelta(minutes=31))  # a telephone that was left on a table makes no secrets
    assert noor.post("/account/agenda", {"label": "Telefoon"}).headers["location"].startswith("/bevestigen")


def test_who_guesses_is_stopped_and_who_has_a_link_is_not(site: Site, cast: Cast) -> None:
    path = link_on(site.visitor(cast.noor.id).post("/account/agenda", {"label": "Mijn telefoon"}, status=200).text)
    nobody = site.stranger()
    for number in range(60):
        nobody.get(f"/agenda/ag_{number}.ics", status=404)
    nobody.get("/agenda/ag_60.ics", status=429)
    nobody.get(path)
