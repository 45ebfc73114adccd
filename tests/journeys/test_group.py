"""A group from its first date to its numbers, on a phone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect
from sqlalchemy import select

from app.delivery.tables import Delivery, DeliveryDate
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.practising import VISIT_AT
from tests.trained import finish_theory, in_training

if TYPE_CHECKING:
    from playwright.sync_api import Page

DAYS: Final = ("2026-12-03", "2026-12-10", "2026-12-17")


def test_a_group_from_its_first_date_to_its_numbers(live: Live) -> None:
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=live.clock.now())
        finish_theory(db, training, now=live.clock.now())
    noor = training.cast.noor.id
    page = live.person()
    sign_in(live, page, noor)
    enter(page)
    for reader in ("noor", "ruben"):  # in both calendars from this day
        mail = live.mail_to(f"{reader}@demo.example", "donderdag 17 december")
        assert "indpresentatie" in mail.subject

    first = page.locator("li.item", has_text="3 december")
    first.get_by_role("button", name=re.compile("^Gaat niet door")).click()
    expect(page.get_by_text("De bijeenkomst gaat niet door.")).to_be_visible()
    expect(first.get_by_role("button", name=re.compile("^Gaat toch door"))).to_be_visible()
    accessible(page)

    live.clock.set(VISIT_AT + timedelta(days=7, hours=3))
    sign_in(live, page, noor)
    page.goto("/groep")
    expect(page.get_by_role("heading", name="Hoe was het donderdag 10 december?")).to_be_visible()
    page.get_by_label("Hoeveel deelnemers waren er?").fill("0")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("alert")).to_contain_text("te laag")
    accessible(page)
    page.get_by_label("Hoeveel deelnemers waren er?").fill("8")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_text("8 deelnemers")).to_be_visible()

    live.clock.set(VISIT_AT + timedelta(days=15))
    sign_in(live, page, noor)
    page.goto("/groep")
    page.get_by_role("link", name="Rond deze groep af").click()
    accessible(page)
    page.get_by_label("Hoeveel deelnemers waren er?").fill("7")
    page.get_by_label("Hoeveel mensen begonnen?").fill("9")
    page.get_by_label("Hoeveel maakten de groep af?").fill("10")
    page.get_by_label("Hoeveel gasten kwamen er kijken?").fill("24")
    page.get_by_role("button", name="Rond deze groep af").click()
    expect(page.get_by_role("alert")).to_contain_text("dat waren er 9")
    page.get_by_label("Hoeveel maakten de groep af?").fill("7")
    page.get_by_role("button", name="Rond deze groep af").click()
    expect(page.get_by_role("heading", name="Eerdere groepen")).to_be_visible()
    accessible(page)
    with live.parts.database.reading() as db:
        group = db.scalars(select(Delivery)).one()
        counted = db.scalars(select(DeliveryDate.attended).order_by(DeliveryDate.starts_at)).all()
    assert (group.started, group.finished, group.guests, list(counted)) == (9, 7, 24, [None, 8, 7])
    live.troubles[:] = [one for one in live.troubles if "422" not in one]  # the forms that came back, as they should


def enter(page: Page) -> None:
    """Place and three dates; the last one is the end presentation."""
    page.goto("/groep")
    page.get_by_role("link", name="Voer je groep in").click()
    page.get_by_label("Naam van de plek").fill("De Esdoorn")
    page.get_by_label("Straat en nummer").fill("Dorpsstraat 1")
    page.get_by_label("Gemeente").fill("Rotterdam")
    for number, day in enumerate(DAYS, start=1):
        if number > 1:
            page.get_by_role("button", name="Nog een datum").click()
        row = page.get_by_role("group", name=f"Bijeenkomst {number}")
        row.get_by_label("Dag").fill(day)
        if number == 1:
            row.get_by_label("Van").fill("13:30")
            row.get_by_label("Tot").fill("15:30")
    page.get_by_role("group", name=f"Bijeenkomst {len(DAYS)}").get_by_label("Wat is het?").select_option(
        "Eindpresentatie"
    )
    accessible(page)
    page.get_by_role("button", name="Bewaar mijn groep").click()
    page.wait_for_url("**/groep")
    expect(page.get_by_text("Staat in jouw agenda en in die van Ruben.")).to_be_visible()


def test_who_looks_for_a_group_is_brought_together(live: Live) -> None:
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=live.clock.now())
    cast = training.cast
    noor, sanne, fatma = live.person(), live.person(), live.person()
    for page, viewer in ((noor, cast.noor), (sanne, cast.sanne), (fatma, cast.fatma)):
        sign_in(live, page, viewer.id)

    noor.goto("/groep")
    noor.get_by_role("link", name="Ik zoek een groep").click()
    noor.get_by_role("button", name="Zoek een groep voor mij").click()
    expect(noor.get_by_role("alert")).to_contain_text("dingen aanpassen")
    accessible(noor)
    noor.get_by_label("Waar kun je een groep begeleiden?").fill("Rotterdam, Schiedam")
    noor.get_by_label("dinsdag").check()
    noor.get_by_label("middag").check()
    noor.get_by_label(re.compile("^Wat kun je bieden?")).fill("Ik werk graag met fotografie.")
    noor.get_by_role("button", name="Zoek een groep voor mij").click()
    expect(noor.get_by_role("heading", name=re.compile("^Je zoekt een groep"))).to_be_visible()
    accessible(noor)

    sanne.goto("/organisatie")
    sanne.get_by_role("link", name="Wij zoeken een trainer").click()
    sanne.get_by_label("Waar komt de groep?").fill("Huis van de Wijk De Esdoorn")
    sanne.get_by_label("In welke gemeente?").fill("Rotterdam")
    sanne.get_by_label("dinsdag").check()
    sanne.get_by_label("middag").check()
    sanne.get_by_label("Telefoon").fill("010 123 45 67")
    accessible(sanne)
    sanne.get_by_role("button", name="Zoek een trainer").click()
    expect(sanne.get_by_text("Gezocht")).to_be_visible()
    accessible(sanne)

    fatma.goto("/beheer/groepen")
    accessible(fatma)
    fatma.get_by_role("link", name=re.compile("^Koppel")).click()
    expect(fatma.get_by_label(re.compile("^Welzijn Maasoever"))).to_be_checked()
    accessible(fatma)
    fatma.get_by_role("button", name="Koppel").click()
    expect(fatma.get_by_role("heading", name="Gekoppeld, nog geen groep")).to_be_visible()

    told = live.mail_to("noor@demo.example", "zoekt een trainer")
    assert "010 123 45 67" not in told.text
    assert "Noor de Wit" in live.mail_to("sanne@demo.example", "trainer voor").text
    noor.goto("/groep")
    expect(noor.get_by_role("link", name="010 123 45 67")).to_be_visible()
    accessible(noor)
    sanne.goto("/organisatie")
    expect(sanne.get_by_text("Noor de Wit neemt contact op met Sanne Bakker.")).to_be_visible()

    fatma.get_by_role("link", name="Noor de Wit").click()
    fatma.get_by_label("Waarom?").fill("Het klikte niet.")
    fatma.get_by_role("button", name="Maak de koppeling los").click()
    expect(fatma.get_by_text("Losgemaakt.")).to_be_visible()
    assert "klikte" not in live.mail_to("sanne@demo.example", "losgemaakt").text
    live.troubles[:] = [one for one in live.troubles if "422" not in one]  # the form that came back, as it should
