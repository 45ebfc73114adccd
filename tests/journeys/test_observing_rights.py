"""The form on a phone when who holds it changed meanwhile: signed out, somebody else, no coach any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, Response, Route, expect

from app.people.actions.accounts import revoke_role
from app.people.rules import Role
from tests.journeys.conftest import Live, accessible
from tests.journeys.observing import forms, stored
from tests.journeys.phone import SENT, Phone, phone
from tests.practising import Practising, begin, hand_over, observe, sign


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


def test_the_sign_in_ended_on_the_way(live: Live, rubens: Phone, at_work: Practising) -> None:
    page = rubens.page
    rubens.connected(connected=False)
    page.get_by_label("Sterk punt 1").fill("Rust")
    rubens.sign_in_ends()
    page.reload()
    expect(page.get_by_label("Sterk punt 1")).to_have_value("Rust")  # it opens without anybody signed in
    rubens.connected(connected=True)
    expect(page.get_by_text("Log opnieuw in om te versturen")).to_be_visible(timeout=20_000)
    accessible(page)
    assert forms(live) == []
    page.get_by_role("link", name="Log in").click()
    page.wait_for_url("**/inloggen?next=*")
    rubens.sign_in(at_work.ruben.id)
    page.goto(f"/coach/observatie#{at_work.record_id}")
    expect(rubens.stand()).to_contain_text(SENT, timeout=20_000)
    assert stored(live)["strong"] == ["Rust"]


def test_somebody_else_signs_in_on_this_phone(live: Live, rubens: Phone, at_work: Practising) -> None:
    """Bram took over, and signs in on Ruben's phone: he reads nothing of it, and nothing is sent as his."""
    page = rubens.page
    rubens.connected(connected=False)
    page.get_by_label("Sterk punt 1").fill("Rust")
    rubens.kept()
    handed = hand_over(live.parts.database, at_work, live.clock, "Bram de Boer")
    rubens.connected(connected=True)
    rubens.sign_in(handed.ruben.id)
    page.goto("/coach")
    page.goto(f"/coach/observatie#{at_work.record_id}")
    expect(page.get_by_label("Sterk punt 1")).to_have_value("")
    page.goto("/coach/observatie#")
    expect(page.get_by_text("Op deze telefoon staat werk van iemand anders")).to_be_visible()
    accessible(page)
    assert "Rust" not in page.content()
    assert forms(live) == []
    rubens.connected(connected=False)
    page.reload()  # nor without a connection
    expect(page.get_by_text("Op deze telefoon staat werk van iemand anders")).to_be_visible()
    assert "Rust" not in page.content()
    rubens.connected(connected=True)
    rubens.sign_in(at_work.ruben.id)  # Ruben again: still there, and told why it cannot be sent
    page.goto("/coach")
    page.goto(f"/coach/observatie#{at_work.record_id}")
    expect(page.get_by_text("Je begeleidt Noor niet meer")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Wat je schreef")).to_have_value(re.compile("Sterk punt 1: Rust"))
    assert forms(live) == []


def is_sent(seen: Request | Response) -> bool:
    return (seen.request if isinstance(seen, Response) else seen).method == "POST"


def test_signed_on_another_device_in_the_meantime(live: Live, rubens: Phone, at_work: Practising) -> None:
    page = rubens.page
    rubens.connected(connected=False)
    page.get_by_label("Sterk punt 1").fill("Wat ik nog wilde zeggen")
    rubens.kept()
    observe(live.parts.database, at_work, live.clock)
    sign(live.parts.database, at_work, live.clock)
    rubens.connected(connected=True)
    expect(page.get_by_text("Dit formulier is niet verstuurd")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Wat je schreef")).to_have_value(re.compile("Wat ik nog wilde zeggen"))
    accessible(page)
    assert stored(live)["strong"] == ["Rust"]
    on_its_way: list[Route] = []
    page.route("**/observatie", lambda route: on_its_way.append(route) if is_sent(route.request) else route.continue_())
    with page.expect_request(is_sent):
        page.evaluate("dispatchEvent(new Event('online'))")  # it is tried once more, and slowly
    page.get_by_role("button", name="Haal dit van mijn telefoon").click()
    page.get_by_role("button", name="Ja, haal het weg").click()
    expect(page.get_by_role("heading", level=1, name="Formulieren op deze telefoon")).to_be_visible()
    live.eventually(lambda: rubens.holds("drafts") == 0, "the draft to go")
    with page.expect_response(is_sent):
        on_its_way[0].continue_()
    page.reload()  # what the answer brought about is done by then
    expect(page.get_by_role("heading", level=1, name="Formulieren op deze telefoon")).to_be_visible()
    assert rubens.holds("drafts") == 0


def test_no_coach_any_more(live: Live, rubens: Phone, at_work: Practising) -> None:
    page = rubens.page
    rubens.connected(connected=False)
    page.get_by_label("Sterk punt 1").fill("Rust")
    with live.parts.database.writing() as db:
        for slug in at_work.ruben.coach_of:
            revoke_role(
                db,
                by=at_work.training.cast.fatma,
                person_id=at_work.ruben.id,
                role=Role.COACH,
                intervention=slug,
                now=live.clock.now(),
            )
    rubens.connected(connected=True)
    expect(page.get_by_text("Log opnieuw in om te versturen")).to_be_visible(timeout=20_000)
    rubens.sign_in(at_work.ruben.id)
    page.reload()
    expect(page.get_by_text("Je bent nu geen coach meer")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Wat je schreef")).to_have_value(re.compile("Rust"))
    live.troubles[:] = [one for one in live.troubles if "403" not in one]


def test_signing_out_with_something_unsent(live: Live, rubens: Phone) -> None:
    page = rubens.page
    page.route("**/observatie", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_label("Sterk punt 1").fill("Rust")
    rubens.kept()
    page.goto("/coach")
    page.get_by_role("button", name=re.compile("^Menu van")).click()
    page.get_by_role("button", name="Uitloggen", exact=True).click()
    question = page.get_by_role("dialog", name="Er is nog iets niet verstuurd")
    expect(question).to_be_visible()
    accessible(page)
    question.get_by_role("button", name="Toch uitloggen").click()
    page.wait_for_url(lambda url: not url.endswith("/coach"))
    page.goto("/coach/observatie")
    expect(page.get_by_text("Log eerst in")).to_be_visible()
    accessible(page)
    assert "Noor" not in page.content()
    assert rubens.holds("drafts") == 1


def test_signing_out_with_nothing_unsent_leaves_nothing(live: Live, rubens: Phone) -> None:
    page = rubens.page
    page.get_by_label("Sterk punt 1").fill("Rust")
    expect(rubens.stand()).to_contain_text(SENT, timeout=20_000)
    page.goto("/coach")
    page.get_by_role("button", name=re.compile("^Menu van")).click()
    page.get_by_role("button", name="Uitloggen", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/coach"))
    live.eventually(lambda: rubens.holds("forms") == 0, "the forms to go")
