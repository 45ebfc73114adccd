"""The warning while somebody types: the script finds what the program finds, and says it under the field."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from app.kit.naming import finds_in
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.practising import begin
from tests.unit.test_kit_naming import NAMED, UNNAMED

LINES: Final = 3
JUDGE: Final = """text => {
    const field = document.getElementById("f-session_plan");
    field.value = text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return [...document.querySelectorAll("#f-session_plan-people [data-kind]")].map(
        line => [line.dataset.kind, line.querySelector("[data-said]").textContent]);
}"""


def test_it_warns_while_she_types_and_judges_as_the_program_does(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock)
    page = live.person()
    sign_in(live, page, at_work.noor.id)
    page.goto(f"/praktijk/{at_work.record_id}")
    said = page.locator("#f-goal-people")
    expect(said).to_be_empty()
    page.get_by_label("Wat wil je bereiken?").press_sequentially("Met mevrouw Jansen")
    expect(said).to_contain_text("‘mevrouw Jansen’ lijkt op een naam.")
    expect(said).to_contain_text("Zeg bijvoorbeeld ‘een deelnemer’.")
    accessible(page)
    for _ in "mevrouw Jansen":
        page.keyboard.press("Backspace")
    page.keyboard.type("een deelnemer")
    expect(said).to_be_empty()
    texts = [text for text, _, _ in NAMED] + list(UNNAMED)
    for text in [*texts, " en ".join(text for text, _, _ in NAMED[:4])]:
        told = [[find.kind.value, find.text] for find in finds_in(text.replace("\r", ""))[:LINES]]
        assert page.evaluate(JUDGE, text) == told, text
