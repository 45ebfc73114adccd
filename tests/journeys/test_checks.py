"""A check with every kind of question: by keyboard alone, on a phone and at a desk; kept on the way; without script."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.checking import QUESTIONS
from tests.conftest import START
from tests.journeys.conftest import Live, accessible
from tests.journeys.keys import Keys, come_in
from tests.journeys.walking import with_mailed_code
from tests.trained import Training, in_training

NOOR: Final = "noor@demo.example"
CHECK: Final = "/opleiding/vragen/toets/alle-soorten"
LAID: Final = ("De kring", "Aan het werk", "Samen kijken", "Opruimen")
SEVERAL: Final = ("Passen mag", "Wat hier gezegd wordt blijft hier")
PAIRS: Final = {
    "Samen knippen": "Samen maken",
    "Een afspraak over telefoons": "Veilig samen",
    "Samen plakken": "Samen maken",
}
TRUE: Final = {
    "Jij vertelt wat een werkstuk betekent.": "Niet waar",
    "Je mag vragen wat er te zien is.": "Waar",
    "Mooi en lelijk zijn goede woorden om over werk te praten.": "Niet waar",
}


@pytest.fixture
def training(live: Live) -> Training:
    with live.parts.database.writing() as db:
        return in_training(db, live.parts.storage, now=START, folder=QUESTIONS)


def laid(page: Page) -> list[str]:
    return page.locator("[data-place] [data-text]").all_inner_texts()


def kept(page: Page) -> None:
    """The page kept what was answered, by itself."""
    expect(page.locator("#stand")).to_contain_text("Bewaard om")
    expect(page.locator("#bewaard[data-kept]")).to_have_count(1)


def lay(keys: Keys) -> None:
    """Each item goes up to its place; the button keeps the focus and what moved is said."""
    page = keys.page
    for place, item in enumerate(LAID):
        up = page.get_by_role("button", name=f"Zet ‘{item}’ hoger")
        at = laid(page).index(item)
        if at == place:
            continue
        keys.to(up)
        for _ in range(at - place):
            keys.press("Enter")
            assert up.evaluate("e => e === document.activeElement")
        keys.look()
        expect(page.locator("[data-says]")).to_have_text(f"‘{item}’ staat nu op plek {place + 1} van 4.")
    assert laid(page) == list(LAID)
    first = page.get_by_role("button", name="Zet ‘De kring’ hoger")
    keys.to(first, back=True)
    keys.press("Enter")
    expect(page.locator("[data-says]")).to_have_text("‘De kring’ staat al bovenaan.")


def answer_all(keys: Keys) -> None:
    page = keys.page
    keys.choose(page.get_by_label("Dat is goed. Passen mag altijd."))
    boxes = page.get_by_role("group", name="Wat hoort bij een veilige groep?").get_by_role("checkbox")
    for box in boxes.all():  # in the order of this draw
        if box.evaluate("e => e.labels[0].innerText") in SEVERAL:
            keys.tick(box)
    for left, right in PAIRS.items():
        keys.to(page.get_by_label(left, exact=True))
        keys.page.keyboard.type(right)
        expect(page.get_by_label(left, exact=True).locator("option:checked")).to_have_text(right)
        keys.look()
    lay(keys)
    keys.write("Hoe zorg jij dat iemand durft te beginnen?", "Ik begin zelf.")
    for question, right in TRUE.items():
        group = page.get_by_role("radiogroup", name=question)
        if group.count():
            keys.choose(group.get_by_label(right, exact=True))


def answered(page: Page) -> None:
    """All that was answered stands there."""
    expect(page.get_by_label("Dat is goed. Passen mag altijd.")).to_be_checked()
    expect(page.get_by_label("Wat hier gezegd wordt blijft hier")).to_be_checked()
    for left, right in PAIRS.items():
        expect(page.get_by_label(left, exact=True).locator("option:checked")).to_have_text(right)
    assert laid(page) == list(LAID)
    expect(page.get_by_label("Hoe zorg jij dat iemand durft te beginnen?")).to_have_value("Ik begin zelf.")


@pytest.mark.usefixtures("training")
def test_on_a_phone_and_then_another_device(live: Live) -> None:
    keys = come_in(live, NOOR)
    page = keys.page
    page.goto(CHECK)
    accessible(page)
    keys.button("Begin de toets")
    keys.button("Kijk mijn antwoorden na")
    accessible(page)
    keys.mend("Vraag 3, ‘Samen knippen’")
    leads_to_a_button(keys)
    page.goto(CHECK)  # nothing was answered yet, so nothing is lost
    answer_all(keys)
    kept(page)
    page.reload()
    answered(page)
    accessible(page)
    other = come_in(live, NOOR, phone=False).page
    other.goto(CHECK)
    answered(other)
    changed_elsewhere(keys, other)
    keys.button("Kijk mijn antwoorden na")
    expect(page.get_by_role("heading", name="Gehaald", level=1)).to_be_visible()
    expect(page.get_by_text("Ik begin zelf, op mijn telefoon.")).to_be_visible()
    accessible(page)
    other.get_by_role("button", name="Kijk mijn antwoorden na").click()
    expect(other.get_by_text("Deze poging was al ingeleverd.")).to_be_visible()


@pytest.mark.usefixtures("training")
def test_at_a_desk(live: Live) -> None:
    keys = come_in(live, NOOR, phone=False)
    keys.page.goto(CHECK)
    keys.button("Begin de toets")
    answer_all(keys)
    kept(keys.page)
    accessible(keys.page)
    keys.button("Kijk mijn antwoorden na")
    expect(keys.page.get_by_role("heading", name="Gehaald", level=1)).to_be_visible()
    accessible(keys.page)


def leads_to_a_button(keys: Keys) -> None:
    """The summary leads to a place to pick, which with script is behind the buttons of its row."""
    page = keys.page
    keys.to(page.locator("#fouten").get_by_role("link", name="Vraag 4"), back=True)
    keys.press("Enter")
    assert page.evaluate("document.activeElement.matches('[data-place] button')")
    keys.look()


def changed_elsewhere(keys: Keys, other: Page) -> None:
    """Two devices differ: both answers are shown, and she takes the one that was kept."""
    page = keys.page
    other.get_by_label("Hoe zorg jij dat iemand durft te beginnen?").fill("Ik begin zelf, op mijn telefoon.")
    kept(other)
    keys.choose(page.get_by_label("Iedereen doet mee."))
    expect(page.get_by_text("op een ander apparaat bewaard")).to_be_visible()
    keys.button("Kijk mijn antwoorden na")
    live_ = keys.live
    live_.troubles[:] = [told for told in live_.troubles if "status of 422" not in told]
    expect(page.get_by_text("Daar: Ik begin zelf, op mijn telefoon.")).to_be_visible()
    accessible(page)
    keys.button("Neem wat daar staat")
    expect(page.get_by_label("Dat is goed. Passen mag altijd.")).to_be_checked()
    expect(page.get_by_label("Hoe zorg jij dat iemand durft te beginnen?")).to_have_value(
        "Ik begin zelf, op mijn telefoon."
    )


@pytest.mark.usefixtures("training")
def test_without_script(live: Live) -> None:
    page = live.person(javascript=False)
    with_mailed_code(live, page, NOOR)
    page.goto(CHECK)
    page.get_by_role("button", name="Begin de toets").click()
    page.get_by_label("Dat is goed. Passen mag altijd.").check()
    page.get_by_role("button", name="Bewaar en ga later verder").click()
    page.wait_for_url(re.compile(r"/opleiding/vragen$"))
    page.goto(CHECK)
    expect(page.get_by_label("Dat is goed. Passen mag altijd.")).to_be_checked()
    for right in SEVERAL:
        page.get_by_label(right, exact=True).check()
    for left, right in PAIRS.items():
        page.get_by_label(left, exact=True).select_option(right)
    for place, item in enumerate(LAID, start=1):
        page.get_by_label(f"Plek van ‘{item}’").select_option(str(place))
    page.get_by_label("Hoe zorg jij dat iemand durft te beginnen?").fill("Ik begin zelf.")
    for question, right in TRUE.items():
        group = page.get_by_role("radiogroup", name=question)
        if group.count():
            group.get_by_label(right, exact=True).check()
    page.get_by_role("button", name="Kijk mijn antwoorden na").click()
    expect(page.get_by_role("heading", name="Gehaald", level=1)).to_be_visible()
    expect(page.get_by_text("6 van 6 goed")).to_be_visible()
