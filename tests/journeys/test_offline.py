"""What was opened before, where there is no signal or a bad one; and what it is to somebody else on the same device."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import anyio
import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import delete, select

from app.courses.actions import cohorts
from app.people.tables import SignIn
from app.theory.tables import LessonCompletion
from app.web.kit.route import Edge
from tests.journeys.conftest import Live, accessible, wait_until
from tests.journeys.test_observing import sign_in
from tests.journeys.walking import with_mailed_code
from tests.practising import VISIT_AT, make_group
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from app.web.kit.entry import Entry

LESSON: Final = "/opleiding/kort/een-afspraak"
WHOSE: Final = """async () => {
    const cache = await caches.open("lezen");
    const pages = (await cache.keys()).filter(one => new URL(one.url).pathname !== "/lezen/van");
    const texts = await Promise.all(pages.map(async one => (await cache.match(one, {ignoreVary: true})).text()));
    return texts.map(text => /data-who="([0-9]+)"/.exec(text)?.[1]);
}"""
KEPT: Final = "caches.open('lezen').then(one => one.keys()).then(all => all.map(one => new URL(one.url).pathname))"
SEND: Final = """to => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: to});
    document.body.append(form);
    form.submit();
}"""


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Paths that answer so late that a phone does not wait for them."""
    paths: set[str] = set()
    whole = Edge._respond  # a bad line is nothing that the program makes itself

    async def respond(edge: Edge, entry: Entry, request: Request) -> Response:
        if request.url.path in paths:
            await anyio.sleep(5)
        return await whole(edge, entry, request)

    monkeypatch.setattr(Edge, "_respond", respond)
    return paths


def trained(live: Live) -> tuple[Training, str]:
    """Noor with a group, in the morning of its first date; and Joris in the same training. Where her script stands."""
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=live.clock.now())
        cast, now = training.cast, live.clock.now()
        cohorts.enrol(db, by=cast.fatma, cohort_id=training.cohort_id, person_ids=[cast.joris.id], now=now)
        cohorts.confirm_enrolments(db, person_id=cast.joris.id, now=now)
        first, _ = make_group(db, cast.noor, now=now)
    live.clock.set(VISIT_AT - timedelta(hours=2))
    return training, f"/groep/data/{first}/draaiboek"


def kept(page: Page) -> list[str]:
    return list(page.evaluate(KEPT))


def ends(live: Live, person_id: int) -> None:
    """A session that ends while nobody looks."""
    with live.parts.database.writing() as db:
        db.execute(delete(SignIn).where(SignIn.person_id == person_id))


def done(live: Live) -> list[tuple[int, str]]:
    with live.parts.database.reading() as db:
        return [(one.enrolment_id, one.lesson_slug) for one in db.scalars(select(LessonCompletion))]


def send_here(page: Page, to: str) -> None:
    """Send a form from the page that is not kept; again, when that page looked anew by itself just then."""
    try:
        with page.expect_navigation():
            page.evaluate(SEND, to)
    except Error:
        nothing_here(page, "/account")
        with page.expect_navigation():
            page.evaluate(SEND, to)


