"""What stands beside the form on a phone: notes, photos of an attempt that is over, a visit without scores."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from app.practice import inputs
from app.practice.actions import noting, visits
from app.practice.tables.evidence import Evidence
from tests.journeys.conftest import Live, accessible
from tests.journeys.observing import forms, stored
from tests.journeys.phone import SENT, Phone, phone
from tests.practising import Practising, begin, observe, sign


@pytest.fixture
def phones(live: Live, tmp_path: Path, browser: Browser) -> Iterator[Callable[[Practising], Phone]]:
    """Ruben's phone, with the form of some work on it."""
    with phone(live, tmp_path / "phone", browser) as made:

        def ready(at_work: Practising) -> Phone:
            made.sign_in(at_work.ruben.id)
            made.take_along(at_work.record_id)
            return made

        yield ready


def test_notes_open_with_the_form(live: Live, phones: Callable[[Practising], Phone]) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned")
    with live.parts.database.writing() as db:
        which = at_work.training.enrolment_id
        given = inputs.Note(text="Vraag hoe het met de ruimte ging")
        noting.write_note(db, by=at_work.ruben, enrolment_id=which, given=given, now=live.clock.now())
    rubens = phones(at_work)
    rubens.connected(connected=False)
    rubens.page.reload()
    rubens.page.locator("summary", has_text="Notities").click()
    expect(rubens.page.locator("details", has_text="Notities").get_by_text("Ruben Haddad")).to_be_visible()
    expect(rubens.page.locator(".lines", has_text="Vraag hoe het met de ruimte ging")).to_be_visible()
    accessible(rubens.page)


def test_photos_of_an_attempt_that_is_over_are_not_lost_and_land_nowhere_else(
    live: Live, phones: Callable[[Practising], Phone], tmp_path: Path
) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="handed_in")
    rubens = phones(at_work)
    page = rubens.page
    Image.new("RGB", (320, 240), (90, 120, 160)).save(tmp_path / "kring.jpg")
    rubens.connected(connected=False)
    page.locator("#f-photo").set_input_files(tmp_path / "kring.jpg")
    page.get_by_label("Nee, niemand").check()
    rubens.kept()
    observe(live.parts.database, at_work, live.clock, score_VS1="1")
    sign(live.parts.database, at_work, live.clock, "not_met")
    with live.parts.database.writing() as db:
        by, date_id = at_work.ruben, at_work.dates[1]
        visits.plan_visit(db, by=by, record_id=at_work.record_id, date_id=date_id, now=live.clock.now())
    rubens.connected(connected=True)
    expect(page.get_by_text("Niet verstuurd").first).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.get_by_text("Deze foto’s zijn niet verstuurd")).to_be_visible(timeout=20_000)
    expect(page.locator(".proofs img")).to_be_visible()
    accessible(page)
    with live.parts.database.reading() as db:
        assert db.scalar(select(func.count()).where(Evidence.added_by_id == at_work.ruben.id)) == 0
    page.get_by_role("button", name="Haal dit van mijn telefoon").click()
    page.get_by_role("button", name="Ja, haal het weg").click()
    rubens.open(at_work.record_id)  # the form of the next visit
    live.eventually(lambda: rubens.holds("photos") == 0, "the photos to go")


def test_a_visit_without_scores(live: Live, phones: Callable[[Practising], Phone]) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned", decides=False)
    rubens = phones(at_work)
    page = rubens.page
    rubens.connected(connected=False)
    page.reload()
    expect(page.get_by_role("radiogroup")).to_have_count(0)
    page.get_by_role("button", name="Klaar met invullen").click()
    expect(page.get_by_text("Nog 3 dingen invullen")).to_be_visible()
    page.get_by_label("Sterk punt 1").fill("Rust")
    page.get_by_label("Groeipunt 1").fill("Vaker open vragen")
    page.get_by_label("Afspraak 1").fill("Noor schrijft drie vragen op")
    page.get_by_role("button", name="Klaar met invullen").click()
    expect(page.get_by_text("Je bent klaar met invullen.")).to_be_visible()
    rubens.connected(connected=True)
    expect(rubens.stand()).to_contain_text(SENT, timeout=20_000)
    accessible(page)
    assert (stored(live)["strong"], stored(live)["scores"]) == (["Rust"], {})
    assert forms(live)[0].finished_at is not None


def test_signing_out_everywhere_asks_too(live: Live, phones: Callable[[Practising], Phone]) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="planned")
    rubens = phones(at_work)
    page = rubens.page
    page.route("**/observatie", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_label("Sterk punt 1").fill("Rust")
    rubens.kept()
    page.goto("/account")
    page.get_by_role("button", name="Log overal uit").click()
    question = page.get_by_role("dialog", name="Er is nog iets niet verstuurd")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Toch uitloggen").click()
    page.wait_for_url(re.compile("/inloggen"))
    assert rubens.holds("drafts") == 1
