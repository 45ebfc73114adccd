"""Voortgang: a coach on her phone and an admin at a desk write to exactly those who stand still."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from app.courses.actions.writing import OWN_LETTER
from app.outbox.tables import Message
from tests.following import crowd
from tests.journeys.conftest import Live, accessible, link_in
from tests.journeys.test_observing import sign_in
from tests.trained import in_training


def test_from_who_stands_still_to_a_mail_for_each(live: Live) -> None:
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=live.clock.now())
        crowd(db, training, 7, now=live.clock.now() + timedelta(days=16))
    live.clock.advance(timedelta(days=16))
    ruben, fatma = live.person(), live.person(phone=False)

    sign_in(live, ruben, training.cast.ruben.id)
    ruben.goto("/coach")
    ruben.get_by_role("link", name="Wie is waar, en wie staat stil?").click()
    expect(ruben.get_by_role("heading", name="Voortgang van je mensen")).to_be_visible()
    accessible(ruben)
    ruben.get_by_role("link", name="Staat stil").click()
    expect(ruben.get_by_text("Staat 16 dagen stil")).to_be_visible()  # Noor, since she came in
    accessible(ruben)
    ruben.get_by_label("Kies Noor de Wit").check()
    ruben.get_by_role("button", name="Schrijf hen").click()
    expect(ruben.get_by_text("1 persoon krijgt deze mail.")).to_be_visible()
    preview = ruben.get_by_role("region", name="Zo ziet de mail eruit")
    ruben.get_by_label("Jouw woorden").fill("Dag {voornaam},\n\nZullen we even bellen?")
    expect(preview.get_by_text("Zullen we even bellen?")).to_be_visible()
    expect(preview.get_by_text("Dag Noor,")).to_be_visible()
    accessible(ruben)
    ruben.get_by_role("button", name="Verstuur de mail").click()
    expect(ruben.get_by_text("De mail gaat eruit.")).to_be_visible()
    mail = live.mail_to("noor@demo.example", "Zullen we even bellen?")
    assert "Dag Noor," in mail.text
    assert link_in(mail, "/traject").endswith("/traject")

    sign_in(live, fatma, training.cast.fatma.id)
    fatma.goto("/beheer")
    line = fatma.get_by_role("listitem").filter(has_text="mensen staan stil in de opleiding")
    line.get_by_role("link", name="Bekijk wie").click()
    expect(fatma.get_by_role("heading", name="Voortgang Najaar")).to_be_visible()
    accessible(fatma)
    fatma.get_by_role("link", name="Schrijf deze 3 mensen").click()
    expect(fatma.get_by_role("heading", name="Aan deze 3 mensen")).to_be_visible()
    accessible(fatma)
    fatma.get_by_role("button", name="Verstuur 3 mails").click()
    expect(fatma.get_by_text("De mails gaan eruit.")).to_be_visible()
    for address in ("noor@demo.example", "extra0@demo.example", "extra4@demo.example"):
        assert "Dag " in live.mail_to(address, "Kan ik je ergens mee helpen?").text
    with live.parts.database.reading() as db:
        sent = db.scalars(select(Message).where(Message.kind == OWN_LETTER)).all()
    assert len(sent) == 4
