"""All open assignments by how long they wait, with filters and pages, and how full coaches are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.courses.editions import edition_of
from app.courses.tables import Enrolment
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from app.practice import admin_page
from app.practice.tables.work import AssignmentRecord
from tests.handing import coaches_now, make_coach, make_people
from tests.page import Site
from tests.practising import Practising, begin, observe, sign

LIST = "/beheer/praktijk"


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


WORDS = {
    "open": "Bij de professional",
    "prepared": "Wacht op een dag",
    "planned": "Bezoek gepland",
    "handed_in": "Wacht op de coach",
    "observed": "Coach kijkt na",
}


@pytest.mark.parametrize("until", WORDS)
def test_where_each_assignment_stands(
    site: Site, sqlite_database: Database, storage: Storage, clock: MovableClock, until: str
) -> None:
    word = WORDS[until]
    at_work = begin(sqlite_database, storage, clock, until=until)
    page = site.visitor(at_work.training.cast.fatma.id).get(LIST).text
    assert "Er is 1 opdracht open." in page
    assert word in page
    assert "Ruben Haddad" in page


def test_only_what_is_late_of_one_coach_or_cohort(
    site: Site, sqlite_database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(sqlite_database, storage, clock, until="handed_in")  # on a Thursday
    training = at_work.training
    for days, late in ((7, False), (1, True)):  # five working days, and one more
        clock.advance(timedelta(days=days))
        fatma = site.visitor(training.cast.fatma.id)
        page = fatma.get(f"{LIST}?alleen=laat").text
        assert ("Noor de Wit" in page) is late
        assert ("Hier wacht niets" in page) is not late
    assert "Eén wacht langer dan beloofd op een coach." in fatma.get(LIST).text
    for query, shown in (
        (f"groep={training.cohort_id}", True),
        (f"coach={at_work.ruben.id}", True),
        (f"coach={training.cast.fatma.id}", False),
        ("groep=999", False),
        ("groep=x&coach=;&na=onzin", True),
    ):
        assert ("Noor de Wit" in fatma.get(f"{LIST}?{query}").text) is shown
    observe(sqlite_database, at_work, clock)
    sign(sqlite_database, at_work, clock)
    assert "Hier wacht niets" in fatma.get(LIST).text


def test_page_after_page_shows_each_once(
    site: Site, sqlite_database: Database, storage: Storage, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_page, "SHOWN", 3)
    at_work: Practising = begin(sqlite_database, storage, clock)
    now = clock.now()
    with sqlite_database.writing() as db:
        ((assignment_id, _),) = edition_of(db, at_work.training.edition_id).assignments
        for number, id_ in enumerate(make_people(db, at_work.training, 7, coach_id=at_work.ruben.id, now=now)):
            begun = now - timedelta(days=number // 2)  # some at the same moment
            db.add(AssignmentRecord(enrolment_id=id_, assignment_id=assignment_id, created_at=begun))
            assert db.get_one(Enrolment, id_).confirmed_at is not None
    fatma, seen, where = site.visitor(at_work.training.cast.fatma.id), [], LIST
    for _ in range(3):
        page = fatma.get(where).text
        seen += [word for word in page.split('"') if word.startswith("/beheer/praktijk/")]
        if 'rel="next"' in page:
            where = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert 'rel="next"' not in page
    assert len(seen) == len(set(seen)) == 8


def test_one_assignment_with_what_can_be_done(
    site: Site, sqlite_database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(sqlite_database, storage, clock, until="observed", assignment_attempts_max=1)
    sign(sqlite_database, at_work, clock, "not_met", reason="Het was nog niet veilig")
    with sqlite_database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=clock.now())
    fatma, where = site.visitor(at_work.training.cast.fatma.id), f"{LIST}/{at_work.record_id}"
    assert where in fatma.get(LIST).text
    page = fatma.get(where).text
    for words in ("Vastgelopen", "Sta nog een poging toe", "Bram de Boer (0/12)", "30 dagen erbij"):
        assert words in page
    for path, typed, told in (
        ("nog-een-keer", {"reason": ""}, "Dit vakje is nog leeg."),
        ("stukje", {"by_when": "", "reason": ""}, "Nieuwe dag: Dit vakje is nog leeg."),
        ("coach", {"coach_id": str(at_work.noor.id), "reason": "Zo"}, "Iemand kan niet de eigen coach zijn."),
        ("langer", {"days": "181", "reason": "Verlof"}, "Dit getal is te hoog."),
        ("stukje", {"by_when": "2027-01-01", "reason": "Verlof"}, "niet (meer) om een stukje gevraagd"),
    ):
        assert told in fatma.post(f"{where}/{path}", typed, status=422).text
    page = fatma.follow(fatma.post(f"{where}/nog-een-keer", {"reason": "We hebben gepraat"})).text
    assert "De opdracht is weer open." in page
    assert "2 van 1" not in page
    page = fatma.follow(fatma.post(f"{where}/langer", {"days": "60", "reason": "Verlof"})).text
    assert "60 dagen erbij gekregen" in page
    page = fatma.follow(fatma.post(f"{where}/coach", {"coach_id": str(bram), "reason": "Dichterbij"})).text
    assert coaches_now(sqlite_database) == {at_work.noor.id: bram}
