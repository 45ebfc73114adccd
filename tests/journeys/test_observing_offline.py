"""The form in a hall without signal: on a phone that is killed, has a wrong clock, and is not the only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.ledger.tables import LedgerEvent
from app.practice.tables.evidence import Evidence
from tests.journeys.conftest import Live, accessible
from tests.journeys.observing import forms, level, stored, until
from tests.journeys.phone import SENT, Phone, phone
from tests.practising import Practising, begin


@pytest.fixture
def at_work(live: Live) -> Practising:
    return begin(live.parts.database, live.parts.storage, live.clock, until="handed_in")


@pytest.fixture
def rubens(live: Live, at_work: Practising, tmp_path: Path, browser: Browser) -> Iterator[Phone]:
    """Ruben's phone, with the form on it."""
    with phone(live, tmp_path / "phone", browser) as made:
        made.sign_in(at_work.ruben.id)
        made.take_along(at_work.record_id)
        yield made


def assessed(live: Live) -> int:
    with live.parts.database.reading() as db:
        events = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == "practice.assessed")
        return db.scalar(events) or 0


def unfold(page: Page) -> None:
    closed = page.locator("#vak .fold:not([open]) > summary")
    while closed.count():
        closed.first.click()


def fill_in(page: Page) -> None:
    """All of it, but for the press of the button."""
    unfold(page)
    level(page, "Laten maken", "Zoals bedoeld").check()
    level(page, "Iedere deelnemer kon iets maken", "Bewust anders").check()
    page.locator("#f-reason_iets-gemaakt").press_sequentially("De groep wilde eerst praten")
    level(page, "Afspraken bewaken", "Niet gezien").check()
    level(page, "Er is een afspraak genoemd", "Ja").check()
    page.get_by_label("Sterk punt 1").press_sequentially("Rust")
    page.get_by_label("Groeipunt 1").press_sequentially("Vaker open vragen")
    page.get_by_label("Afspraak 1").press_sequentially("Noor schrijft drie vragen op")


WHOLE = {
    "scores": {"SM1": 3, "VS1": 0},
    "notes": {},
    "checks": {
        "iets-gemaakt": {"answer": "bewust-anders", "reason": "De groep wilde eerst praten"},
        "afspraak-genoemd": {"answer": "ja", "reason": ""},
    },
    "strong": ["Rust"],
    "growing": ["Vaker open vragen"],
    "agreements": ["Noor schrijft drie vragen op"],
}


def pictures(folder: Path, count: int) -> list[Path]:
    """Photos as a phone makes them: large, each another one."""
    made = [folder / f"foto-{number}.jpg" for number in range(count)]
    for number, path in enumerate(made):
        Image.effect_noise((1600, 1200), 20 + number).convert("RGB").save(path, "JPEG")
    return made


def add_photos(page: Page, paths: list[Path]) -> None:
    """Choose them and answer who can be recognised, which each one asks."""
    page.get_by_label("Kies foto’s van je telefoon").set_input_files(paths)
    rows = page.locator("[data-photo]")
    expect(rows).to_have_count(len(paths), timeout=60_000)
    expect(rows.filter(has_text="Telt mee als je antwoord geeft")).to_have_count(len(paths))
    for number in range(len(paths)):
        rows.nth(number).get_by_label(re.compile("^Ja, en" if number == 3 else "^Nee, niemand")).check()
    rows.first.get_by_label(re.compile("^Wat zien we")).press_sequentially("De muur")


def photos(live: Live, at_work: Practising) -> list[Evidence]:
    with live.parts.database.reading() as db:
        return list(db.scalars(select(Evidence).where(Evidence.added_by_id == at_work.ruben.id)))


