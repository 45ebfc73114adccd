"""The page on which people are handed over: the proposal, its effect, and what comes back when it is not right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.courses.tables import CoachHandover, CoachProfile
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from tests.conftest import START
from tests.handing import coaches_now, make_coach, make_people
from tests.page import Site, Visitor
from tests.practising import Practising, begin


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def planned(sqlite_database: Database, storage: Storage, clock: MovableClock) -> Practising:
    return begin(sqlite_database, storage, clock, until="planned")


@pytest.fixture
def bram(sqlite_database: Database, planned: Practising, clock: MovableClock) -> int:
    with sqlite_database.writing() as db:
        return make_coach(db, "Bram de Boer", now=clock.now())


def typed(page: str, **changed: str) -> dict[str, str]:
    """What the form says as it stands."""
    given = {"reason": "holiday", "how": "good", "back_on": "", "do": "send"}
    for name, options in re.findall(r'<select[^>]*name="(to_\d+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\d*)" selected', options)
        given[name] = chosen.group(1) if chosen else ""
    return given | changed


def test_the_proposal_says_why_and_what_it_does(
    site: Site, sqlite_database: Database, planned: Practising, bram: int
) -> None:
    fatma = site.visitor(planned.training.cast.fatma.id)
    where = f"/beheer/coaches/{planned.ruben.id}/overdragen"
    assert where in fatma.get(f"/beheer/coaches/{planned.ruben.id}").text
    page = fatma.get(where).text
    for words in ("Bram de Boer (0/12)", "Heeft plek", "gaat mee", "Draag 1 persoon over", "was 0"):
        assert words in page
    stays = typed(page, do="look", **{f"to_{planned.training.enrolment_id}": ""})
    assert "Draag 0 mensen over" in fatma.post(where, stays, status=200).text
    assert coaches_now(sqlite_database) == {planned.noor.id: planned.ruben.id}  # looking changes nothing
    fatma.follow(fatma.post(where, typed(page)))
    assert coaches_now(sqlite_database) == {planned.noor.id: bram}
    assert "Er is niemand om over te dragen" in fatma.get(where).text


def test_more_people_than_there_is_room_for_is_said_on_top(
    site: Site, sqlite_database: Database, planned: Practising, bram: int
) -> None:
    where = f"/beheer/coaches/{planned.ruben.id}/overdragen"
    fatma = site.visitor(planned.training.cast.fatma.id)
    with sqlite_database.writing() as db:
        make_people(db, planned.training, 2, coach_id=planned.ruben.id, now=START)
    assert "Er is niet genoeg plek" not in fatma.get(where).text
    with sqlite_database.writing() as db:
        db.add(CoachProfile(person_id=bram, people_max=1, visits_per_week=3, regions=[]))
    page = fatma.get(where).text
    assert "Er is niet genoeg plek" in page
    assert "voorlopig bij Ruben" in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reason": ""}, "Kies een van de antwoorden."),
        ({"how": "until"}, "Dit vakje is nog leeg."),
        ({"how": "until", "back_on": "2026-11-23"}, "Kies een dag na vandaag."),
        ({"to_4711": "1"}, "Er is intussen iets veranderd"),
        ({"to_x": "1"}, "Dit formulier is veranderd."),
    ],
)
def test_what_is_not_right_comes_back(
    site: Site, planned: Practising, bram: int, changed: dict[str, str], told: str
) -> None:
    fatma = site.visitor(planned.training.cast.fatma.id)
    where = f"/beheer/coaches/{planned.ruben.id}/overdragen"
    given = typed(fatma.get(where).text)
    assert bram in [int(given[name]) for name in given if name.startswith("to_")]
    assert told in fatma.post(where, given | changed, status=422).text


def test_another_day_and_at_once(site: Site, sqlite_database: Database, planned: Practising, bram: int) -> None:
    fatma = site.visitor(planned.training.cast.fatma.id)
    base = f"/beheer/coaches/{planned.ruben.id}"
    given = typed(fatma.get(f"{base}/overdragen").text, how="until", back_on="2026-12-09")
    page = fatma.follow(fatma.post(f"{base}/overdragen", given)).text
    assert "Terug op 9 december 2026" in page
    assert "1 persoon, terug op 9 december 2026" in site.visitor(planned.ruben.id).get("/coach/beschikbaarheid").text
    with sqlite_database.reading() as db:
        where = f"{base}/overdragen/{db.scalars(select(CoachHandover.id)).one()}"
    fatma.get(where)
    assert "Kies een dag na vandaag." in fatma.post(where, {"how": "until", "back_on": "2026-11-01"}, status=422).text
    fatma.follow(fatma.post(where, {"how": "until", "back_on": "2026-12-16"}))
    fatma.follow(fatma.post(where, {"how": "now", "back_on": ""}))
    assert coaches_now(sqlite_database) == {planned.noor.id: planned.ruben.id}
    fatma.get(where, status=404)  # it is over
    with sqlite_database.reading() as db:
        assert db.scalar(select(func.count()).select_from(CoachHandover).where(CoachHandover.ended_at.is_(None))) == 0


def test_the_page_asks_as_much_for_one_as_for_many(
    site: Site, sqlite_database: Database, planned: Practising, bram: int, clock: MovableClock
) -> None:
    fatma: Visitor = site.visitor(planned.training.cast.fatma.id)
    where = f"/beheer/coaches/{planned.ruben.id}/overdragen"
    spent = []
    for more in (0, 12):
        with sqlite_database.writing() as db:
            make_people(db, planned.training, more, coach_id=planned.ruben.id, now=clock.now()) if more else None
        fatma.get(where)
        fatma.get(where)
        spent.append(len(fatma.statements))
    assert spent[0] == spent[1] <= 20
    assert bram
