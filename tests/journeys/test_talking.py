"""On a phone: looking back, scoring oneself, the talk on one phone, a yes afterwards, and bars over two attempts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import select

from app.people.actions.sign_in import start_session
from app.practice.actions import visits
from app.practice.tables.coaching import Assessment, Talk
from app.practice.tables.work import ReflectionDraft, Submission
from tests.journeys.conftest import Live, accessible
from tests.practising import add_photo, begin, observe, sign

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.practising import Practising

STEPS = {
    "Situatie": "Iemand wilde stoppen",
    "Taak": "Ruimte laten",
    "Actie": "Ik wachtte",
    "Resultaat": "Ze ging verder",
    "Reflectie": "Wachten werkt",
}


def test_from_looking_back_to_bars_over_two_attempts(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="visited")
    noor = live.person()
    sign_in(live, noor, at_work.noor.id)
    noor = _look_back(live, noor, at_work)
    _hand_in(live, noor, at_work, words="Op weg")
    observe(live.parts.database, at_work, live.clock, score_VS1="1")
    _talk(live, noor, at_work)
    sign(live.parts.database, at_work, live.clock, "not_met")
    _confirm(noor, at_work)
    _second_attempt(live, noor, at_work)
    noor.goto(f"/praktijk/{at_work.record_id}")
    both = noor.locator("#samen .views svg")
    expect(both).to_have_count(8)  # two core elements, two times, two sides
    said = [bar.get_attribute("aria-label") for bar in both.all()]
    assert said == [
        *("Jij: Op weg", "Ruben: Zoals bedoeld", "Jij: Zoals bedoeld", "Ruben: Zoals bedoeld"),
        *("Jij: Zoals bedoeld", "Ruben: Nog niet", "Jij: Zoals bedoeld", "Ruben: Overtuigend"),
    ]
    for fold in noor.locator("#samen details > summary").all():
        fold.click()
    accessible(noor)
    noor.get_by_role("link", name="Zo groei je, over alle opdrachten").click()
    expect(noor.get_by_role("heading", level=1)).to_have_text("Zo groei je")
    accessible(noor)
    live.troubles[:] = [one for one in live.troubles if "422" not in one]


def _look_back(live: Live, page: Page, at_work: Practising) -> Page:
    """The tab dies before the form kept itself; what was typed stands there again."""
    page.goto(f"/praktijk/{at_work.record_id}")
    page.get_by_role("link", name="Schrijf je terugblik").click()
    accessible(page)
    page.get_by_label("Situatie").press_sequentially(STEPS["Situatie"])
    expect(page.locator("#stand")).to_contain_text("Bewaard om", timeout=10_000)
    page.context.set_offline(True)
    page.get_by_label("Taak").press_sequentially(STEPS["Taak"])
    expect(page.locator("#stand")).to_contain_text("op dit toestel", timeout=10_000)
    page.context.set_offline(False)
    address, context = page.url, page.context
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_label("Taak")).to_have_value(STEPS["Taak"])
    expect(again.get_by_text("Dit typte je hier al")).to_be_visible()

    def sent() -> bool:
        with live.parts.database.reading() as db:
            return db.scalars(select(ReflectionDraft.task)).one() == STEPS["Taak"]

    live.eventually(sent, "what stood on the device")
    for label, words in STEPS.items():
        again.get_by_label(label).fill(words)
    again.get_by_role("button", name="Bewaar en ga terug").click()
    expect(again.get_by_text("5 van 5 stappen").first).to_be_visible()
    live.troubles[:] = [one for one in live.troubles if "DISCONNECTED" not in one and "detail: Object" not in one]
    return again


def _hand_in(live: Live, page: Page, at_work: Practising, *, words: str) -> None:
    add_photo(live.parts.database, at_work, live.clock, shade=int(live.clock.now().timestamp()) % 200)
    page.goto(f"/praktijk/{at_work.record_id}")
    page.locator("#crit-SM1").get_by_label(re.compile(f"^{words}")).check()
    expect(page.locator("#stand")).to_contain_text("Bewaard om", timeout=10_000)
    expect(page.locator("#klaar")).to_contain_text("1 van 2 punten")
    page.reload()
    expect(page.locator("#crit-SM1").get_by_label(re.compile(f"^{words}"))).to_be_checked()
    page.locator("#crit-VS1").get_by_label(re.compile("^Zoals bedoeld")).check()
    expect(page.locator("#klaar")).to_contain_text("2 van 2 punten")
    accessible(page)
    page.get_by_role("button", name="Lever in bij Ruben").click()
    expect(page.get_by_text("Je werk is ingeleverd").first).to_be_visible()


def _talk(live: Live, noor: Page, at_work: Practising) -> None:
    """On Ruben's phone, with the keyboard; it stays on his phone until it is sent."""
    coach = live.person()
    sign_in(live, coach, at_work.ruben.id)
    path = f"/praktijk/{at_work.record_id}/nagesprek"
    coach.goto(path)
    accessible(coach)
    titles = coach.locator(".crit h3").all_inner_texts()
    assert titles == ["Afspraken bewaken", "Laten maken"]  # two levels apart, then one
    coach.get_by_label("Afspraak 2").press_sequentially("Noor belt dinsdag")
    coach.on("dialog", lambda dialog: dialog.accept())
    coach.reload()
    expect(coach.get_by_label("Afspraak 2")).to_have_value("Noor belt dinsdag")
    with live.parts.database.reading() as db:
        assert db.scalars(select(Assessment.form)).one()["agreements"] != ["Noor belt dinsdag"]
        assert db.scalars(select(Talk)).all() == []
    coach.get_by_label("Afspraak 2").press("Tab")
    expect(coach.get_by_role("button", name="Dit spreken we af")).to_be_focused()
    coach.keyboard.press("Enter")
    expect(coach.get_by_text("Wacht op bevestiging")).to_be_visible()
    coach.reload()
    expect(coach.get_by_text("Dit typte je hier al")).to_be_hidden()
    with live.parts.database.reading() as db:
        assert db.scalars(select(Assessment.form)).one()["agreements"][1] == "Noor belt dinsdag"
    mail = live.mail_to("noor@demo.example", "Bevestig wat je met Ruben afsprak")
    assert "dinsdag" not in mail.text
    coach.close()
    noor.goto(f"/praktijk/{at_work.record_id}")
    expect(noor.get_by_role("link", name="Lees en bevestig")).to_be_visible()


