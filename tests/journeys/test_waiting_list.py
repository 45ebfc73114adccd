"""A full meeting: from the mail onto the waiting list, a seat that comes free, and a swap on the own page."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from app.certification.actions import take_over
from app.intervision.actions import answering
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting
from tests.intervision import add_session, make_intervention, make_round, place_of, publish
from tests.journeys.conftest import Live, accessible, link_in
from tests.journeys.test_observing import sign_in
from tests.people import make_cast

if TYPE_CHECKING:
    from tests.people import Cast


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _round(live: Live) -> tuple[Cast, int, int]:
    """Two days; the first has one seat, which Ruben has, and Joris waits for it."""
    now = live.clock.now()
    with live.parts.database.writing() as db:
        cast = make_cast(db, now=now)
        kind = make_intervention(db)
        for viewer in (cast.noor, cast.joris, cast.ruben):
            how = {"by_id": cast.fatma.id, "intervention_id": kind, "since": date(2024, 1, 1), "intervisions": 0}
            take_over(db, person_id=viewer.id, now=now, **how)  # type: ignore[arg-type]
        round_id = make_round(db, cast.fatma, now=now)
        first = add_session(db, cast.fatma, round_id, now=now, food="Soep en brood, zonder vlees")
        add_session(db, cast.fatma, round_id, now=now, day=date(2026, 12, 22), venue="De Esdoorn")
        publish(db, cast.fatma, round_id, cast.noor.id, cast.joris.id, cast.ruben.id, now=now)
        db.get_one(Meeting, first).seats = 1
        ruben = place_of(db, cast.ruben.id, first)
        answering.answer(db, signup_id=ruben, answer=AnswerTo.YES, actor_id=cast.ruben.id, now=now)
        joris = place_of(db, cast.joris.id, first)
        answering.wait(db, signup_id=joris, actor_id=cast.joris.id, now=now)
    return cast, first, round_id


def _says_that_no_day_fits(live: Live, phone: Page, cast: Cast, round_id: int) -> None:
    phone.get_by_role("link", name="Ik kan op geen van deze dagen").click()
    phone.get_by_label("vrijdag ochtend").check()
    phone.get_by_label("Wil je er iets bij zeggen?").fill("Liefst in de buurt van Dordrecht")
    accessible(phone)
    shot(phone, "none-390")
    phone.get_by_role("button", name="Ik kan op geen van deze dagen").click()
    expect(phone.get_by_role("heading", name="Je komt niet op donderdag 10 december")).to_be_visible()
    admin = live.person(phone=False)
    sign_in(live, admin, cast.fatma.id)
    admin.goto(f"/beheer/intervisie/{round_id}")
    expect(admin.get_by_text("Liefst in de buurt van Dordrecht")).to_be_visible()
    accessible(admin)
    shot(admin, "round-1440")


def test_from_a_full_meeting_to_a_seat(live: Live) -> None:
    cast, first, round_id = _round(live)
    invitation = live.mail_to("noor@demo.example", "Kies je bijeenkomst")
    phone = live.person()
    phone.goto(link_in(invitation, "/antwoord/"))
    expect(phone.get_by_text("Er wacht al 1 persoon.")).to_be_visible()
    accessible(phone)
    shot(phone, "answer-full")
    phone.get_by_role("button", name="Zet me op de wachtlijst").click()
    expect(phone.get_by_text("Je bent nummer 2 op de wachtlijst.")).to_be_visible()
    accessible(phone)
    shot(phone, "answer-waiting")

    desk = live.person(phone=False, javascript=False)
    sign_in(live, desk, cast.noor.id)
    desk.goto("/intervisie")
    shot(desk, "own-waiting-1440")
    desk.get_by_label("Dinsdag 22 december").check()
    desk.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(desk.get_by_role("button", name="Wissel van dag")).to_be_visible()
    shot(desk, "own-swap-1440")

    with live.parts.database.writing() as db:
        now = live.clock.now()
        ruben, joris = place_of(db, cast.ruben.id, first), place_of(db, cast.joris.id, first)
        answering.answer(db, signup_id=ruben, answer=AnswerTo.NO, actor_id=cast.ruben.id, now=now)
        answering.answer(db, signup_id=joris, answer=AnswerTo.NO, actor_id=cast.joris.id, now=now)
    offer = live.mail_to("noor@demo.example", "Er is een plek vrij op donderdag 10 december")
    assert "tot woensdag 25 november" in offer.text
    page = live.person()
    sign_in(live, page, cast.noor.id)
    page.goto("/intervisie")
    expect(page.get_by_role("heading", name="Er is een plek voor je vrij op donderdag 10 december")).to_be_visible()
    accessible(page)
    shot(page, "own-offer-390")
    phone.goto(link_in(offer, "/antwoord/"))
    expect(phone.get_by_text("Je hebt nu een plek op dinsdag 22 december")).to_be_visible()
    accessible(phone)
    shot(phone, "answer-offer")
    phone.get_by_role("button", name="Ja, ik kom").click()
    expect(phone.get_by_role("heading", name="Je komt op donderdag 10 december")).to_be_visible()
    shot(phone, "answer-seat")
    live.mail_to("noor@demo.example", "is vrij")

    _says_that_no_day_fits(live, phone, cast, round_id)
    assert live.troubles == []
