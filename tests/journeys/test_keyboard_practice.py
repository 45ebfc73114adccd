"""The pages of practice by keyboard and with axe: the door with an app, a coach's day, an admin's desk."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.conversation.actions import say
from app.courses.actions import availability
from app.courses.inputs import AwayGiven
from app.practice import inputs
from app.practice.actions import noting
from app.practice.tables.coaching import CoachNote
from app.practice.tables.proof import SignOffWithdrawal
from tests.apps import digits
from tests.correcting import WHY, ask, signed
from tests.handing import coaches_now, make_coach
from tests.journeys.conftest import Live, accessible
from tests.journeys.keys import Keys, come_in
from tests.practising import Practising, begin, fresh

NOOR, RUBEN, FATMA = "noor@demo.example", "ruben@demo.example", "fatma@demo.example"
OUT: Final = "form[action='/uitloggen'] button"  # the last thing at the door
NOTE: Final = "Vraag hoe het met de planning ging."


def with_app(live: Live, address: str, *, phone: bool = True) -> Keys:
    """Come in for the first time: the app is set up with keys alone, and each of the pages looked at."""
    keys = come_in(live, address, phone=phone)
    page = keys.page
    page.wait_for_url(re.compile("/inloggen/app"))
    accessible(page)
    keys.through(page.url, last=OUT)
    secret = pyotp.parse_uri(
        page.get_by_role("link", name="Zet hem meteen in mijn app").get_attribute("href") or ""
    ).secret
    page.goto(page.url)
    keys.write("Code uit je app", "000000")
    keys.press("Enter")
    keys.mend("Code uit je app")
    keys.press("Control+A")
    page.keyboard.type(digits(secret, live.clock.now()))
    keys.button("Ga verder")
    accessible(page)
    keys.link("Ik heb ze bewaard")
    page.wait_for_url(lambda url: "/inloggen" not in url)
    keys.secret = secret
    return keys


@pytest.fixture
def at_work(guarded: Live) -> Practising:
    """Noor handed in; a note of Ruben is due, and she wrote him something."""
    live = guarded
    made = begin(live.parts.database, live.parts.storage, live.clock, until="handed_in")
    now = live.clock.now()
    with live.parts.database.writing() as db:
        noting.write_note(
            db,
            by=fresh(made.ruben, live.clock),
            enrolment_id=made.training.enrolment_id,
            given=inputs.Note(text="Bel over de zaal.", come_back_on=now.date()),
            now=now,
        )
        say(db, by=made.noor, record_id=made.record_id, body="Zal ik de foto’s meenemen?", now=now)
    return made


def test_the_step_at_the_door(guarded: Live, at_work: Practising) -> None:
    """Set up once; the next time six digits, or a code from paper that is folded away."""
    keys = with_app(guarded, RUBEN)
    secret = keys.secret
    guarded.clock.advance(timedelta(hours=13))
    keys = come_in(guarded, RUBEN)
    page = keys.page
    page.wait_for_url(re.compile("/inloggen/stap"))
    accessible(page)
    keys.through(page.url, last=OUT)
    page.goto(page.url)
    keys.write("Code uit je app", "000000")
    keys.press("Enter")
    keys.mend("Code uit je app")
    keys.to(page.get_by_text("Geen telefoon bij de hand?"))
    keys.press("Enter")
    accessible(page)
    keys.to(page.get_by_label("Herstelcode"))
    keys.to(page.get_by_label("Code uit je app"), back=True)
    keys.press("Control+A")
    page.keyboard.type(digits(secret, guarded.clock.now()))
    keys.press("Enter")
    page.wait_for_url("**/coach")


def test_a_coachs_day(guarded: Live, at_work: Practising) -> None:
    """Vandaag and the page of one person: a note written, come back to, and everything in the order of the eye."""
    keys = with_app(guarded, RUBEN)
    page = keys.page
    enrolment = at_work.training.enrolment_id
    for path in (
        "/coach",
        f"/coach/mensen/{enrolment}",
        f"/coach/{at_work.record_id}",
        f"/coach/{at_work.record_id}/foto",
        f"/praktijk/{at_work.record_id}/gesprek",
        "/coach/beschikbaarheid",
    ):
        page.goto(path)
        accessible(page)
        keys.through(path)
    page.goto("/coach")
    keys.button("Klaar")
    expect(page.get_by_text("Mooi, je bent erop teruggekomen.")).to_be_visible()
    expect(page.get_by_role("heading", name="Hier kom je op terug")).to_have_count(0)
    page.goto(f"/coach/mensen/{enrolment}")
    keys.to(page.get_by_role("button", name="Bewaar de notitie"))
    keys.press("Enter")
    expect(page.get_by_label("Nieuwe notitie")).to_be_focused()  # the browser says that it is empty
    keys.look()
    page.keyboard.type(NOTE)
    keys.to(page.get_by_label("Terugkomen op"))
    page.keyboard.type(f"{guarded.clock.now():%m%d%Y}")
    keys.button("Bewaar de notitie")
    expect(page.get_by_text("Je notitie is bewaard.")).to_be_visible()
    accessible(page)
    with guarded.parts.database.reading() as db:
        notes = db.scalars(select(CoachNote).order_by(CoachNote.id)).all()
    assert [(one.text, one.settled_at is None) for one in notes] == [("Bel over de zaal.", False), (NOTE, True)]


def test_a_professionals_evidence_and_talk(guarded: Live, at_work: Practising) -> None:
    keys = come_in(guarded, NOOR)
    for path in (f"/praktijk/{at_work.record_id}/bewijs", f"/praktijk/{at_work.record_id}/gesprek"):
        keys.page.goto(path)
        accessible(keys.page)
        keys.through(path)


def test_an_open_work_and_its_evidence(guarded: Live) -> None:
    """Before handing in the page is full of forms."""
    at_work = begin(guarded.parts.database, guarded.parts.storage, guarded.clock, until="visited")
    keys = come_in(guarded, NOOR)
    path = f"/praktijk/{at_work.record_id}/bewijs"
    keys.page.goto(path)
    accessible(keys.page)
    keys.through(path)
    keys.page.goto(path)
    keys.to(keys.page.locator("summary", has_text="Schrijf iets op"))
    keys.press("Enter")
    accessible(keys.page)
    keys.write("Wat wil je laten lezen?", "De groep bedacht zelf een afspraak.")
    keys.button("Voeg de tekst toe")
    expect(keys.page.get_by_text("Het staat erbij.")).to_be_visible()
    expect(keys.page.get_by_text("De groep bedacht zelf een afspraak.")).to_be_visible()


def test_an_admins_desk(guarded: Live, at_work: Practising) -> None:
    live, record = guarded, at_work.record_id
    with live.parts.database.writing() as db:
        make_coach(db, "Bram de Boer", now=live.clock.now())
    keys = with_app(live, FATMA, phone=False)
    page = keys.page
    for path in (
        "/beheer/praktijk",
        f"/beheer/praktijk/{record}",
        "/beheer/groepen",
        "/beheer/groepen/vraag",
        f"/beheer/coaches/{at_work.ruben.id}",
        f"/beheer/coaches/{at_work.ruben.id}/overdragen",
        "/beheer/bewaren",
        "/beheer/correcties",
        f"/coach/mensen/{at_work.training.enrolment_id}",
    ):
        page.goto(path)
        accessible(page)
        keys.through(path)
    page.goto("/beheer/praktijk")
    keys.to(page.get_by_label("Wat", exact=True))
    keys.press("ArrowDown")
    keys.button("Laat zien")
    page.wait_for_url(re.compile("alleen=laat"))
    accessible(page)


def test_handing_over_by_keyboard(guarded: Live, at_work: Practising) -> None:
    live = guarded
    with live.parts.database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=live.clock.now())
        away = AwayGiven.model_validate({"reason": "ill", "starts_on": f"{live.clock.now():%Y-%m-%d}", "ends_on": ""})
        fatma = at_work.training.cast.fatma
        availability.note_absence(db, by=fatma, person_id=at_work.ruben.id, given=away, now=live.clock.now())
    keys = with_app(live, FATMA)
    page = keys.page
    page.goto("/beheer")
    keys.link("Kies een coach")
    expect(page.get_by_role("heading", level=1)).to_have_text("Draag over van Ruben Haddad")
    accessible(page)
    keys.choose(page.get_by_role("radio", name="Voor goed"))
    keys.button("Draag 1 persoon over")
    expect(page.get_by_text("Overgedragen.")).to_be_visible()
    accessible(page)
    assert set(coaches_now(live.parts.database).values()) == {bram}


def test_taking_a_signature_back_by_keyboard(guarded: Live) -> None:
    live = guarded
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="observed")
    sign_off = signed(live.parts.database, at_work, live.clock)
    assert ask(live.parts.database, at_work, live.clock, at_work.ruben, sign_off) is False
    keys = with_app(live, FATMA)
    page = keys.page
    for path in ("/beheer/correcties", "/beheer/correcties/1"):
        page.goto(path)
        accessible(page)
        keys.through(path)
    page.goto("/beheer/correcties")
    keys.link("Bekijk en beslis")
    expect(page.get_by_text(WHY)).to_be_visible()
    keys.to(page.locator("summary", has_text="Laat het staan"))
    keys.press("Enter")
    keys.to(page.get_by_role("button", name="Laat het besluit staan"))
    keys.press("Enter")
    expect(page.get_by_label("Waarom blijft het staan?")).to_be_focused()  # the browser says that it is empty
    keys.look()
    keys.to(page.get_by_role("button", name="Neem het besluit terug"), back=True)
    keys.press("Enter")
    expect(page.get_by_text("Er wacht niets")).to_be_visible()
    accessible(page)
    with live.parts.database.reading() as db:
        assert db.scalars(select(SignOffWithdrawal.sign_off_id)).all() == [sign_off]
    assert re.search("Besluit teruggenomen", live.mail_to(NOOR, "Besluit teruggenomen").subject)