def _confirm(page: Page, at_work: Practising) -> None:
    """After the decision, one tap."""
    page.goto(f"/praktijk/{at_work.record_id}/nagesprek")
    expect(page.get_by_text("Noor belt dinsdag")).to_be_visible()
    page.get_by_role("button", name="Ja, dit spraken we af").click()
    expect(page.get_by_text("Bevestigd", exact=True)).to_be_visible()
    accessible(page)


def _second_attempt(live: Live, page: Page, at_work: Practising) -> None:
    with live.parts.database.writing() as db:
        visits.plan_visit(
            db, by=at_work.ruben, record_id=at_work.record_id, date_id=at_work.dates[1], now=live.clock.now()
        )
    live.clock.advance(timedelta(days=8))
    sign_in(live, page, at_work.noor.id)
    page.goto(f"/praktijk/{at_work.record_id}/terugblik")
    expect(page.get_by_label("Situatie")).to_have_value("")  # each attempt begins with empty pages
    for label, words in STEPS.items():
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Bewaar en ga terug").click()
    expect(page.get_by_text("5 van 5 stappen").first).to_be_visible()
    _hand_in(live, page, at_work, words="Zoals bedoeld")
    with live.parts.database.reading() as db:
        assert list(db.scalars(select(Submission.attempt).order_by(Submission.id))) == [1, 2]
    observe(live.parts.database, at_work, live.clock, score_VS1="4")


def sign_in(live: Live, page: Page, person_id: int) -> None:
    with live.parts.database.writing() as db:
        token = start_session(db, person_id=person_id, device="test", now=live.clock.now())
    secure = live.address.replace("http:", "https:")  # browsers count this machine as safe, and take it back over http
    page.context.add_cookies([{"name": "__Host-session", "value": token, "url": secure, "secure": True}])
