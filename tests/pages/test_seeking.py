"""Looking for a group, asking for a trainer, and the page of an admin that lays them side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.delivery.tables import GroupLink, GroupSearch, TrainerRequest
from app.outbox.tables import Message
from tests.blank_forms import asked_for
from tests.practising import group_form
from tests.seeking import REQUEST, SEARCH, ask, bring_together, look
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from tests.page import Site


@pytest.fixture
def training(site: Site, clock: MovableClock) -> Training:
    with site.parts.database.writing() as db:
        return in_training(db, site.parts.storage, now=clock.now())


def linked(site: Site, training: Training, clock: MovableClock) -> tuple[int, int]:
    """Noor and Maasoever were brought together; gives the search and the request."""
    cast = training.cast
    with site.parts.database.writing() as db:
        search, request = look(db, cast.noor, now=clock.now()), ask(db, cast.sanne, now=clock.now())
        bring_together(db, cast.fatma, search, request, now=clock.now())
    return search, request


def rows(site: Site, table: type[object]) -> int:
    with site.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_she_says_that_she_looks_and_sees_it(site: Site, training: Training) -> None:
    visitor = site.visitor(training.cast.noor.id)
    assert 'href="/groep/zoeken"' in visitor.get("/groep").text
    form = visitor.get("/groep/zoeken").text
    assert "Geen namen van deelnemers" in form
    page = visitor.follow(visitor.post("/groep/zoeken", SEARCH)).text
    assert "Je zoekt een groep, sinds maandag 23 november" in page
    assert "Rotterdam, Schiedam" in page
    assert "dinsdag" in page
    again = visitor.get("/groep/zoeken").text
    assert 'value="tuesday" checked' in again
    assert "Ik werk graag met fotografie." in again
    page = visitor.follow(visitor.post("/groep/zoeken/stoppen", {"found": "no"})).text
    assert "Je zoekt een groep" not in page
    with site.parts.database.reading() as db:
        assert db.scalars(select(GroupSearch.ended_why)).one() == "stopped"


def test_what_lacks_is_asked_for_in_one_go(site: Site, training: Training) -> None:
    visitor = site.visitor(training.cast.noor.id)
    answer = visitor.post("/groep/zoeken", {"regions": " , ", "offer": "Vroege vogel"}, status=422).text
    assert asked_for(answer) == {"regions", "days", "parts"}
    assert "Vroege vogel" in answer
    long = visitor.post("/groep/zoeken", SEARCH | {"offer": "x" * 2_001}, status=422).text
    assert "Dit is te lang." in long
    assert rows(site, GroupSearch) == 0


def test_who_has_a_group_is_asked_whether_she_still_looks(site: Site, training: Training, clock: MovableClock) -> None:
    with site.parts.database.writing() as db:
        look(db, training.cast.noor, now=clock.now())
    visitor = site.visitor(training.cast.noor.id)
    page = visitor.follow(visitor.post("/groep/invoeren", group_form())).text
    assert "Je staat nog op de lijst van wie een groep zoekt" in page
    visitor.post("/groep/zoeken/stoppen", {"found": "yes"})
    with site.parts.database.reading() as db:
        assert db.scalars(select(GroupSearch.ended_why)).one() == "found"


def test_brought_together_she_reads_whom_to_call(site: Site, training: Training, clock: MovableClock) -> None:
    linked(site, training, clock)
    visitor = site.visitor(training.cast.noor.id)
    page = visitor.get("/groep").text
    assert "Welzijn Maasoever zoekt jou" in page
    assert 'href="tel:0101234567"' in page
    page = visitor.follow(visitor.post("/groep/invoeren", group_form())).text
    assert "Dit is mijn groep, ik zoek niet meer" in page
    visitor.post("/groep/zoeken/stoppen", {"found": "yes"})
    with site.parts.database.reading() as db:
        assert db.scalars(select(TrainerRequest.ended_why)).one() == "found"


def test_a_contact_asks_changes_and_stops(site: Site, training: Training) -> None:
    visitor = site.visitor(training.cast.sanne.id)
    assert "Wij zoeken een trainer" in visitor.get("/organisatie").text
    form = visitor.get("/organisatie/trainer").text
    assert 'value="Sanne Bakker"' in form  # most often she is the one to reach
    page = visitor.follow(visitor.post("/organisatie/trainer", REQUEST)).text
    assert "Huis van de Wijk De Esdoorn" in page
    with site.parts.database.reading() as db:
        request = db.scalars(select(TrainerRequest)).one()
    path = f"/organisatie/trainer/{request.id}"
    assert 'value="010 123 45 67"' in visitor.get(path).text
    visitor.post(path, REQUEST | {"place": "Elders", "version": str(request.version)})
    old = visitor.post(path, REQUEST | {"version": str(request.version)}, status=422).text
    assert "intussen veranderd" in old
    page = visitor.follow(visitor.post(f"{path}/stoppen")).text
    assert "Elders" not in page
    visitor.get(path, status=404)


def test_an_empty_request_says_all_that_lacks(site: Site, training: Training) -> None:
    nothing = {
        "place": "",
        "regions": "",
        "goal_group": "",
        "contact_name": "",
        "contact_phone": "",
        "contact_email": "",
    }
    answer = site.visitor(training.cast.sanne.id).post("/organisatie/trainer", nothing, status=422).text
    assert asked_for(answer) == {"place", "regions", "days", "parts", "contact_name", "contact_phone"}
    assert rows(site, TrainerRequest) == 0


def test_a_contact_reads_who_was_found_and_no_more(site: Site, training: Training, clock: MovableClock) -> None:
    linked(site, training, clock)
    page = site.visitor(training.cast.sanne.id).get("/organisatie").text
    assert "Noor de Wit neemt contact op met Sanne Bakker." in page
    assert "noor@demo.example" not in page
    assert "fotografie" not in page


def test_the_admin_links_and_undoes(site: Site, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    with site.parts.database.writing() as db:
        search, request = look(db, cast.noor, now=clock.now()), ask(db, cast.sanne, now=clock.now())
    clock.advance(timedelta(days=50))
    fatma = site.visitor(cast.fatma.id)
    overview = fatma.get("/beheer").text
    assert "1 persoon zoekt al lang een groep" in overview
    assert "1 organisatie wacht op een trainer" in overview
    page = fatma.get("/beheer/groepen").text
    assert "Past bij:" in page
    assert "wait--late" in page
    path = f"/beheer/groepen/{search}"
    form = fatma.get(path).text
    assert "Plek en dagen passen." in form
    assert "De mail gaat naar Sanne Bakker." in form
    assert f'value="{request}" checked' in form  # what fits is chosen already
    page = fatma.follow(fatma.post(path, {"request_id": str(request), "reason": ""})).text
    assert "Gekoppeld, nog geen groep" in page
    assert "zoekt al lang" not in fatma.get("/beheer").text
    fatma.post(path, {"request_id": str(request), "reason": ""}, status=422)
    assert (rows(site, GroupLink), letters(site, "delivery.linked"), letters(site, "delivery.trainer_found")) == (
        1,
        1,
        1,
    )
    assert asked_for(fatma.post(f"{path}/los", {"reason": ""}, status=422).text) == {"reason"}
    fatma.post(f"{path}/los", {"reason": "Het klikte niet."})
    assert letters(site, "delivery.link_undone") == 2
    assert "Past bij:" in fatma.get("/beheer/groepen").text


def test_what_does_not_fit_is_a_decision(site: Site, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    with site.parts.database.writing() as db:
        search = look(db, cast.noor, now=clock.now())
        request = ask(db, cast.fatma, now=clock.now(), organisation_id=cast.linde_id, regions="Breda")
    fatma = site.visitor(cast.fatma.id)
    path = f"/beheer/groepen/{search}"
    form = fatma.get(path).text
    assert "De dagen passen, de plek niet." in form
    assert "heeft hier geen contactpersoon" in form
    answer = fatma.post(path, {"request_id": str(request), "reason": ""}, status=422).text
    assert asked_for(answer) == {"reason"}
    assert rows(site, GroupLink) == 0
    fatma.post(path, {"request_id": str(request), "reason": "Zij verhuist."})
    assert rows(site, GroupLink) == 1


def test_an_admin_asks_on_behalf(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    assert "Geen organisatie zoekt" in fatma.get("/beheer/groepen").text
    answer = fatma.post("/beheer/groepen/vraag", REQUEST | {"organisation_id": ""}, status=422).text
    assert asked_for(answer) == {"organisation_id"}
    given = REQUEST | {"organisation_id": str(training.cast.linde_id)}
    page = fatma.follow(fatma.post("/beheer/groepen/vraag", given)).text
    assert "Zorggroep Linde" in page
    with site.parts.database.reading() as db:
        request = db.scalars(select(TrainerRequest)).one()
    path = f"/beheer/groepen/vraag/{request.id}"
    fatma.post(path, REQUEST | {"place": "Elders", "version": str(request.version)})
    assert "Elders" in fatma.get("/beheer/groepen").text
    fatma.post(f"{path}/stoppen")
    assert "Elders" not in fatma.get("/beheer/groepen").text


def test_the_page_asks_no_more_of_the_database_when_more_look(
    site: Site, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    fatma = site.visitor(cast.fatma.id)
    with site.parts.database.writing() as db:
        search = look(db, cast.noor, now=clock.now())
        ask(db, cast.sanne, now=clock.now())
    counted = []
    for _ in range(2):
        for path in ("/beheer/groepen", f"/beheer/groepen/{search}"):
            fatma.get(path)
            counted.append(len(fatma.statements))
        with site.parts.database.writing() as db:
            for number in range(5):
                ask(db, cast.fatma, now=clock.now(), organisation_id=cast.linde_id, place=f"Plek {number}")
    assert counted[:2] == counted[2:]


def letters(site: Site, kind: str) -> int:
    with site.parts.database.reading() as db:
        return len(db.scalars(select(Message.id).where(Message.kind == kind)).all())


def test_others_stay_out(site: Site, training: Training, clock: MovableClock) -> None:
    search, request = linked(site, training, clock)
    cast = training.cast
    for one in (cast.noor, cast.ruben, cast.sanne):
        visitor = site.visitor(one.id)
        for path in ("/beheer/groepen", f"/beheer/groepen/{search}", f"/beheer/groepen/vraag/{request}"):
            visitor.get(path, status=403)
    for one in (cast.noor, cast.ruben, cast.fatma):
        site.visitor(one.id).get(f"/organisatie/trainer/{request}", status=403)
    for one in (cast.ruben, cast.sanne, cast.fatma):
        site.visitor(one.id).get("/groep/zoeken", status=403)
    visitor = site.visitor(cast.joris.id)  # has neither a training nor a certificate
    assert "Je hebt nu geen groep" in visitor.get("/groep/zoeken").text
    visitor.post("/groep/zoeken", SEARCH, status=422)
