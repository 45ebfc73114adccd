"""The coach's form in a browser: it counts along and keeps itself, and a second device overwrites nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect
from sqlalchemy import select

from app.people.actions.sign_in import start_session
from app.practice.tables.coaching import Assessment
from tests.journeys.conftest import Live, accessible
from tests.practising import begin, observe

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page


def test_the_form_counts_along_and_keeps_itself(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="handed_in")
    page = live.person()
    sign_in(live, page, at_work.ruben.id)
    page.goto(f"/coach/{at_work.record_id}")
    count, state = page.locator(".obs-count b"), page.locator("#stand")
    expect(count).to_have_text("0 van 4 punten ingevuld")
    open_folds(page)
    page.locator("fieldset.crit").first.get_by_label(re.compile("^Zoals bedoeld")).check()
    expect(count).to_have_text("1 van 4 punten ingevuld")
    expect(page.locator("[data-when=some]:visible").first).to_have_text(re.compile("1 van"))
    page.get_by_label("Sterk punt 1").press_sequentially("Rust")
    expect(state).to_contain_text("Bewaard om", timeout=10_000)
    accessible(page)

    def kept() -> list[str]:
        with live.parts.database.reading() as db:
            return list(db.scalars(select(Assessment)).one().form["strong"])

    assert kept() == ["Rust"]
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_label("Terug naar vandaag").click()
    page.wait_for_url("**/coach")
    assert asked == []  # it is kept, so there is nothing to ask
    page.goto(f"/coach/{at_work.record_id}")
    expect(page.get_by_label("Sterk punt 1")).to_have_value("Rust")
    observe(live.parts.database, at_work, live.clock, version=1, whole=False, strong_1="Van de telefoon")
    page.get_by_label("Sterk punt 1").press("End")
    page.get_by_label("Sterk punt 1").press_sequentially(" en tijd")
    expect(page.locator("#bewaard")).to_contain_text("op een ander apparaat bewaard", timeout=10_000)
    expect(state).to_have_text("Nog niet bewaard")
    accessible(page)
    assert kept() == ["Van de telefoon"]
    page.get_by_role("button", name="Bewaar, ik ga later verder").click()
    expect(page.get_by_text("Daar: Van de telefoon")).to_be_visible()
    expect(page.get_by_label("Sterk punt 1")).to_have_value("Rust en tijd")
    page.get_by_label("Terug naar vandaag").click()
    page.wait_for_url("**/coach")
    assert asked == ["beforeunload"]  # what came back with errors is not kept
    live.troubles[:] = [one for one in live.troubles if "422" not in one]  # the form that came back, as it should


SLOW_ANSWERS: Final = """() => {
    const whole = window.fetch;
    window.fetch = async (...asked) => {
        const answer = await whole(...asked);
        await new Promise((done) => setTimeout(done, 3000));
        return answer;
    };
}"""


def test_a_press_while_the_form_keeps_itself(live: Live) -> None:
    """On a slow line she is done before she hears that her first words were kept: no quarrel with herself."""
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="handed_in")
    observe(live.parts.database, at_work, live.clock)
    page = live.person()
    sign_in(live, page, at_work.ruben.id)
    page.goto(f"/coach/{at_work.record_id}")
    page.evaluate(SLOW_ANSWERS)
    with page.expect_request(lambda asked: asked.method == "POST"):
        page.get_by_label("Sterk punt 2").press_sequentially("Geduld")
    live.eventually(lambda: _strong(live) == ["Rust", "Geduld"], "the first words, of which she does not hear yet")
    page.get_by_label("Sterk punt 3").press_sequentially("Humor")
    page.get_by_role("button", name="Klaar met invullen").click()
    page.wait_for_url("**/aftekenen")
    assert _strong(live) == ["Rust", "Geduld", "Humor"]


def _strong(live: Live) -> list[str]:
    with live.parts.database.reading() as db:
        return list(db.scalars(select(Assessment)).one().form["strong"])


def open_folds(page: Page) -> None:
    closed = page.locator("#formulier details:not([open]) > summary")
    while closed.count():
        closed.first.click()


def sign_in(live: Live, page: Page, person_id: int) -> None:
    with live.parts.database.writing() as db:
        token = start_session(db, person_id=person_id, device="test", now=live.clock.now())
    secure = live.address.replace("http:", "https:")  # browsers count this machine as safe, and take it back over http
    page.context.add_cookies([{"name": "__Host-session", "value": token, "url": secure, "secure": True}])
