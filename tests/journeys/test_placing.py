"""Plaats de rest: an admin gives twelve people a seat and a table, on a desk and on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.certification.actions import take_over
from app.intervision.tables import GroupSeat
from app.kit.localtime import local_day
from app.outbox.tables import Message
from tests.intervision import make_intervention
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.placing import manages, rest_of

SLOWLY = 20_000  # milliseconds


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_rest_is_placed_in_a_few_clicks(live: Live, phone: bool) -> None:
    database, now = live.parts.database, live.clock.now()
    rest = rest_of(database, live.clock)
    with database.writing() as db:
        for person_id in rest.trainers:
            take_over(
                db,
                by_id=rest.cast.fatma.id,
                person_id=person_id,
                intervention_id=make_intervention(db),
                since=date(2024, 1, 1),
                intervisions=0,
                now=now,
            )
        manages(db, rest.trainers[0], rest.trainers[1], since=local_day(now))
    rest.answer(rest.trainers[2], "no", rest.second_id)
    page = live.person(phone=phone)
    sign_in(live, page, rest.cast.fatma.id)
    page.goto(f"/beheer/intervisie/{rest.round_id}")
    page.get_by_role("link", name="Plaats de rest").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plaats de rest")
    accessible(page)
    page.get_by_role("button", name="Maak een voorstel").click()
    expect(page.get_by_text("12 van de 12 mensen krijgen een plek.")).to_be_visible(timeout=SLOWLY)
    accessible(page)
    page.get_by_label("Plek voor Cor").select_option(label="15 december, De Pit (zei nee)")
    expect(page.get_by_text("Zei nee tegen deze dag")).to_be_visible(timeout=SLOWLY)  # at once
    page.get_by_label("Plek voor Cor").select_option(label="Geen plek")
    expect(page.get_by_role("button", name="Plaats 11 mensen")).to_be_visible(timeout=SLOWLY)
    accessible(page)
    page.get_by_role("button", name="Plaats 11 mensen").click()
    expect(page.get_by_role("heading", name="11 mensen kregen een plek")).to_be_visible(timeout=SLOWLY)
    expect(page.get_by_text("Jij koos: geen plek.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Maak de tafels").click()
    expect(page.get_by_text("De tafels zijn gemaakt.")).to_be_visible(timeout=SLOWLY)
    page.get_by_role("link", name="Tafels van De Brede Brug, 10 december").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tafels")
    accessible(page)
    with database.reading() as db:
        confirmed = select(func.count()).select_from(Message).where(Message.kind == "meetings.seat_confirmed")
        assert db.scalar(confirmed) == 12  # with Ruben, who leads one
        assert db.scalar(select(func.count()).select_from(GroupSeat)) == 12
    letter = live.mail_to("ada@demo.example", "Je koos nog geen dag")
    assert "Past deze dag je niet?" in letter.text
    page.goto(f"/beheer/intervisie/{rest.round_id}/plaatsen")
    page.get_by_role("button", name="Draai terug").click()
    expect(page.get_by_role("heading", name="Teruggedraaid")).to_be_visible(timeout=SLOWLY)
    assert (rest.meeting().taken, rest.meeting(rest.second_id).taken) == (1, 0)
