"""The page of one of a coach's people, her notes and agreements, and what the professional sees of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.localtime import local_day
from app.ledger.tables import LedgerEvent
from app.practice.tables.coaching import AgreementKept, CoachNote
from app.practice.tables.proof import SignOff
from tests.blank_forms import asked_for
from tests.page import Site, make_test_parts
from tests.practising import Practising, begin, hand_over, sign

HERS = "/praktijk/afspraken"


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str = "open") -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def page_of(at_work: Practising) -> str:
    return f"/coach/mensen/{at_work.training.enrolment_id}"


def test_everything_about_her_stands_on_one_page(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    text = site.visitor(at_work.ruben.id).get(page_of(at_work)).text
    assert "Bezoek gepland" in text
    assert "Durf ik te wachten?" in text  # her learning question
    assert 'href="tel:0612345678"' in text
    assert "mailto:noor@demo.example" in text
    assert "Bezoek op donderdag 3 december, 13.30 – 15.30" in text
    assert "De Esdoorn" in text
    assert "eindpresentatie" in text
    assert f'href="/coach/{at_work.record_id}"' in text
    assert "Er is nog niets afgesproken." in text
    assert "Er staan nog geen notities." in text


def test_before_practice_there_is_a_page_too(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    text = site.visitor(at_work.ruben.id).get(page_of(at_work)).text
    assert "Bereidt zich voor" in text


def test_writing_changing_settling_and_removing_a_note(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    ruben, noor, page = site.visitor(at_work.ruben.id), site.visitor(at_work.noor.id), page_of(at_work)
    assert "Er staat nog niets" in noor.get(HERS).text
    today = local_day(clock.now())
    empty = ruben.post(f"{page}/notitie", {"text": "", "come_back_on": ""}, status=422)
    assert asked_for(empty.text) == {"text"}
    past = {"text": "Bel haar over de groep", "come_back_on": (today - timedelta(days=1)).isoformat()}
    wrong = ruben.post(f"{page}/notitie", past, status=422)
    assert "Deze dag is al geweest." in wrong.text
    assert "Bel haar over de groep" in wrong.text
    ruben.post(f"{page}/notitie", past | {"come_back_on": today.isoformat()})
    shown = ruben.get(page).text
    assert "Noor leest dit mee." in shown
    assert "Kom hierop terug" in shown
    assert "Bel haar over de groep" in noor.get(HERS).text
    assert "Pas aan" not in noor.get(HERS).text
    note = f"{page}/notitie/1"
    assert "Bel haar over de groep" in ruben.get(note).text
    ruben.post(note, {"text": "Gebeld over de groep", "come_back_on": today.isoformat(), "version": "1"})
    stale = ruben.post(note, {"text": "Van een oud venster", "come_back_on": "", "version": "1"}, status=422)
    assert "Zo staat de notitie er nu" in stale.text
    assert "Van een oud venster" in stale.text
    assert 'name="version" value="2"' in stale.text
    back = ruben.post(f"{note}/klaar", {"from": "today"})
    assert back.headers["location"] == "/coach"
    assert "Op teruggekomen" in ruben.get(page).text
    ruben.post(f"{note}/weg", {})
    assert "Gebeld over de groep" not in noor.get(HERS).text
    ruben.get(note, status=404)
    with site.parts.database.reading() as db:
        assert db.scalars(select(CoachNote)).all() == []


def test_an_agreement_is_ticked_on_both_sides(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "observed")
    sign(site.parts.database, at_work, clock)
    ruben, noor, page = site.visitor(at_work.ruben.id), site.visitor(at_work.noor.id), page_of(at_work)
    assert "drie vragen op" in noor.get(HERS).text
    with site.parts.database.reading() as db:
        given = {"sign_off_id": str(db.scalars(select(SignOff.id)).one()), "number": "1"}
    noor.post(HERS, given | {"kept": "yes"})
    assert "Noor vinkte dit af op" in ruben.get(page).text
    ruben.post(f"{page}/afspraak", given | {"kept": "no"})
    assert "Noor vinkte dit af op" not in noor.get(HERS).text
    noor.post(HERS, given | {"kept": "misschien"}, status=422)
    ruben.post(f"{page}/afspraak", given | {"number": "x", "kept": "yes"}, status=422)
    ruben.post(f"{page}/afspraak", given | {"number": "9", "kept": "yes"}, status=404)
    with site.parts.database.reading() as db:
        assert db.scalars(select(AgreementKept)).all() == []


def test_an_admin_reads_along_and_that_is_noted(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    fatma, page = site.visitor(at_work.training.cast.fatma.id), page_of(at_work)

    def looks() -> int:
        with site.parts.database.reading() as db:
            return len(db.scalars(select(LedgerEvent).where(LedgerEvent.action == "practice.notes_read")).all())

    fatma.get(page)
    assert looks() == 0  # there was nothing between them to read
    site.visitor(at_work.ruben.id).post(f"{page}/notitie", {"text": "Iets tussen ons", "come_back_on": ""})
    text = fatma.get(page).text
    assert "Iets tussen ons" in text
    assert looks() == 1
    site.visitor(at_work.ruben.id).get(page)
    assert looks() == 1  # her coach's looking is nobody's business


def test_nobody_else_comes_in(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    page, cast = page_of(at_work), at_work.training.cast
    for person, status in ((cast.joris, 403), (cast.noor, 403), (cast.sanne, 403)):
        site.visitor(person.id).get(page, status=status)
    hand_over(site.parts.database, at_work, clock, "Els Vermeer")
    site.visitor(cast.ruben.id).get(page, status=404)
    site.visitor(cast.ruben.id).post(f"{page}/notitie", {"text": "Nog even", "come_back_on": ""}, status=404)
    site.visitor(cast.ruben.id).get("/coach/mensen/999999", status=404)


def test_the_page_asks_the_same_for_much_as_for_little(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    visitor, page = site.visitor(at_work.ruben.id), page_of(at_work)
    for number in range(2):
        visitor.post(f"{page}/notitie", {"text": f"Notitie {number}", "come_back_on": ""})
    visitor.get(page)
    visitor.get(page)
    few = len(visitor.statements)
    for number in range(12):
        visitor.post(f"{page}/notitie", {"text": f"Meer {number}", "come_back_on": ""})
    visitor.get(page)
    assert len(visitor.statements) == few <= 14


def test_a_date_that_is_off_stands_there_as_off(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "planned")
    site.visitor(at_work.noor.id).post(f"/groep/data/{at_work.dates[0]}/niet-door")
    text = site.visitor(at_work.ruben.id).get(page_of(at_work)).text
    assert text.count("Gaat niet door") == 1


def test_an_admin_notes_from_here_and_finds_it_on_her_lists(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    fatma, page = site.visitor(at_work.training.cast.fatma.id), page_of(at_work)
    assert "werklijst van beheer" in fatma.get(page).text
    today = local_day(clock.now()).isoformat()
    fatma.post(f"{page}/notitie", {"text": "Bel de organisatie over de zaal", "come_back_on": today})
    assert "1 notitie om op terug te komen" in fatma.get("/beheer").text
    assert f'href="{page}#notities"' in fatma.get("/beheer").text
    listed = fatma.get("/beheer/praktijk").text
    assert "Bel de organisatie over de zaal" in listed
    with site.parts.database.reading() as db:
        note_id = db.scalars(select(CoachNote.id)).one()
    assert "(beheer)" in site.visitor(at_work.noor.id).get(HERS).text
    assert f"{page}/notitie/{note_id}/klaar" not in site.visitor(at_work.ruben.id).get(page).text
    changed = {"text": "Bel over de zaal en de koffie", "come_back_on": today, "version": "1"}
    fatma.post(f"{page}/notitie/{note_id}", changed)
    answer = fatma.post(f"{page}/notitie/{note_id}/klaar", {"from": "practice"})
    assert answer.headers["location"] == "/beheer/praktijk"
    assert "om op terug te komen" not in fatma.get("/beheer").text
    fatma.post(f"{page}/notitie/{note_id}/weg")
    assert "koffie" not in site.visitor(at_work.noor.id).get(HERS).text


def test_an_admin_whose_note_was_empty_looked_all_the_same(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock)
    site.visitor(at_work.ruben.id).post(f"{page_of(at_work)}/notitie", {"text": "Bel even", "come_back_on": ""})
    fatma = site.visitor(at_work.training.cast.fatma.id)
    assert "Bel even" in fatma.post(f"{page_of(at_work)}/notitie", {"text": "", "come_back_on": ""}, status=422).text
    with site.parts.database.reading() as db:
        looked = db.scalars(select(LedgerEvent.actor_id).where(LedgerEvent.action == "practice.notes_read")).all()
    assert looked == [at_work.training.cast.fatma.id]
