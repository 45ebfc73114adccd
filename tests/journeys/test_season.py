"""The season: from last year's to people who chose a day, in a handful of actions of an admin."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.seasons import last_year


def test_from_last_year_to_people_who_chose(live: Live) -> None:
    with live.parts.database.writing() as db:
        past = last_year(db)
    actions = 0
    for phone in (True, False):
        look = live.person(phone=phone)
        sign_in(live, look, past.cast.fatma.id)
        look.goto("/beheer/intervisie/seizoen?year=2028")
        accessible(look)
        look.goto("/beheer/intervisie/seizoen")
        expect(look.get_by_text("1 week eerder: Goede Vrijdag.")).to_be_visible()
        accessible(look)
    fatma = look
    fatma.get_by_role("button", name="Maak deze 2 rondes").click()
    actions += 1
    expect(fatma.get_by_text("De rondes staan klaar in concept.")).to_be_visible()
    fatma.get_by_role("link", name="Voorjaar 2027").click()
    accessible(fatma)
    fatma.get_by_role("link", name="Nodig 2 trainers uit").click()
    accessible(fatma)
    fatma.get_by_role("button", name="Verstuur 2 mails").click()
    actions += 1
    expect(fatma.get_by_text("De uitnodigingen gaan nu weg.")).to_be_visible()
    for viewer, label in ((past.cast.noor, "Donderdag 11 maart"), (past.cast.joris, "Vrijdag 19 maart")):
        page = live.person()
        sign_in(live, page, viewer.id)
        page.goto("/intervisie")
        page.get_by_label(label).check()
        page.get_by_role("button", name="Bewaar mijn keuze").click()
        expect(page.get_by_text("Je hebt een plek").first).to_be_visible()
    for phone in (True, False):
        look = live.person(phone=phone)
        sign_in(live, look, past.cast.fatma.id)
        look.goto("/beheer/intervisie")
        look.get_by_role("link", name="Voorjaar 2027").click()
        expect(look.get_by_text("Aanmelden kan", exact=True)).to_be_visible()
        accessible(look)
    assert actions <= 5
    with live.parts.database.reading() as db:
        assert db.scalar(select(func.count()).where(MeetingSignup.answer == "yes")) == 3  # and who leads
        assert db.scalar(select(func.count()).where(Message.kind == "intervision.invitation")) == 2
        assert db.scalar(select(func.count()).where(Meeting.published_at.is_(None))) == 4
    live.clock.advance(timedelta(days=96))  # sign-up has closed, and both meetings are too small
    office = live.person()
    sign_in(live, office, past.cast.fatma.id)
    merge(live, office)


def merge(live: Live, office: Page) -> None:
    office.goto("/beheer/intervisie")
    office.get_by_role("link", name="Voorjaar 2027").click()
    accessible(office)
    office.get_by_role("link", name="Voeg samen met een andere").last.click()
    office.get_by_label("Donderdag 11 maart").check()
    expect(office.get_by_text("Joris van Leeuwen gaat mee")).to_be_visible()
    accessible(office)
    office.get_by_role("button", name="Voeg samen").click()
    expect(office.get_by_text("Samengevoegd.")).to_be_visible()
    assert "donderdag 11 maart" in live.mail_to("joris@demo.example", "Verplaatst").subject
