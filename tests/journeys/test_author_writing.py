"""An author who is no programmer: a check from a button, pictures by choosing, blocks to write over.

What she types in a question survives a reload and a lost session.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Live, accessible
from tests.journeys.test_author import aya_of, shots
from tests.journeys.test_observing import sign_in

LEZEN: Final = Path(__file__).parents[1] / "courses" / "lezen"
HERE: Final = "/beheer/opleidingen/lezen"
ON_DEVICE: Final = "Alleen op dit toestel bewaard"


def first_question(page: Page) -> None:
    """A row that the server has not seen yet is there again after a reload."""
    page.get_by_role("button", name="Voeg een toets toe").first.click()
    expect(page.get_by_text("De toets staat erbij.")).to_be_visible()
    page.get_by_label("Vraag", exact=True).fill("Wat doe je eerst?")
    page.get_by_label("Antwoord 1", exact=True).fill("Koffie zetten")
    page.get_by_role("button", name="Nog een antwoord").click()
    page.get_by_label("Antwoord 4", exact=True).fill("Wachten")
    expect(page.locator("#stand")).to_have_text(ON_DEVICE)
    page.reload()
    expect(page.get_by_label("Antwoord 4", exact=True)).to_have_value("Wachten")
    expect(page.get_by_text("Dit typte je hier al")).to_be_visible()
    expect(page.locator("#zo-leest-het").get_by_role("radio", name="Koffie zetten")).to_be_visible()
    accessible(page)
    shots(page, "question-kept")


def test_what_an_author_types_in_a_question_stays(live: Live) -> None:
    person = aya_of(live, LEZEN)
    page = live.person(phone=False)
    sign_in(live, page, person)
    page.goto(HERE)
    page.get_by_role("button", name="Begin een concept").click()
    first_question(page)
    page.get_by_label("Antwoord 2", exact=True).fill("Iedereen begroeten")
    form = page.url
    page.context.clear_cookies()  # her session ended
    page.get_by_role("button", name="Bewaar de vraag").click()
    expect(page.get_by_role("button", name="Inloggen", exact=True)).to_be_visible()
    assert f"next={form.removeprefix(live.address)}" in page.url
    sign_in(live, page, person)
    page.goto(form)
    expect(page.get_by_label("Antwoord 2", exact=True)).to_have_value("Iedereen begroeten")
    page.get_by_role("button", name="Bewaar de vraag").click()
    expect(page.get_by_text("Bewaard in het concept.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('keep:'))") == []
    page.goto(form)
    expect(page.get_by_label("Antwoord 2", exact=True)).to_have_value("Iedereen begroeten")
    expect(page.get_by_text("Dit typte je hier al")).to_be_hidden()


def test_an_author_chooses_a_picture(live: Live) -> None:
    """With the words that stand at it elsewhere; a block put in from within another comes behind it."""
    person = aya_of(live, LEZEN)
    page = live.person(phone=False)
    sign_in(live, page, person)
    page.goto(HERE)
    page.get_by_role("button", name="Begin een concept").click()
    page.get_by_role("link", name="Een afspraak").first.click()
    text = page.get_by_label("Tekst", exact=True)
    page.get_by_role("button", name="Let op").click()  # nobody was in the text yet: at its end
    expect(text).to_have_value(re.compile(r"\n\n::: let-op Titel\n.*\n:::$"))
    text.fill("")
    page.get_by_role("button", name="Let op").click()
    page.keyboard.type("Lijm")  # over the title that is selected
    page.get_by_role("button", name="Beeld", exact=True).click()
    dialog = page.get_by_role("dialog", name="Zet een beeld in de tekst")
    expect(dialog).to_be_visible()
    accessible(page)
    shots(page, "choose")
    dialog.get_by_role("button", name="Zet in de tekst").click()
    lacks = dialog.get_by_text("Schrijf wat op het beeld te zien is")
    expect(lacks).to_have_count(2)  # above the form, and at the field
    expect(lacks.last).to_be_in_viewport()
    expect(dialog.get_by_label("Wat is erop te zien?")).to_be_focused()
    live.troubles.clear()  # that answer is meant
    dialog.get_by_role("radio").first.check()
    expect(dialog.get_by_label("Wat is erop te zien?")).to_have_value("Een huis van gescheurd papier.")
    dialog.get_by_role("button", name="Zet in de tekst").click()
    expect(dialog).to_be_hidden()
    reads = page.locator("#ed--preview")
    expect(reads.get_by_role("img", name="Een huis van gescheurd papier.")).to_be_visible()
    expect(reads.get_by_text("Hier is niets aan te herstellen.")).to_be_visible()
    assert text.input_value().startswith(
        "::: let-op Lijm\nWat er mis kan gaan, en wat je dan doet.\n:::\n\n::: beeld vel.webp"
    )
    page.get_by_role("button", name="Vraag", exact=True).click()
    dialog = page.get_by_role("dialog", name="Zet een vraag in de tekst")
    dialog.get_by_label("Vraag", exact=True).fill('Wat zeg je bij "nee"?')
    dialog.get_by_label("Antwoord 1", exact=True).fill("Dat is goed")
    dialog.get_by_label("Antwoord 2", exact=True).fill("Kom op")
    accessible(page)
    shots(page, "ask")
    dialog.get_by_role("button", name="Zet in de tekst").click()
    expect(reads.get_by_role("radio", name="Kom op")).to_be_visible()
    expect(reads.get_by_text("Hier is niets aan te herstellen.")).to_be_visible()
    assert "\n::: vraag v-wat-zeg-je-bij-nee\n" in text.input_value()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Download", exact=True).click()
    expect(page.get_by_role("dialog", name="Zet een download in de tekst")).to_be_visible()
    accessible(page)


def test_two_authors_at_one_text(live: Live) -> None:
    """What one of them sent without a connection is no less hers when the other kept the text meanwhile."""
    person = aya_of(live, LEZEN)
    page, other = live.person(phone=False), live.person(phone=False)
    sign_in(live, page, person)
    page.goto(HERE)
    page.get_by_role("button", name="Begin een concept").click()
    page.get_by_role("link", name="Een afspraak").first.click()
    text, there = page.get_by_label("Tekst", exact=True), page.url
    save = page.get_by_role("button", name="Bewaar en ga terug")
    mine = f"{text.input_value()}\n\nWaar zij lang aan schreef."
    page.context.set_offline(True)
    text.fill(mine)
    save.click(no_wait_after=True)
    page.wait_for_timeout(1500)  # no page comes
    sign_in(live, other, person)
    other.goto(there)
    other.get_by_label("Tekst", exact=True).press("ControlOrMeta+End")
    other.keyboard.type("\n\nWat een ander schreef.")
    expect(other.locator("#stand")).to_contain_text("Bewaard om")
    page.context.set_offline(False)
    page.goto(there)
    expect(text).to_have_value(mine)
    expect(page.get_by_text("Dit typte je hier al")).to_be_visible()
    save.click()
    expect(page.get_by_text("Wat een ander schreef.").first).to_be_visible()  # she sees both, and chooses
    page.get_by_role("button", name="Bewaar en ga terug").click()
    expect(page.get_by_text("Bewaard in het concept.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(name => /^(keep|getypt):/.test(name))") == []
    live.troubles.clear()  # what a browser says of no connection, and of a text that another kept


def test_an_author_writes_a_script_in_rows(live: Live) -> None:
    """A step is added, moved and kept by itself; one typed while the server was away is there after a reload."""
    person = aya_of(live, LEZEN)
    page = live.person()
    sign_in(live, page, person)
    page.goto(HERE)
    page.get_by_role("button", name="Begin een concept").click()
    page.get_by_role("link", name="De eerste keer").click()
    steps = page.locator("[data-rows=s]")
    count = steps.get_by_role("group").count()
    accessible(page)
    page.get_by_role("button", name="Nog een stap").click()
    new = steps.get_by_role("group").last
    expect(new.get_by_label("Minuten")).to_be_focused()
    new.get_by_label("Minuten").fill("5")
    new.get_by_label("Titel").fill("Opruimen")
    new.get_by_label("Wat doe je, en wat zeg je?").fill("Samen de tafels schoon.")
    new.get_by_role("button", name=f"Een plaats omhoog: Stap {count + 1}", exact=True).press("Enter")
    expect(page.locator("#stand")).to_contain_text("Bewaard om")
    expect(page.get_by_role("group", name=f"Stap {count}", exact=True).get_by_label("Titel")).to_have_value("Opruimen")
    page.context.set_offline(True)
    page.get_by_role("button", name="Nog een stap").click()
    steps.get_by_role("group").last.get_by_label("Titel").fill("Thuis bellen")
    expect(page.locator("#stand")).to_contain_text("Geen internet")
    page.context.set_offline(False)
    page.evaluate("location.reload()")  # before anything was sent again
    expect(steps.get_by_role("group").last.get_by_label("Titel")).to_have_value("Thuis bellen")
    expect(page.locator("#stand")).to_contain_text("Bewaard om")
    live.troubles.clear()  # what a browser says of no connection
    accessible(page)
    page.reload()
    expect(page.get_by_role("group", name=f"Stap {count}", exact=True).get_by_label("Titel")).to_have_value("Opruimen")
    expect(steps.get_by_role("group").last.get_by_label("Titel")).to_have_value("Thuis bellen")
