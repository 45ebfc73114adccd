"""A scholingsdag from the plan of an admin to the phone of a professional, and back to the list."""

from __future__ import annotations

from datetime import date, time

from playwright.sync_api import expect
from sqlalchemy import select

from app.kit.localtime import instant
from app.meetings.rules import Attendance
from app.meetings.tables import MeetingSignup
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.trained import in_training

DAY = date(2026, 12, 8)


def test_a_day_from_plan_to_presence(live: Live) -> None:
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=live.clock.now(), training_days_min=1)
    fatma, noor = live.person(phone=False), live.person()

    sign_in(live, fatma, training.cast.fatma.id)
    fatma.goto("/beheer")
    fatma.get_by_role("link", name="Plan een scholingsdag").click()
    accessible(fatma)
    fatma.get_by_role("link", name="Plan een scholingsdag").click()
    accessible(fatma)
    fatma.get_by_label("Dag", exact=True).fill("2026-12-08")
    fatma.get_by_label("Plek").fill("De Klimop")
    fatma.get_by_label("Adres").fill("Kade 3, Rotterdam")
    fatma.get_by_label("Neem mee").fill("Een foto van je werk")
    fatma.get_by_role("button", name="Bewaar de dag").click()
    expect(fatma.get_by_role("heading", name="Scholingsdag 8 december 2026")).to_be_visible()
    mail = live.mail_to("noor@demo.example", "Je scholingsdag op")
    assert "Een foto van je werk" in mail.text
    fatma.reload()
    expect(fatma.get_by_text("Komt", exact=True)).to_be_visible()
    accessible(fatma)

    sign_in(live, noor, training.cast.noor.id)
    noor.goto("/traject")
    noor.get_by_role("link", name="Scholingsdag", exact=True).click()
    expect(noor.get_by_role("checkbox", name="dinsdag 8 december")).to_be_checked()
    accessible(noor)
    noor.get_by_role("checkbox", name="dinsdag 8 december").uncheck()
    noor.get_by_role("button", name="Bewaar", exact=True).click()
    expect(noor.get_by_text("Je komt niet")).to_be_visible()
    accessible(noor)
    noor.get_by_role("checkbox", name="dinsdag 8 december").check()
    noor.get_by_role("button", name="Bewaar", exact=True).click()
    expect(noor.get_by_text("Je hebt een plek")).to_be_visible()

    live.clock.set(instant(DAY, time(17)))
    sign_in(live, fatma, training.cast.fatma.id)
    fatma.reload()
    fatma.get_by_label("Was Noor er?").select_option("Aanwezig")
    accessible(fatma)
    fatma.get_by_role("button", name="Rond de lijst af").click()
    expect(fatma.get_by_text("De lijst is afgerond.")).to_be_visible()
    accessible(fatma)
    with live.parts.database.reading() as db:
        assert db.scalars(select(MeetingSignup.attendance)).one() == Attendance.PRESENT
    sign_in(live, noor, training.cast.noor.id)
    noor.goto("/scholingsdagen")
    expect(noor.get_by_text("Aanwezig")).to_be_visible()
    accessible(noor)
