"""The road by keyboard alone: Tab, Shift+Tab, Space, Enter, arrows and letters, on a phone and at a desk."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.kit.localtime import local_day
from app.practice.tables.work import AssignmentRecord
from tests.conftest import START
from tests.intervision import add_session, make_round, publish
from tests.journeys.conftest import Live, link_in
from tests.journeys.keys import Keys, come_in
from tests.journeys.test_walk import photo_with_place
from tests.trained import SHORT_COURSE, Training, finish_theory, in_training

NOOR, RUBEN, FATMA = "noor@demo.example", "ruben@demo.example", "fatma@demo.example"
SEVERAL: Final = """
  - id: k3
    type: several
    text: Wat hoort bij een veilige groep?
    critical: false
    options:
      - {text: Passen mag altijd, right: true, feedback: Ja.}
      - {text: Iedereen laat iets zien, right: false, feedback: Nee. Passen mag.}
      - {text: We praten hier niet over buiten de groep, right: true, feedback: Ja.}
    explanation: Een afspraak maak je samen.
"""


@pytest.fixture
def training(live: Live, tmp_path: Path) -> Training:
    """Noor in the tiny course, whose check has a question with more than one right answer."""
    folder = Path(shutil.copytree(SHORT_COURSE, tmp_path / "kort"))
    (check,) = folder.glob("modules/*/toets.yaml")
    check.write_text(check.read_text() + SEVERAL.lstrip("\n"))
    with live.parts.database.writing() as db:
        return in_training(db, live.parts.storage, now=START, folder=folder)


@pytest.mark.usefixtures("training")
def test_a_professional_reads_and_is_checked(live: Live) -> None:
    keys = come_in(live, NOOR)
    page = keys.page
    page.goto("/traject")
    keys.tab()
    assert "Naar de inhoud" in keys.look()
    keys.press("Enter")
    keys.look()
    keys.tab()
    assert page.evaluate("document.activeElement.closest('main') !== null")
    keys.link("Open de les")
    keys.button("Klaar, volgende les")
    keys.button("Klaar, naar de toets")
    page.wait_for_url("**/toets/**")
    keys.button("Begin de toets")
    keys.choose(page.get_by_label("Dat is goed. Je mag altijd passen"))
    keys.button("Kijk mijn antwoorden na")
    keys.mend("Vraag 2")
    keys.choose(page.get_by_label("Niet waar", exact=True))
    right = re.compile("^(Passen mag altijd|We praten hier niet over)")
    for box in page.locator("#v3-group").get_by_role("checkbox", name=right).all():  # in the order of this draw
        keys.tick(box)
    keys.button("Kijk mijn antwoorden na")
    expect(page.get_by_role("heading", name="Gehaald", level=1)).to_be_visible()


def test_a_group_a_visit_and_a_signature(live: Live, training: Training) -> None:
    with live.parts.database.writing() as db:
        finish_theory(db, training, now=START)
    visit = local_day(START) + timedelta(days=3)
    noor = come_in(live, NOOR)
    noor_prepares(noor, visit)
    ruben = come_in(live, RUBEN)
    ruben.page.goto("/coach")
    ruben.link("Plan Noor de Wit")
    ruben.choose(ruben.page.get_by_label(re.compile("26 november")))
    ruben.button("Plan het bezoek")
    expect(ruben.page.get_by_role("heading", name="Je bezoek", exact=True)).to_be_visible()
    live.clock.set(START + timedelta(days=3, hours=7))
    with live.parts.database.reading() as db:
        record = db.scalars(select(AssignmentRecord.id)).one()
    noor_hands_in(come_in(live, NOOR), record)
    ruben_signs(come_in(live, RUBEN))
    fatma_decides(come_in(live, FATMA, phone=False))


def noor_prepares(keys: Keys, visit: date) -> None:
    page = keys.page
    page.goto("/traject")
    keys.link("Vul je groep in")
    keys.link("Voer je groep in")
    keys.button("Bewaar mijn groep")
    keys.mend("Naam van de plek")
    page.keyboard.type("Huis van de Wijk De Esdoorn")
    keys.write("Straat en nummer", "Esdoornlaan 12")
    keys.write("Gemeente", "Rotterdam")
    type_day(keys, 1, visit)
    keys.button("Nog een datum")
    expect(page.locator("#f-day_2")).to_be_focused()  # not back at the top of the page
    keys.look()
    type_day(keys, 2, visit + timedelta(days=14))
    keys.to(page.locator("#f-kind_2"))
    keys.press("ArrowDown")
    expect(page.locator("#f-kind_2")).to_have_value("end_presentation")
    keys.button("Bewaar mijn groep")
    page.wait_for_url("**/groep")
    keys.link("Naar de opdracht")
    page.wait_for_url("**/praktijk**")
    keys.button("Begin met deze opdracht")
    page.wait_for_url(re.compile(r"/praktijk/\d+"))
    keys.write("Wat wil je bereiken?", "Iedereen maakt één beeld.")
    keys.write("Hoe ziet je plan eruit?", "Binnenkomen, tekenen, kijken, afronden.")
    keys.write("Wat wil jij zelf leren?", "Langer stil zijn.")
    keys.button("Bewaar je voorbereiding")
    expect(page.get_by_text("Even wachten op een dag")).to_be_visible()


def type_day(keys: Keys, number: int, day: date) -> None:
    """A date field takes digits; Chromium itself speaks English in tests, so the month comes first."""
    keys.to(keys.page.locator(f"#f-day_{number}"))
    keys.page.keyboard.type(f"{day:%m%d%Y}")
    expect(keys.page.locator(f"#f-day_{number}")).to_have_value(day.isoformat())


def noor_hands_in(keys: Keys, record: int) -> None:
    page = keys.page
    page.goto(f"/praktijk/{record}")
    keys.link("Voeg toe of haal weg")
    chooser = keys.open_files(page.get_by_label("Maak een foto of kies een bestand"))
    chooser.set_files({"name": "werk.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()})
    keys.choose(page.get_by_label(re.compile("Nee, niemand")))
    keys.write("Wat zien we?", "Huizen van karton")
    keys.button("Voeg toe")
    expect(page.get_by_text("Huizen van karton").first).to_be_visible()
    keys.link("Verder met de opdracht")
    keys.link("Schrijf je terugblik")
    for step in ("Situatie", "Taak", "Actie", "Resultaat", "Reflectie"):
        keys.write(step, "Ik wachtte, en dat hielp.")
    keys.button("Bewaar en ga terug")
    keys.button("Lever in bij Ruben")
    keys.mend("Laten maken")
    for group in page.locator("fieldset.crit").all():
        keys.choose(group.get_by_label(re.compile("^Zoals bedoeld")))
    keys.write("Wil je er iets bij vertellen?", "Het werd vanzelf stil.")
    keys.button("Lever in bij Ruben")
    expect(page.get_by_role("button", name="Lever in bij Ruben")).to_have_count(0)


def ruben_signs(keys: Keys) -> None:
    page = keys.page
    page.goto("/coach")
    keys.link("Kijk na Noor de Wit")
    keys.button("Klaar met invullen")
    keys.mend("Laten maken")
    folds = page.locator("#formulier details")
    keys.to(folds.first.locator("summary"), back=True)
    for opened in (False, True):
        keys.press("Enter")
        assert folds.first.evaluate("e => e.open") is opened
        keys.look()
    for fold in folds.all():
        for group in fold.locator("fieldset.crit").all():
            keys.choose(group.get_by_label(re.compile("^Zoals bedoeld")))
        for group in fold.get_by_role("radiogroup").filter(has=page.locator("input[name^=check_]")).all():
            keys.choose(group.get_by_label("Ja", exact=True))
    keys.write("Sterk punt 1", "Je rust.")
    keys.write("Groeipunt 1", "Kom terug op het eindproduct.")
    keys.write("Afspraak 1", "Begin met de muur van vorige week.")
    keys.button("Klaar met invullen")
    page.wait_for_url("**/aftekenen")
    keys.button("Onderteken")
    keys.mend("Dit is wat ik zelf heb gezien")
    keys.press("Space")
    keys.button("Onderteken")
    page.wait_for_url(lambda url: "/aftekenen" not in url)
    expect(page.get_by_role("heading", name="Klaar")).to_be_visible()


def fatma_decides(keys: Keys) -> None:
    page = keys.page
    page.goto("/beheer")
    keys.link("Bekijk en beslis")
    keys.link("Bekijk Noor")
    keys.button("Ken het certificaat toe")
    page.wait_for_url(re.compile(r"/beheer/besluiten$"))
    expect(page.get_by_text("Toegekend", exact=True)).to_be_visible()


def test_an_answer_from_the_mail(live: Live, training: Training) -> None:
    with live.parts.database.writing() as db:
        fatma = training.cast.fatma
        round_ = make_round(db, fatma, now=START)
        add_session(db, fatma, round_, now=START)
        publish(db, fatma, round_, training.cast.noor.id, now=START)
    keys = Keys(live, live.person())
    keys.page.goto(link_in(live.mail_to(NOOR, containing="/antwoord/"), "/antwoord/"))
    keys.button("Ja, ik kom")
    expect(keys.page.get_by_text("Je hebt een plek")).to_be_visible()
    keys.tab()  # begins again at the top, where the page says what became of it
    assert "Naar de inhoud" in keys.look()


@pytest.mark.usefixtures("training")
def test_what_opens_closes_again_where_it_was_opened(live: Live) -> None:
    keys = come_in(live, FATMA, phone=False)
    page = keys.page
    page.goto("/bouwstenen")
    opener = page.get_by_role("button", name="Open een venster")
    keys.to(opener)
    for close in ("Escape", "Enter"):
        keys.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        keys.look()
        keys.press(close)  # Escape, or Enter on the button that has the focus
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert opener.evaluate("e => e === document.activeElement")
        keys.look()
    menu = page.get_by_role("button", name="Menu van")
    page.goto("/beheer")
    keys.to(menu)
    keys.press("Enter")
    keys.tab()
    assert page.evaluate("document.activeElement.closest('#menu') !== null")
    keys.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    assert menu.evaluate("e => e === document.activeElement")


def test_the_focus_goes_down_the_page_as_the_eye_does(live: Live, training: Training) -> None:
    with live.parts.database.writing() as db:
        fatma = training.cast.fatma
        round_ = make_round(db, fatma, now=START)
        meeting = add_session(db, fatma, round_, now=START)
    noor = come_in(live, NOOR)
    for path in ("/traject", "/opleiding/kort", "/groep/invoeren", "/praktijk", "/account", "/account/weg"):
        noor.through(path)
    admin = come_in(live, FATMA)
    for path in (
        "/beheer",
        "/beheer/mensen",
        "/beheer/opleidingsgroepen",
        f"/beheer/opleidingsgroepen/{training.cohort_id}",
        f"/beheer/intervisie/{round_}",
        f"/beheer/intervisie/bijeenkomst/{meeting}/wijzigen",
    ):
        admin.through(path)


def test_searching_keeps_the_place(live: Live, training: Training) -> None:
    keys = come_in(live, FATMA, phone=False)
    page = keys.page
    page.goto(f"/beheer/opleidingsgroepen/{training.cohort_id}")
    field = page.get_by_label("Zoek op naam, mailadres of organisatie")
    keys.to(field)
    with page.expect_response(re.compile("q=Joris")):
        page.keyboard.type("Joris")
    expect(page.get_by_label(re.compile("Sanne"))).to_have_count(0)
    assert field.evaluate("e => e === document.activeElement")
    keys.tick(page.get_by_label(re.compile("Joris")))
    keys.button("Zet in de groep")
    expect(
        page.get_by_role("cell", name=re.compile("Joris")).or_(page.get_by_role("rowheader", name=re.compile("Joris")))
    ).to_be_visible()
