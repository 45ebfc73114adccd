"""An author: a lesson with a live preview and a dragged picture, what changed in words, and publishing."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.courses.commands import publish_folder
from app.courses.tables import CourseEdition, Lesson
from app.people.actions import accounts
from app.people.rules import Role
from tests.authz.steps import picture
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.people import make_person

COURSE: Final = Path(__file__).parents[2] / "courses" / "mijn-verhaal"
VRAGEN: Final = Path(__file__).parents[1] / "courses" / "vragen"
HERE: Final = "/beheer/opleidingen/mijn-verhaal"
DROP: Final = """([content, name]) => {
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, {type: "image/jpeg"}));
    const text = document.getElementById("ed--body");
    for (const kind of ["dragover", "drop"])
        text.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
}"""


def shot(page: Page, name: str) -> None:
    if (place := os.environ.get("SHOTS")) is not None:
        page.screenshot(path=f"{place}/{name}.png", full_page=True)


def shots(page: Page, name: str) -> None:
    """At a desk and on a phone, by day and by night."""
    for width in (1440, 390):
        for scheme in ("light", "dark") if "SHOTS" in os.environ else ():
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            shot(page, f"{name}-{width}-{scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def aya_of(live: Live, course: Path = COURSE) -> int:
    now = live.clock.now()
    with live.parts.database.writing() as db:
        publish_folder(db, course, storage=live.parts.storage, now=now)
        person = make_person(db, "Aya Sato", now=now)
        accounts.grant_role(
            db, by=None, person_id=person, role=Role.AUTHOR, organisation_id=None, intervention="", now=now
        )
    return person


def a_block_as_it_will_be(page: Page) -> None:
    """Only what is another is put in while she types: a film would play on."""
    page.get_by_role("button", name="Reflectie").click()
    reads = page.locator("#ed--preview")
    expect(reads.get_by_text("Een vraag om over te schrijven.")).to_be_visible()
    own = reads.get_by_label("Jouw antwoord").last
    own.fill("Zomaar")
    page.locator("#ed--title").fill("Wat is Mijn Verhaal nu")
    expect(reads.get_by_text("Wat is Mijn Verhaal nu")).to_be_visible()
    expect(own).to_have_value("Zomaar")


def the_shape_without_yaml(page: Page) -> None:
    """A module waits for another, goes down by keyboard, and is told so in words."""
    page.get_by_role("link", name="Opbouw", exact=True).click()
    accessible(page)
    shots(page, "structure")
    page.get_by_role("link", name="Verander de module: Privacy en meten").click()
    page.get_by_role("checkbox", name="Starten", exact=True).check()
    page.get_by_label("Zoveel dagen na de start").fill("14")
    accessible(page)
    shots(page, "structure-module")
    page.get_by_role("button", name="Bewaar").click()
    module = page.locator("#m-privacy-en-meten")
    expect(module).to_contain_text("Gaat open als dit klaar is: Starten. Niet eerder dan 14 dagen na de start.")
    module.get_by_role("button", name="Een plaats omlaag: module Privacy en meten").press("Enter")
    expect(module.get_by_role("heading")).to_have_text("10. Privacy en meten")
    up = module.get_by_role("button", name="Een plaats omhoog: module Privacy en meten")
    expect(up).to_be_focused()  # at the end there is no way down
    page.get_by_role("link", name="Mijn Verhaal", exact=True).click()


def test_an_author_improves_a_lesson(live: Live) -> None:
    person = aya_of(live)
    page = live.person(phone=False)
    sign_in(live, page, person)
    page.goto("/beheer/opleidingen")
    accessible(page)
    shot(page, "courses")
    page.get_by_role("link", name="Mijn Verhaal", exact=True).click()
    page.get_by_role("button", name="Begin een concept").click()
    accessible(page)
    shot(page, "outline")
    the_shape_without_yaml(page)
    page.get_by_role("link", name="Wat is Mijn Verhaal").first.click()
    text = page.get_by_label("Tekst", exact=True)
    reads = page.locator("#ed--preview")
    text.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Shift+Tab")  # the toolbar is one stop, arrows go through it
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(reads.get_by_text("Wat er mis kan gaan, en wat je dan doet.")).to_be_visible()
    a_block_as_it_will_be(page)
    expect(page.locator("#stand")).to_contain_text("Bewaard om")
    accessible(page)
    shot(page, "file")

    content = base64.b64encode(picture(400, "JPEG")).decode()
    page.evaluate(DROP, [content, "De Tafel (2).jpg"])
    page.get_by_role("button", name="Zet in de tekst").click()
    expect(page.get_by_text("Schrijf wat op het beeld te zien is").last).to_be_in_viewport()
    assert [trouble for trouble in live.troubles if "422" not in trouble] == []  # that answer is meant
    live.troubles.clear()
    page.get_by_label("Wat is erop te zien?").last.fill('Een tafel met "papier" en lijm.')
    shot(page, "picture")
    page.get_by_role("button", name="Zet in de tekst").click()
    expect(reads.get_by_role("img", name='Een tafel met "papier" en lijm.')).to_be_visible()
    page.get_by_role("button", name="Bewaar en ga terug").click()
    expect(page.get_by_text("Klaar om te publiceren")).to_be_visible()
    page.get_by_role("link", name="Wat is er anders?").click()
    expect(page.get_by_text("Wat er mis kan gaan, en wat je dan doet.")).to_be_visible()
    accessible(page)
    shot(page, "compare")
    page.goto(f"{HERE}/publiceren")
    accessible(page)
    shot(page, "publish")
    page.get_by_role("button", name="Publiceer").click(timeout=30_000)  # a whole course; long on a busy machine
    expect(page.get_by_text("Gepubliceerd: dit is nu editie 2.")).to_be_visible()
    with live.parts.database.reading() as db:
        newest = select(CourseEdition.id).where(CourseEdition.number == 2).scalar_subquery()
        lesson = db.scalars(select(Lesson).where(Lesson.edition_id == newest, Lesson.position == 2)).one()
        blocks = [block["file"] for block in lesson.blocks if block["kind"] == "picture"]
    assert blocks == ["de-tafel-2.webp"]


def test_an_author_on_a_phone(live: Live) -> None:
    """Writing and reading are two tabs, and a second window is not overwritten in silence."""
    person = aya_of(live)
    page, other = live.person(), live.person(phone=False)
    for one in (page, other):
        sign_in(live, one, person)
    page.goto(HERE)
    page.get_by_role("button", name="Begin een concept").click()
    accessible(page)
    shot(page, "outline-390")
    page.get_by_role("link", name="Wat is Mijn Verhaal").first.click()
    other.goto(page.url)
    page.get_by_label("Titel", exact=True).fill("Wat is het?")
    expect(page.locator("#stand")).to_contain_text("Bewaard om")
    accessible(page)
    shot(page, "file-390")
    page.get_by_role("button", name="Zo leest het").click()
    expect(page.locator("#ed--preview").get_by_text("Wat is het?")).to_be_visible()
    accessible(page)
    shot(page, "reads-390")
    other.get_by_label("Titel", exact=True).fill("Wat is dit?")
    expect(other.get_by_text("Iemand anders heeft deze tekst intussen bewaard")).to_be_visible()
    other.get_by_role("button", name="Bewaar en ga terug").click()
    expect(other.get_by_text("Zo staat het er nu")).to_be_visible()
    assert [trouble for trouble in live.troubles if "422" not in trouble] == []  # that answer is meant
    live.troubles.clear()
    accessible(other)
    shot(other, "stale")
    other.get_by_role("button", name="Bewaar en ga terug").click()
    expect(other.get_by_text("Bewaard in het concept.")).to_be_visible()


def test_an_author_asks_a_question(live: Live) -> None:
    """By form and by keyboard, without a line of YAML: a question is added, published and asked."""
    person = aya_of(live, VRAGEN)
    page = live.person(phone=False)
    sign_in(live, page, person)
    page.goto("/beheer/opleidingen/vragen")
    page.get_by_role("button", name="Begin een concept").click()
    page.get_by_role("link", name="Toets: Alle soorten vragen").click()
    accessible(page)
    shots(page, "check")
    page.get_by_role("link", name="Meer antwoorden Eén of meer").click()
    reads = page.locator("#zo-leest-het")
    page.get_by_label("Vraag", exact=True).fill("Wat neem je mee naar de eerste keer?")
    page.get_by_label("Antwoord 1", exact=True).fill("Koffie")
    page.get_by_label("Antwoord 2", exact=True).fill("Tijd")
    expect(reads.get_by_role("checkbox", name="Tijd")).to_be_visible()
    page.get_by_role("button", name="Bewaar de vraag").click()
    page.get_by_role("link", name="Antwoord 1: Zet bij minstens één antwoord dat het goed is.").press("Enter")
    expect(page.get_by_label("Antwoord 1", exact=True)).to_be_focused()
    assert [trouble for trouble in live.troubles if "422" not in trouble] == []  # that answer is meant
    live.troubles.clear()
    accessible(page)
    page.get_by_label("Dit antwoord is goed").first.check()
    page.get_by_role("button", name="Een plaats omlaag: Antwoord 1").press("Enter")
    down = page.get_by_role("button", name="Een plaats omlaag: Antwoord 2")
    expect(down).to_be_focused()
    expect(page.get_by_label("Antwoord 2", exact=True)).to_have_value("Koffie")
    page.get_by_role("button", name="Nog een antwoord").press("Enter")
    expect(page.get_by_label("Antwoord 5", exact=True)).to_be_focused()
    page.keyboard.type("Een plan voor alles")
    expect(reads.get_by_role("checkbox", name="Een plan voor alles")).to_be_visible()
    accessible(page)
    shots(page, "question")
    page.get_by_role("button", name="Bewaar de vraag").click()
    expect(page.get_by_text("De vraag staat erbij.")).to_be_visible()
    page.goto("/beheer/opleidingen/vragen/publiceren")
    page.get_by_role("button", name="Publiceer").click()
    page.goto("/opleiding/vragen/toets/alle-soorten")
    expect(page.get_by_role("group", name="Wat neem je mee naar de eerste keer?")).to_be_visible()
