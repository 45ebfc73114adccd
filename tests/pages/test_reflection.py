"""Looking back on an assignment, and scores that keep themselves: the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.ledger.tables import LedgerEvent
from app.practice.tables.work import Preparation, ReflectionDraft
from tests.page import SAME_ORIGIN, Site, Visitor, check_html, make_test_parts
from tests.practising import LOOKED_BACK, Practising, add_photo, begin, hand_in, look_back

WORDS = LOOKED_BACK.starr().as_facts()


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


def work(site: Site, clock: MovableClock, until: str) -> Practising:
    return begin(site.parts.database, site.parts.storage, clock, until=until)


def part(visitor: Visitor, path: str, given: dict[str, str]) -> str:
    """What htmx gets while somebody types."""
    htmx = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}
    text = visitor.client.post(path, data=given, headers=htmx).text
    check_html(text, whole=False)
    return text


def draft(site: Site) -> ReflectionDraft | None:
    with site.parts.database.reading() as db:
        return db.scalars(select(ReflectionDraft)).one_or_none()


def test_she_writes_and_comes_back_to_the_assignment(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor, record = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}"
    assert "Schrijf je terugblik" in visitor.get(record).text
    page = visitor.get(f"{record}/terugblik").text
    assert "Alleen jij, tot je inlevert. Daarna leest Ruben het ook." in page
    assert "Durf ik te wachten?" in page
    answer = visitor.post(f"{record}/terugblik", WORDS | {"version": "0", "result": ""})
    assert "4 van 5 stappen" in visitor.follow(answer).text
    kept = draft(site)
    assert kept is not None
    assert kept.action == "Ik wachtte"
    assert "Schrijf verder aan je terugblik" in visitor.get(record).text


def test_it_keeps_itself_while_she_types(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor, path = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}/terugblik"
    typed = {"version": "0", "whole": "typing", "situation": "Half"}
    shown = part(visitor, path, typed)
    assert "data-kept" in shown
    assert "Bewaard om" in shown
    assert re.search(r'name="version" value="1"', shown)
    assert "<h1" not in shown
    stale = part(visitor, path, typed | {"situation": "Uit een ander venster"})
    assert "in een ander venster bewaard" in stale
    assert "data-kept" not in stale
    told = visitor.post(path, {"version": "0", "situation": "Uit een ander venster"}, status=422).text
    assert "Daar: Half" in told
    assert "Nog niet bewaard" in told
    assert "Bewaard op" not in told
    assert re.search(r"<textarea[^>]*>\s*Uit een ander venster", told)
    assert re.search(r'name="version" value="1"', told)  # sending again is a choice
    kept = draft(site)
    assert kept is not None
    assert kept.situation == "Half"


def test_too_long_is_said_and_nothing_is_lost(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor, path = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}/terugblik"
    told = visitor.post(path, {"version": "0", "task": "x" * 2001}, status=422).text
    assert "Er passen 2000 tekens in" in told
    assert "x" * 2001 in told
    assert draft(site) is None
    kept = part(visitor, path, {"version": "0", "whole": "typing", "task": "x" * 2001})
    assert "Nog niet bewaard" in kept


def test_handing_in_asks_for_it(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor, record = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}"
    add_photo(site.parts.database, at_work, clock)
    given = {"self_SM1": "2", "self_VS1": "3", "version": "0"}
    assert "Schrijf eerst je terugblik af" in visitor.post(f"{record}/inleveren", given, status=422).text
    look_back(site.parts.database, at_work, clock)
    assert "Je werk is ingeleverd" in visitor.follow(visitor.post(f"{record}/inleveren", given)).text


def test_the_coach_reads_it_after_handing_in_and_not_before(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    look_back(site.parts.database, at_work, clock)
    coach, record = site.visitor(at_work.ruben.id), f"/praktijk/{at_work.record_id}"
    pages = (f"{record}/terugblik", f"/coach/{at_work.record_id}")
    assert "Lees de terugblik" not in coach.get(record).text
    for path in pages:
        assert WORDS["situation"] not in coach.get(path).text
    add_photo(site.parts.database, at_work, clock)
    hand_in(site.parts.database, at_work, clock)
    for path in pages:
        assert WORDS["situation"] in coach.get(path).text
    assert "Lees de terugblik van Noor" in coach.get(record).text
    assert "Haal mijn terugblik weg" not in coach.get(f"{record}/terugblik").text
    coach.get(f"{record}/terugblik/bestand", status=404)
    coach.post(f"{record}/terugblik/weg", {}, status=404)


def test_she_takes_it_along_or_away(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    visitor, path = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}/terugblik"
    file = visitor.get(f"{path}/bestand")
    assert file.headers["content-disposition"].startswith("attachment")
    assert "no-store" in file.headers["cache-control"]
    assert f"Actie: wat deed je?\n{WORDS['action']}" in file.text
    assert file.text.count(WORDS["action"]) == 1
    assert "Er blijft staan dat je een terugblik inleverde" in visitor.get(path).text
    gone = visitor.follow(visitor.post(f"{path}/weg", {})).text
    assert "Je haalde deze terugblik weg op" in gone
    assert WORDS["action"] not in gone
    assert "haalde hem weg op" in site.visitor(at_work.ruben.id).get(f"/coach/{at_work.record_id}").text
    visitor.get(f"{path}/bestand", status=404)


def test_an_admin_who_reads_it_is_noted(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "handed_in")
    visitor = site.visitor(at_work.training.cast.fatma.id)
    assert WORDS["task"] in visitor.get(f"/praktijk/{at_work.record_id}/terugblik").text
    with site.parts.database.reading() as db:
        read = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == "practice.scores_read")
        assert db.scalar(read) == 1


def test_own_scores_keep_themselves(site: Site, clock: MovableClock) -> None:
    at_work = work(site, clock, "visited")
    visitor, record = site.visitor(at_work.noor.id), f"/praktijk/{at_work.record_id}"
    typed = {"version": "0", "whole": "typing", "self_SM1": "2", "note": ""}
    shown = part(visitor, f"{record}/zelf", typed)
    assert "Bewaard om" in shown
    assert "Je eigen kijk: 1 van 2 punten" in shown
    other = typed | {"self_SM1": "4"}
    assert "ander venster" in part(visitor, f"{record}/zelf", other)
    told = visitor.post(f"{record}/zelf", other | {"whole": ""}, status=422).text
    assert "Daar: Op weg" in told
    assert "Hier: Overtuigend" in told
    add_photo(site.parts.database, at_work, clock)
    look_back(site.parts.database, at_work, clock)
    told = visitor.post(f"{record}/inleveren", other | {"whole": "", "self_VS1": "3"}, status=422).text
    assert "intussen in een ander venster bewaard" in told
    with site.parts.database.reading() as db:
        assert db.scalars(select(Preparation.draft_scores)).one() == {"SM1": 2}