def to_button(page: Page, name: str) -> None:
    for _ in range(30):
        if name in page.evaluate("document.activeElement.textContent") and page.evaluate(
            "document.activeElement.matches('button')"
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no {name}")


def test_half_an_hour_without_signal(live: Live, rubens: Phone, at_work: Practising, tmp_path: Path) -> None:
    """With ten photos; killed, with a clock that is years off, opened again, and sent: nothing lost, nothing double."""
    page = rubens.page
    rubens.connected(connected=False)
    page.reload()
    expect(page.get_by_text("Je hebt nu geen internet")).to_be_visible()
    accessible(page)
    add_photos(page, pictures(tmp_path, 10))
    expect(page.get_by_text("Er passen 10 foto’s bij een opdracht.")).to_be_visible()
    fill_in(page)
    rubens.kept()
    accessible(page)
    rubens.kill()  # right after the last key
    live.clock.advance(timedelta(minutes=30))
    page = rubens.start()
    rubens.sign_in(at_work.ruben.id)  # the browser had not written down its cookie yet
    rubens.connected(connected=False)
    page.clock.set_system_time(datetime(2019, 1, 1, 3, 4).astimezone())
    page.goto(f"/coach/{at_work.record_id}")  # the page of the assignment: the form stands in for it
    expect(page.get_by_label("Afspraak 1")).to_have_value("Noor schrijft drie vragen op")
    expect(page.locator("[data-photo]").filter(has_text="Op deze telefoon")).to_have_count(10)
    page.get_by_role("button", name="Klaar met invullen").click()
    expect(page.get_by_text("Je bent klaar met invullen.")).to_be_visible()
    assert forms(live) == []  # the press of a button is not the answer of the server
    rubens.connected(connected=True)
    expect(rubens.stand()).to_contain_text(re.compile("^Nog [0-9]+ foto’s te versturen"), timeout=20_000)
    expect(rubens.stand()).to_contain_text(SENT, timeout=120_000)  # ten large pictures are decoded on a busy machine
    expect(page.get_by_role("link", name="Ga naar aftekenen")).to_be_visible()
    accessible(page)
    assert stored(live) == WHOLE
    assert (forms(live)[0].saved_at, assessed(live)) == (live.clock.now(), 1)
    expect(page.locator("[data-photo]").filter(has_text="Verstuurd")).to_have_count(10, timeout=60_000)
    sent = photos(live, at_work)
    assert (len(sent), len({one.sha256 for one in sent})) == (10, 10)
    assert sorted(one.recognisable for one in sent) == ["attested", *["nobody"] * 9]
    assert [one.caption for one in sent if one.caption] == ["De muur"]
    for _ in range(3):  # coming back sends nothing again
        page.reload()
        expect(rubens.stand()).to_contain_text(SENT)
    assert (forms(live)[0].version, assessed(live), len(photos(live, at_work))) == (1, 1, 10)
    page.get_by_role("link", name="Ga naar aftekenen").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/aftekenen")


def test_an_answer_that_is_lost_on_the_way(live: Live, rubens: Phone) -> None:
    """The server took it in and the line broke; she goes on typing, and it is still one form."""
    page = rubens.page

    page.evaluate(
        """() => {
            const whole = window.fetch;
            window.fetch = async (...asked) => {
                const answer = await whole(...asked);
                if (asked[1]?.method === "POST") throw new TypeError("the line broke");
                return answer;
            };
        }"""
    )
    page.get_by_label("Sterk punt 1").press_sequentially("Rust")
    until(page, lambda: [one.form["strong"] for one in forms(live)] == [["Rust"]])
    rubens.kept()
    page.get_by_label("Sterk punt 1").press_sequentially(" en tijd")
    until(page, lambda: stored(live)["strong"] == ["Rust en tijd"])
    page.reload()
    expect(rubens.stand()).to_contain_text(SENT)
    assert page.locator("#keuze").count() == 0
    assert (stored(live)["strong"], len(forms(live))) == (["Rust en tijd"], 1)


def test_two_devices_and_a_choice(
    live: Live, rubens: Phone, at_work: Practising, tmp_path: Path, browser: Browser
) -> None:
    """The tablet was first. On the phone both stand side by side, and nothing is decided for him."""
    page = rubens.page
    rubens.connected(connected=False)
    unfold(page)
    page.get_by_label("Sterk punt 1").fill("Rust")
    level(page, "Laten maken", "Overtuigend").check()
    page.get_by_label("Groeipunt 1").fill("Vragen stellen")
    rubens.kept()
    with phone(live, tmp_path / "tablet", browser) as tablet:
        tablet.sign_in(at_work.ruben.id)
        tablet.take_along(at_work.record_id)
        unfold(tablet.page)
        tablet.page.get_by_label("Sterk punt 1").fill("Humor")
        level(tablet.page, "Laten maken", "Op weg").check()
        tablet.page.get_by_label("Afspraak 1").fill("Donderdag bellen")
        expect(tablet.stand()).to_contain_text(SENT, timeout=20_000)
    kept = stored(live)
    rubens.connected(connected=True)
    choice = page.locator("#keuze")
    expect(choice).to_be_visible(timeout=20_000)
    expect(choice).to_contain_text("Dit kwam er van het andere apparaat bij: Afspraak 1.")
    expect(rubens.stand()).to_have_text("Kies wat geldt")
    accessible(page)
    assert stored(live) == kept  # nothing was overwritten
    page.reload()  # the question stays
    expect(choice).to_be_visible()
    page.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(choice.get_by_role("alert")).to_contain_text("Kies nog wat geldt")
    choice.get_by_role("radiogroup", name="Laten maken").get_by_label(re.compile("^Wat daar staat")).check()
    choice.get_by_role("radiogroup", name="Sterk punt 1").get_by_label(re.compile("^Allebei")).check()
    page.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(rubens.stand()).to_contain_text(SENT, timeout=20_000)
    expect(page.get_by_label("Sterk punt 1")).to_have_value("Rust / Humor")
    after = stored(live)
    assert (after["strong"], after["growing"]) == (["Rust / Humor"], ["Vragen stellen"])
    assert (after["scores"], after["agreements"]) == ({"SM1": 2}, ["Donderdag bellen"])


def test_a_new_release_takes_the_place_of_the_old(live: Live, rubens: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    names = rubens.page.evaluate("caches.keys().then(all => all.filter(name => !name.startsWith('lezen')))")
    monkeypatch.setattr("app.web.pages.observing.release", lambda *_: "een-nieuwe-uitgave")
    rubens.page.goto("/coach")
    rubens.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    live.eventually(
        lambda: (
            rubens.page.evaluate("caches.keys().then(all => all.filter(name => !name.startsWith('lezen')))")
            == ["observatie-een-nieuwe-uitgave"]
        ),
        "the new release alone",
    )
    assert names != ["observatie-een-nieuwe-uitgave"]
    rubens.connected(connected=False)
    rubens.page.goto("/coach")  # no list without a connection: the forms that are here instead
    expect(rubens.page.get_by_role("heading", level=1, name="Formulieren op deze telefoon")).to_be_visible()
    expect(rubens.page.get_by_role("link", name="Open Noor de Wit")).to_be_visible()
    accessible(rubens.page)


def test_two_tabs_do_not_write_through_each_other(live: Live, rubens: Phone, at_work: Practising) -> None:
    first = rubens.page
    second = rubens.new_tab()
    second.goto(f"/coach/observatie#{at_work.record_id}")
    expect(second.get_by_text("Dit formulier staat al open")).to_be_visible()
    first.close()
    second.reload()
    expect(second.get_by_label("Sterk punt 1")).to_be_attached()


def test_nothing_personal_is_kept_by_the_worker(live: Live, rubens: Phone, at_work: Practising) -> None:
    rubens.page.goto("/coach")
    rubens.page.goto(f"/coach/{at_work.record_id}")
    kept = rubens.page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const asked of await cache.keys()) {
                    const text = await (await cache.match(asked, {ignoreVary: true})).text();
                    found.push([new URL(asked.url).pathname, /Noor de Wit|data-who=/.test(text)]);
                }
            }
            return found;
        }"""
    )
    assert [path for path, personal in kept if personal] == []
    assert [
        path for path, _ in kept if not path.startswith(("/static/", "/coach/observatie", "/geen-verbinding"))
    ] == []


def test_by_keyboard_and_one_point_at_a_time(live: Live, rubens: Phone) -> None:
    """Nothing but keys, from the switch to the answer of the server."""
    page = rubens.page
    press = page.keyboard.press
    page.get_by_role("button", name="Eén per scherm").focus()
    press("Enter")
    expect(page.get_by_text("1 van 8")).to_be_visible()
    accessible(page)
    for answer in ("Zoals bedoeld", "Ja", "Zoals bedoeld", "Ja"):
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.matches('#vak [type=radio]')"):
            press("Tab")
        press("Space")
        while answer not in page.evaluate("document.activeElement.closest('label').textContent"):
            press("ArrowDown")
        to_button(page, "Volgende")
        press("Enter")
    expect(page.get_by_text("5 van 8")).to_be_visible()  # photos may stay empty
    to_button(page, "Volgende")
    press("Enter")
    for text in ("Rust", "Vragen", "Donderdag bellen"):
        while not page.evaluate("document.activeElement.matches('#vak [type=text]')"):
            press("Tab")
        page.keyboard.type(text)
        if text != "Donderdag bellen":
            to_button(page, "Volgende")
            press("Enter")
    accessible(page)
    to_button(page, "Klaar met invullen")
    press("Enter")
    expect(page.get_by_role("link", name="Ga naar aftekenen")).to_be_visible(timeout=20_000)
    assert stored(live)["scores"] == {"SM1": 3, "VS1": 3}
    page.reload()
    expect(page.get_by_role("button", name="Eén per scherm")).to_have_attribute("aria-pressed", "true")  # remembered


def test_what_lacks_is_said_and_leads_there(live: Live, rubens: Phone) -> None:
    page = rubens.page
    page.get_by_role("button", name="Klaar met invullen").click()
    summary = page.locator("#vak [role=alert] .errors a")
    expect(summary).to_have_count(7)
    accessible(page)
    page.get_by_role("link", name="Kies een niveau bij ‘Afspraken bewaken’.").click()
    expect(page.locator("#f-score_VS1")).to_be_focused()
    page.get_by_role("button", name="Eén per scherm").click()
    page.get_by_role("button", name="Wat houden de niveaus in? Laten maken").click()
    assert forms(live) == []
