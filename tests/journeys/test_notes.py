"""Vandaag: a note to come back to, which the professional reads as well; and mails before a visit."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete, select

from app.outbox.tables import Message
from app.people.tables import SignIn
from app.practice.tables.coaching import CoachNote
from tests.journeys.conftest import Live, accessible, wait_until
from tests.journeys.test_observing import sign_in
from tests.journeys.walking import with_mailed_code
from tests.practising import begin

NOOR, RUBEN = "noor@demo.example", "ruben@demo.example"
NOTE: Final = "Vraag hoe het met de zaal zit."
HERE: Final = ZoneInfo("Europe/Amsterdam")


def at(live: Live, day: str, hour: int) -> None:
    live.clock.set(datetime.fromisoformat(day).replace(hour=hour, minute=1, tzinfo=HERE))


def test_a_note_to_come_back_to(live: Live) -> None:
    """Both read it from the moment it is written; it stands on Vandaag from its day until she came back to it."""
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned")
    noor, ruben = live.person(), live.person()
    sign_in(live, ruben, at_work.ruben.id)
    ruben.goto("/coach")
    ruben.locator("#mensen").get_by_role("link", name="Noor de Wit").click()
    ruben.get_by_label("Nieuwe notitie").fill(NOTE)
    ruben.get_by_label("Terugkomen op").fill("2026-12-02")
    accessible(ruben)
    ruben.get_by_role("button", name="Bewaar de notitie").click()
    expect(ruben.get_by_text("Je notitie is bewaard.")).to_be_visible()
    ruben.goto("/coach")
    expect(ruben.get_by_text(NOTE)).to_have_count(0)  # its day has not come

    sign_in(live, noor, at_work.noor.id)
    noor.goto(f"/praktijk/{at_work.record_id}")
    noor.get_by_role("link", name="Afspraken en notities van je coach").click()
    expect(noor.get_by_role("heading", name="Notities over je opleiding")).to_be_visible()
    expect(noor.get_by_text(NOTE)).to_be_visible()
    expect(noor.get_by_text("Terugkomen op 2 dec")).to_be_visible()
    expect(noor.get_by_role("button", name="Klaar")).to_have_count(0)
    accessible(noor)

    at(live, "2026-12-02", 8)
    for page, who in ((noor, at_work.noor), (ruben, at_work.ruben)):
        sign_in(live, page, who.id)
    noor.reload()
    expect(noor.get_by_text("Kom hierop terug")).to_be_visible()
    ruben.goto("/coach")
    due = ruben.get_by_role("region", name="Hier kom je op terug")
    expect(due.get_by_text(NOTE, exact=True)).to_be_visible()
    accessible(ruben)
    due.get_by_role("button", name="Klaar").click()
    expect(ruben.get_by_text("Mooi, je bent erop teruggekomen.")).to_be_visible()
    expect(ruben.get_by_text(NOTE)).to_have_count(0)
    accessible(ruben)
    noor.reload()
    expect(noor.get_by_text("Op teruggekomen")).to_be_visible()
    with live.parts.database.reading() as db:
        note = db.scalars(select(CoachNote)).one()
    assert (note.text, note.settled_at, note.author_id) == (NOTE, live.clock.now(), at_work.ruben.id)


def test_words_that_were_sent_after_signing_out(live: Live) -> None:
    """They stay in this browser until the program took them, and stand in their form again for their writer alone."""
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned")
    page = live.person()
    sign_in(live, page, at_work.ruben.id)
    page.goto("/coach")
    page.locator("#mensen").get_by_role("link", name="Noor de Wit").click()
    form, there = page.get_by_label("Nieuwe notitie"), page.url
    form.fill(NOTE)
    page.get_by_label("Terugkomen op").fill("2026-12-02")
    beside = page.context.new_page()
    beside.goto("/coach")
    beside.get_by_role("button", name="Menu van Ruben").click()
    beside.get_by_role("button", name="Uitloggen").click()
    beside.close()
    page.get_by_role("button", name="Bewaar de notitie").click()
    expect(page.get_by_text("Wat je typte, staat er nog")).to_be_visible()
    accessible(page)

    with_mailed_code(live, page, NOOR)  # somebody else at this computer sees none of it
    page.goto("/account")
    assert NOTE not in page.content()
    expect(page.get_by_text("kwam niet aan")).to_have_count(0)
    page.context.clear_cookies()
    with_mailed_code(live, page, RUBEN)
    page.get_by_role("link", name="Naar je tekst").click()
    expect(page).to_have_url(there)
    expect(form).to_have_value(NOTE)
    expect(page.get_by_label("Terugkomen op")).to_have_value("2026-12-02")
    expect(page.get_by_text("Het kwam niet aan. Je tekst staat er weer")).to_be_visible()
    accessible(page)
    with live.parts.database.writing() as db:
        db.execute(delete(SignIn))  # it ends by itself: the page of that moment shows her words too
    page.get_by_role("button", name="Bewaar de notitie").click()
    expect(page.get_by_text("Log opnieuw in, dan staat het er weer.")).to_be_visible()
    accessible(page)
    with_mailed_code(live, page, RUBEN)
    page.get_by_role("link", name="Naar je tekst").click()
    page.get_by_role("button", name="Bewaar de notitie").click()
    expect(page.get_by_text("Je notitie is bewaard.")).to_be_visible()
    expect(form).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('getypt:'))") == []
    with live.parts.database.reading() as db:
        assert [one.text for one in db.scalars(select(CoachNote))] == [NOTE]
    live.troubles[:] = [told for told in live.troubles if "401" not in told]  # a browser complains of it


KEPT: Final = """Object.entries(localStorage).filter(([name]) => name.startsWith("getypt:"))
    .map(([, one]) => JSON.parse(one).state)"""


def _at_a_note(live: Live) -> Page:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned")
    page = live.person()
    sign_in(live, page, at_work.ruben.id)
    page.goto("/coach")
    page.locator("#mensen").get_by_role("link", name="Noor de Wit").click()
    expect(page.get_by_label("Nieuwe notitie")).to_be_visible()
    return page


def test_words_that_did_not_arrive(live: Live) -> None:
    """Sent without a connection they wait until they are sent again, whatever she opens first, or let go."""
    page = _at_a_note(live)
    form, there = page.get_by_label("Nieuwe notitie"), page.url
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    form.fill("Kort")
    page.context.set_offline(True)
    page.get_by_role("button", name="Bewaar de notitie").click()
    expect(page.get_by_text("is niet bij ons aangekomen")).to_be_visible()
    page.context.set_offline(False)
    page.goto("/account")
    link = page.get_by_role("link", name="Naar je tekst")
    expect(link).to_be_visible()
    accessible(page)
    link.click()
    expect(form).to_have_value("Kort")
    form.fill(NOTE)
    page.goto("/account")  # she looks for something first
    link.click()
    expect(form).to_have_value(NOTE)
    page.goto("/account")
    page.get_by_role("button", name="Haal weg").click()
    assert page.evaluate(KEPT) == []
    page.goto(there)
    expect(form).to_have_value("")
    live.troubles[:] = [told for told in live.troubles if "INTERNET_DISCONNECTED" not in told]


def test_words_on_their_way(live: Live) -> None:
    """Another tab neither throws them away nor says that they did not come in."""
    page = _at_a_note(live)
    there = page.url
    page.get_by_label("Nieuwe notitie").fill(NOTE)
    held: list[Route] = []
    page.route("**/*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    with page.expect_request(lambda asked: asked.method == "POST"):
        page.get_by_role("button", name="Bewaar de notitie").click(no_wait_after=True)
    page.wait_for_timeout(200)
    beside = page.context.new_page()
    for path in ("/account", there):
        beside.goto(path)
        expect(beside.get_by_role("heading", level=1)).to_be_visible()
        beside.wait_for_timeout(200)
        assert beside.evaluate(KEPT) == ["sent"]
    expect(beside.get_by_label("Nieuwe notitie")).to_have_value("")
    cookies = beside.context.cookies()
    beside.context.clear_cookies()
    beside.goto("/inloggen")
    beside.wait_for_timeout(200)
    expect(beside.get_by_text("Wat je typte, staat er nog")).to_be_hidden()
    assert beside.evaluate(KEPT) == ["sent"]
    beside.context.add_cookies([{**one} for one in cookies])  # type: ignore[typeddict-item]
    held[0].continue_()
    expect(page.get_by_text("Je notitie is bewaard.")).to_be_visible()
    wait_until(lambda: page.evaluate(KEPT) == [], "nothing waits")
    with live.parts.database.reading() as db:
        assert [one.text for one in db.scalars(select(CoachNote))] == [NOTE]


def test_mails_before_a_visit(live: Live) -> None:
    """A week and a day before, to both, once; and what stands in them leads to the page."""
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned")
    at(live, "2026-11-26", 9)
    assert "Over een week komt Ruben" in live.mail_to(NOOR, "Ruben komt kijken op donderdag 3 december").text
    to_ruben = live.mail_to(RUBEN, "Je kijkt bij Noor op donderdag 3 december")
    assert "schreef een doel en een leervraag op" in to_ruben.text
    at(live, "2026-12-02", 9)
    mail = live.mail_to(NOOR, "Morgen komt Ruben kijken")
    for words in ("De Esdoorn, Dorpsstraat 1, Rotterdam", "13.30", "- Je plan", f"/praktijk/{at_work.record_id}"):
        assert words in mail.text
    assert f"/coach/{at_work.record_id}" in live.mail_to(RUBEN, "Morgen kijk je bij Noor").text
    at(live, "2026-12-03", 9)
    page = live.person()
    sign_in(live, page, at_work.ruben.id)
    page.goto("/coach")
    expect(page.get_by_text("Vandaag · 13.30")).to_be_visible()
    accessible(page)
    with live.parts.database.reading() as db:
        sent = db.execute(
            select(Message.person_id, Message.data, Message.sent_at).where(Message.kind == "practice.visit_reminder")
        ).all()
    assert sorted((one.person_id, one.data["days"]) for one in sent if one.sent_at) == sorted(
        (person.id, days) for person in (at_work.noor, at_work.ruben) for days in (7, 1)
    )
