"""Noor asks, Ruben gets a mail and answers: on a phone, by keyboard, in two tabs, with the digest of five o'clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect
from sqlalchemy import func, select

from app.conversation import actions
from app.conversation.rules import MailChoice
from app.conversation.tables import ConversationMessage, ConversationSide
from tests.journeys.conftest import Live, accessible, link_in
from tests.journeys.test_observing import sign_in
from tests.practising import begin, fresh

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOOR, RUBEN = "noor@demo.example", "ruben@demo.example"
LOOK: Final = "document.getElementById('nieuwer').dispatchEvent(new Event('look'))"
"""What the page does every twenty seconds, without the waiting."""


def person(live: Live, person_id: int, **how: bool) -> Page:
    page = live.person(**how)
    sign_in(live, page, person_id)
    return page


def messages(live: Live) -> int:
    with live.parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(ConversationMessage)) or 0


def test_she_asks_he_gets_a_mail_and_answers(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock)
    noor, ruben = person(live, at_work.noor.id), person(live, at_work.ruben.id)
    noor.goto(f"/praktijk/{at_work.record_id}")
    noor.get_by_role("link", name="Gesprek met je coach").click()
    accessible(noor)
    noor.get_by_label("Schrijf een bericht").press_sequentially("Zal ik mevrouw Jansen bellen?")
    expect(noor.locator("#f-body-people")).to_contain_text("‘mevrouw Jansen’ lijkt op een naam.")
    expect(noor.locator("#bewaard")).to_contain_text("Bewaard om", timeout=10_000)
    accessible(noor)
    noor.reload()
    expect(noor.get_by_label("Schrijf een bericht")).to_have_value("Zal ik mevrouw Jansen bellen?")
    noor.get_by_label("Schrijf een bericht").fill("Zal ik een deelnemer bellen?")
    noor.keyboard.press("Tab")  # to the button, and on it
    noor.keyboard.press("Enter")
    expect(noor.get_by_text("Je bericht is verstuurd.")).to_be_visible()
    expect(noor.get_by_role("log").get_by_text("Zal ik een deelnemer bellen?")).to_be_visible()
    assert messages(live) == 1
    live.clock.advance(timedelta(minutes=6))
    mail = live.mail_to(RUBEN, "Er is een nieuw bericht")
    for word in ("Noor", "deelnemer", "bellen"):
        assert word not in mail.text
    ruben.goto(link_in(mail, "/gesprek"))
    expect(ruben.locator("#nieuw")).to_be_visible()
    accessible(ruben)
    ruben.get_by_label("Schrijf een bericht").fill("Ja, doe maar.")
    ruben.get_by_role("button", name="Verstuur").click()
    expect(ruben.get_by_role("log").get_by_text("Ja, doe maar.")).to_be_visible()
    # Noor has the page open still: the answer comes to her, and what she is typing stays
    noor.get_by_label("Schrijf een bericht").fill("En nog ")
    noor.evaluate(LOOK)
    expect(noor.get_by_role("log").get_by_text("Ja, doe maar.")).to_be_visible()
    expect(noor.get_by_label("Schrijf een bericht")).to_have_value("En nog ")
    assert noor.locator("#berichten > .talk__day").count() == 1
    noor.evaluate(LOOK)
    noor.wait_for_timeout(400)
    assert noor.get_by_role("log").get_by_text("Ja, doe maar.").count() == 1  # and comes once
    accessible(noor)
    live.clock.advance(timedelta(minutes=6))
    assert live.mail.to(NOOR) == [] or "nieuw bericht" not in live.mail.to(NOOR)[-1].subject  # she read it


def test_two_tabs_send_two_messages_and_know_of_each_other(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock)
    one = person(live, at_work.noor.id)
    path = f"/praktijk/{at_work.record_id}/gesprek"
    one.goto(path)
    other = one.context.new_page()
    other.goto(path)
    one.get_by_label("Schrijf een bericht").fill("Uit het ene venster")
    one.get_by_role("button", name="Verstuur").dblclick()
    expect(one.get_by_role("log").get_by_text("Uit het ene venster")).to_be_visible()
    other.get_by_label("Schrijf een bericht").fill("Uit het andere")
    other.evaluate(LOOK)
    expect(other.get_by_role("log").get_by_text("Uit het ene venster")).to_be_visible()
    other.get_by_role("button", name="Verstuur").click()
    expect(other.get_by_role("log").get_by_text("Uit het andere")).to_be_visible()
    assert messages(live) == 2
    other.wait_for_timeout(1500)
    with live.parts.database.reading() as db:
        assert set(db.scalars(select(ConversationSide.draft))) == {""}  # nothing sent comes back as a draft
    other.get_by_role("button", name="Neem terug").first.click()
    expect(other.get_by_text("Je nam dit bericht terug.")).to_be_visible()


def test_once_a_day_at_five(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock)
    ruben = person(live, at_work.ruben.id)
    ruben.goto("/account")
    ruben.get_by_label("Eén keer per dag").check()
    ruben.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(ruben.get_by_text("Je keuze is bewaard.")).to_be_visible()
    accessible(ruben)
    for body in ("Eén", "Twee"):
        with live.parts.database.writing() as db:
            now = live.clock.now()
            actions.say(db, by=fresh(at_work.noor, live.clock), record_id=at_work.record_id, body=body, now=now)
    live.clock.advance(timedelta(hours=6, minutes=59))
    assert [mail for mail in live.mail.to(RUBEN) if "geschreven" in mail.subject] == []
    live.clock.advance(timedelta(minutes=2))
    mail = live.mail_to(RUBEN, "Er is vandaag iets nieuws voor je geschreven")
    assert "in 1 gesprek" in mail.text
    assert [one.subject for one in live.mail.to(RUBEN) if "nieuw bericht" in one.subject] == []
    with live.parts.database.writing() as db:
        actions.choose_mail(db, by=at_work.ruben, choice=MailChoice.NONE, now=live.clock.now())


def test_it_works_without_script(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock)
    page = person(live, at_work.noor.id, javascript=False)
    page.goto(f"/praktijk/{at_work.record_id}/gesprek")
    page.get_by_label("Schrijf een bericht").fill("Half")
    page.get_by_role("button", name="Bewaar, ik ga later verder").click()
    expect(page.get_by_text("Het is nog niet verstuurd.")).to_be_visible()
    page.get_by_label("Schrijf een bericht").fill("Heel")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("log").get_by_text("Heel")).to_be_visible()