def nothing_here(page: Page, path: str) -> None:
    """Without a connection this address tells that there is none, and shows nothing of anybody."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Geen verbinding")
    assert page.evaluate("document.documentElement.dataset.who") is None


def test_the_handbook_on_the_day_of_a_group(live: Live, late: set[str]) -> None:
    """She looked once in the morning, at home. In the hall there is no signal: the same links, times and ticks."""
    training, script = trained(live)
    phone = live.person()
    sign_in(live, phone, training.cast.noor.id)
    phone.goto("/traject")  # this phone never saw us before
    wait_until(lambda: {"/traject", script} <= set(kept(phone)), "home, and the script of today")
    phone.goto("/groep")
    phone.goto("/handboek/kort")
    wait_until(lambda: {"/groep", "/handboek/kort"} <= set(kept(phone)), "her group and the handbook")

    phone.context.set_offline(True)
    phone.goto("/traject")
    expect(phone.get_by_text("Zo was deze pagina toen je haar opende")).to_be_visible()
    today = phone.locator(".paper")  # what she came for goes before her next step, and is the one main button
    expect(today.get_by_role("heading", level=2)).to_contain_text("Vandaag, 13.30 uur")
    assert phone.locator("main .btn:not(.btn--line, .btn--quiet)").all_inner_texts() == ["Draaiboek van vandaag"]
    phone.get_by_role("link", name="Draaiboek van vandaag").click()
    expect(phone.get_by_role("heading", name="De eerste keer", level=1)).to_be_visible()
    expect(phone.locator(".step__at b").nth(1)).to_have_text("13.35")
    phone.get_by_label("Een dikke stift").check()
    accessible(phone)
    phone.get_by_role("link", name="Praktijk").last.click()
    phone.get_by_role("link", name="Draaiboek van vandaag").click()
    expect(phone.get_by_label("Een dikke stift")).to_be_checked()
    phone.get_by_role("link", name="Handboek", exact=True).click()
    expect(phone.get_by_role("heading", name="Handboek", level=1)).to_be_visible()

    nothing_here(phone, "/account")
    here = phone.get_by_role("region", name="Dit kun je wel lezen")
    titles = {"Handboek Kort traject", "De eerste keer", "Mijn groep", "Mijn traject"}  # what came last stands first
    wait_until(lambda: {one.strip() for one in here.get_by_role("link").all_inner_texts()} == titles, "the kept pages")
    accessible(phone)
    send_here(phone, "/account/taal")
    expect(phone.get_by_text("Wat je net verstuurde, is niet bij ons aangekomen.")).to_be_visible()
    accessible(phone)
    phone.goto("/opleiding/kort/een-afspraak")
    here.get_by_role("link", name="De eerste keer").click()
    expect(phone.locator(".step__at b").nth(1)).to_have_text("13.35")

    phone.context.set_offline(False)
    _as_it_is(phone, script)
    expect(phone.get_by_label("Een dikke stift")).to_be_checked()
    late.add("/groep")
    phone.goto("/groep")  # a line that is too bad to wait for
    expect(phone.get_by_text("Je internet is weg of traag.")).to_be_visible()
    expect(phone.get_by_role("link", name="Draaiboek van vandaag")).to_be_visible()
    late.clear()
    with phone.expect_navigation():
        phone.get_by_role("button", name="Laat die zien").click()
    _as_it_is(phone, "/groep")
    _forget_offline(live)


def test_another_person_on_the_same_device(live: Live, late: set[str]) -> None:
    """Her session ended by itself. Who comes in then sees nothing of her, and sends nothing of what she did."""
    training, script = trained(live)
    noor, joris = training.cast.noor.id, training.cast.joris.id
    device = live.person()
    sign_in(live, device, noor)
    for path in ("/traject", script, LESSON):
        device.goto(path)
        wait_until(lambda path=path: path in kept(device), path)  # type: ignore[misc]
    left_open = device.context.new_page()
    left_open.goto(LESSON)
    device.context.set_offline(True)
    device.get_by_role("button", name="Klaar, volgende les").click()
    expect(device.locator(".toast")).to_contain_text("We onthouden dat deze les klaar is")
    ends(live, noor)
    device.context.set_offline(False)
    asks = [page.locator(".toast", has_text="Log weer in") for page in (device, left_open)]
    wait_until(lambda: any(one.is_visible() for one in asks), "the tab of hers that sends, and tells")

    with_mailed_code(live, device, "joris@demo.example")
    left_open.evaluate("dispatchEvent(new Event('online'))")
    expect(left_open.locator(".toast")).to_contain_text("iemand anders ingelogd")
    late.add(LESSON)
    device.goto(LESSON)
    assert device.evaluate("document.documentElement.dataset.who") == str(joris)
    wait_until(lambda: LESSON in kept(device), "his lesson")
    assert set(device.evaluate(WHOSE)) == {str(joris)}
    device.context.set_offline(True)
    nothing_here(device, script)
    expect(device.get_by_role("link", name="Een afspraak")).to_have_attribute("href", LESSON)  # his own
    expect(device.get_by_role("link", name="De eerste keer")).to_have_count(0)
    assert done(live) == []

    late.clear()
    with device.expect_navigation():  # it looks again by itself, at what is not his
        device.context.set_offline(False)
    device.goto("/traject")
    ends(live, joris)
    device.goto("/traject")
    expect(device).to_have_url(f"{live.address}/inloggen?next=/traject")
    assert kept(device) == []  # at the door nothing is left to read
    sign_in(live, device, noor)
    device.goto("/traject")
    expect(device.locator(".toast")).to_contain_text("Doorgegeven")
    assert done(live) == [(training.enrolment_id, "een-afspraak")]
    _forget_offline(live)


def _as_it_is(page: Page, path: str) -> None:
    """Open the page of now; a busy machine may be a bad line too."""

    def is_new() -> bool:
        page.goto(path)
        return page.get_by_text("Zo was deze pagina").count() == 0

    wait_until(is_new, f"{path} as it is now")


def _forget_offline(live: Live) -> None:
    """A browser complains of being without a connection, also for a letter type, and of an answer that says no."""
    known = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "404", "409")
    live.troubles[:] = [told for told in live.troubles if not any(one in told for one in known)]
