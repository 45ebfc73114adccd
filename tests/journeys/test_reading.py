"""Reading a lesson: on with it on another device, writing, watching, saving a passage, and all without a connection."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.theory import actions
from app.theory.tables import LessonCompletion, LessonNote, LessonTime, LessonWork, ReadingPlace
from tests.checking import make_check
from tests.journeys.conftest import Live, accessible, wait_until
from tests.journeys.test_observing import sign_in
from tests.trained import Training, in_training

Row = TypeVar("Row", LessonCompletion, LessonNote, LessonTime, LessonWork, ReadingPlace)
COURSE: Final = Path(__file__).parents[1] / "courses" / "lezen"
LESSON: Final = "/opleiding/lezen/alles-in-een-les"
FIRST: Final = "/opleiding/lezen/een-afspraak"


def learner(live: Live, *, past_the_first: bool = True) -> Training:
    with live.parts.database.writing() as db:
        training = in_training(db, live.parts.storage, now=live.clock.now(), folder=COURSE)
        noor, now = training.cast.noor, live.clock.now()
        if past_the_first:
            for slug in ("een-afspraak", "samen-iets-maken"):
                actions.finish_lesson(db, by=noor, course_slug="lezen", lesson_slug=slug, now=now)
            make_check(db, noor, "lezen", "toets-veilig-beginnen", now=now)
    return training


def rows(live: Live, table: type[Row]) -> list[Row]:
    with live.parts.database.reading() as db:
        found = list(db.scalars(select(table)))
        db.expunge_all()
        return found


def at_the_top(page: Page, id_: str) -> bool:
    return bool(page.evaluate("id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 260", id_))


def test_on_with_it_on_another_device(live: Live) -> None:
    training = learner(live)
    phone, desk = live.person(), live.person(phone=False)
    for page in (phone, desk):
        sign_in(live, page, training.cast.noor.id)
    phone.goto(LESSON)
    accessible(phone)
    phone.locator("#schrijf").evaluate("el => scrollTo(0, el.getBoundingClientRect().top + scrollY - 90)")
    wait_until(lambda: [one.anchor for one in rows(live, ReadingPlace)] == ["schrijf"], "her place")
    phone.close()  # as if it crashed

    desk.goto("/traject")
    desk.get_by_role("link", name="Verder waar je was").click()
    expect(desk).to_have_url(f"{live.address}{LESSON}#schrijf")
    assert at_the_top(desk, "schrijf")
    accessible(desk)

    _what_belongs_to_it(live, desk)
    other = _two_tabs(live, desk)
    _a_passage(live, other)
    other.goto(LESSON)
    other.get_by_role("button", name="Klaar, volgende les").click()
    expect(other).to_have_url(f"{live.address}/opleiding/lezen/nog-een-les")
    other.goto("/opleiding/lezen")
    accessible(other)
    other.goto("/opleiding/lezen/module/verder-lezen")
    accessible(other)
    assert sorted(one.kind for one in rows(live, LessonWork) if one.done_at) == ["question", "reflection", "video"]


def _what_belongs_to_it(live: Live, desk: Page) -> None:
    """It comes before the lesson is done, and the page leads there."""
    desk.get_by_role("button", name="Klaar, volgende les").click()
    desk.get_by_role("link", name="Een bladzijde scheuren").first.click()
    assert [told for told in live.troubles if "422" not in told] == []
    live.troubles.clear()  # a browser complains of an answer that says what lacks
    film = desk.locator("video")
    film.evaluate("el => { el.muted = true; el.play(); }")
    expect(desk.locator("[data-played-stand]")).to_have_text("Klaar: dit telt mee.", timeout=15_000)
    desk.get_by_label("Ik haal water.").check()
    desk.get_by_role("button", name="Kijk mijn antwoord na").click()
    expect(desk.get_by_text("Nog niet.")).to_be_visible()
    desk.get_by_label("Ik blijf zitten en wacht even.").check()
    desk.get_by_role("button", name="Nog een keer nakijken").click()
    expect(desk.get_by_text("Goed gezien.")).to_be_visible()


def _two_tabs(live: Live, desk: Page) -> Page:
    """The second one is told that the first was first, and sees both texts."""
    other = desk.context.new_page()
    other.goto(LESSON)
    with desk.expect_request(lambda asked: "/schrijven/" in asked.url) as kept:
        desk.get_by_label("Jouw antwoord").fill("Neem de tijd.")
    assert kept.value.headers["x-person"] == desk.evaluate("document.documentElement.dataset.who")
    expect(desk.locator("#bewaard-jouw-zin")).to_contain_text("Bewaard op")
    other.get_by_label("Jouw antwoord").fill("m" * 5001)  # pasted: nothing of it is cut
    expect(other.locator("#f-jouw-zin-most")).to_contain_text("Tekens te veel: 1.")
    expect(other.get_by_label("Jouw antwoord")).to_have_value("m" * 5001)
    other.get_by_label("Jouw antwoord").fill("m" * 4990)
    expect(other.locator("#f-jouw-zin-most")).to_have_text("Tekens over: 10")
    accessible(other)
    other.get_by_label("Jouw antwoord").fill("Ik wacht even mee.")
    expect(other.locator("#bewaard-jouw-zin")).to_contain_text("ergens anders verder")
    desk.get_by_label("Jouw antwoord").fill("Neem de tijd. Echt.")  # the first goes on, and the second is closed
    expect(desk.locator("#bewaard-jouw-zin .saved")).to_contain_text("Bewaard op")
    wait_until(lambda: any(one.words == "Neem de tijd. Echt." for one in rows(live, LessonWork)), "the first")
    other.close()
    other = desk.context.new_page()
    other.goto(LESSON)
    mine = other.get_by_label("Jouw antwoord")
    expect(mine).to_have_value("Ik wacht even mee.")
    expect(other.get_by_text("Het was nog niet bewaard. Je tekst staat er weer.")).to_be_visible()
    expect(other.locator("#bewaard-jouw-zin")).to_contain_text("ergens anders verder")
    other.get_by_role("button", name="Bewaar en vergelijk").click()
    expect(other.get_by_text("Neem de tijd.")).to_be_visible()
    accessible(other)
    live.troubles.clear()
    other.get_by_role("button", name="Bewaar wat ik hier typte").click()
    expect(other.get_by_text("Bewaard.", exact=True)).to_be_visible()
    mine.fill("m" * 5001)
    expect(other.locator("#bewaard-jouw-zin")).to_contain_text("Nog niet bewaard")
    other.get_by_role("button", name="Laat mijn coach dit lezen").click()  # not what stood there before
    expect(other.get_by_text("Er passen 5000 tekens in").first).to_be_visible()
    expect(other.get_by_text("Je coach kan dit lezen")).to_have_count(0)
    live.troubles.clear()
    mine.fill("Ik wacht even mee. En dan?")
    other.get_by_role("button", name="Laat mijn coach dit lezen").click()
    expect(other.get_by_text("Je coach kan dit lezen")).to_be_visible()
    assert "Ik wacht even mee. En dan?" in [one.words for one in rows(live, LessonWork)]
    assert other.evaluate("Object.keys(localStorage).filter(name => name.startsWith('keep:'))") == []
    return other


def _a_passage(live: Live, other: Page) -> None:
    """Saved by keyboard alone."""
    other.get_by_role("button", name="Kies een passage").press("Enter")
    other.get_by_role("button", name="Bewaar deze passage").first.press("Enter")
    other.keyboard.type("Onthouden!")
    other.get_by_role("button", name="Bewaar mijn notitie").press("Enter")
    expect(other.get_by_text("Je notitie is bewaard.")).to_be_visible()
    assert [(one.words, one.quote[:11]) for one in rows(live, LessonNote)] == [("Onthouden!", "Wie begint,")]
    other.get_by_role("link", name="Al je notities").click()
    expect(other.get_by_text("Onthouden!").first).to_be_visible()
    accessible(other)


def test_minutes_are_counted_where_the_course_says_so(live: Live) -> None:
    """Without a connection they wait together, and what cannot be true is not counted."""
    training = learner(live, past_the_first=False)
    live.clock.advance(timedelta(hours=1))
    phone = live.person()
    sign_in(live, phone, training.cast.noor.id)
    phone.goto(FIRST)
    expect(phone.get_by_text("Deze opleiding telt je leesminuten")).to_be_visible()
    phone.evaluate("navigator.serviceWorker.ready")
    phone.mouse.wheel(0, 400)
    phone.wait_for_timeout(6_000)
    phone.goto("/opleiding/lezen")
    wait_until(lambda: [1 <= one.seconds <= 20 for one in rows(live, LessonTime)] == [True], "her seconds")
    accessible(phone)
    before = rows(live, LessonTime)[0].seconds
    live.clock.advance(timedelta(minutes=10))
    phone.goto(FIRST)
    expect(phone.get_by_text("Deze opleiding telt je leesminuten")).to_have_count(0)
    wait_until(lambda: phone.evaluate("caches.match(location.pathname).then(page => !!page)"), "the page is kept")
    phone.context.set_offline(True)
    for _ in range(2):
        phone.wait_for_timeout(4_000)
        phone.reload()
    waits = phone.evaluate("JSON.parse(localStorage.getItem('later:' + document.documentElement.dataset.who))")
    assert [one["url"] for one in waits if "seconds" in one["fields"]] == [f"{FIRST}/actief"], "one for the whole time"
    phone.context.set_offline(False)
    wait_until(lambda: before < rows(live, LessonTime)[0].seconds <= before + 40, "what she read offline")


def test_a_lesson_once_opened_needs_no_connection(live: Live) -> None:
    training = learner(live, past_the_first=False)
    phone = live.person()
    sign_in(live, phone, training.cast.noor.id)
    phone.goto("/opleiding/lezen/samen-iets-maken")
    phone.evaluate("navigator.serviceWorker.ready")
    phone.goto(FIRST)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Een afspraak")
    wait_until(lambda: phone.evaluate("caches.match(location.pathname).then(page => !!page)"), "the page is kept")
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Een afspraak")
    accessible(phone)
    phone.get_by_role("button", name="Klaar, volgende les").click()
    expect(phone.locator(".toast")).to_contain_text("We onthouden dat deze les klaar is")
    expect(phone).to_have_url(f"{live.address}/opleiding/lezen/samen-iets-maken")  # it was opened before
    assert rows(live, LessonCompletion) == []
    phone.context.set_offline(False)
    wait_until(
        lambda: [one.lesson_slug for one in rows(live, LessonCompletion)] == ["een-afspraak"], "what she did offline"
    )

    # who signs out leaves nothing to read on the device
    phone.goto("/traject")
    phone.evaluate("document.querySelector('form[action=\"/uitloggen\"]').requestSubmit()")
    expect(phone).to_have_url(f"{live.address}/")
    assert phone.evaluate("caches.has('lezen')") is False


def test_what_was_not_done_yet_is_told_and_leads_there(live: Live) -> None:
    """Without a connection she writes, and presses Klaar too early. Her words arrive; the lesson waits, and says so."""
    training = learner(live)
    phone = live.person()
    sign_in(live, phone, training.cast.noor.id)
    for path in ("/traject", LESSON):
        phone.goto(path)
        wait_until(lambda path=path: phone.evaluate("path => caches.match(path).then(one => !!one)", path), path)  # type: ignore[misc]
    phone.context.set_offline(True)
    phone.get_by_label("Jouw antwoord").fill("Ik wacht even mee.")
    expect(phone.locator("#stand")).to_contain_text("Je tekst staat veilig op dit toestel")
    phone.get_by_role("button", name="Klaar, volgende les").click()
    expect(phone.locator(".toast")).to_contain_text("We onthouden dat deze les klaar is")
    phone.goto("/traject")
    phone.evaluate("document.querySelector('form[action=\"/uitloggen\"]').requestSubmit()")
    question = phone.get_by_role("dialog", name="Er is nog iets niet verstuurd")
    expect(question.get_by_role("link", name="Eerst versturen")).to_have_attribute("href", LESSON)
    phone.keyboard.press("Escape")
    phone.context.set_offline(False)
    told = phone.locator("#onderweg .is-tomato")
    expect(told).to_contain_text("Alles in een les: Er hoort nog iets bij deze les.", timeout=15_000)
    accessible(phone)
    assert [(one.kind, one.words) for one in rows(live, LessonWork)] == [("reflection", "Ik wacht even mee.")]
    told.get_by_role("link", name="Alles in een les").click()
    expect(phone).to_have_url(f"{live.address}{LESSON}#blok-kort")
    expect(phone.get_by_label("Jouw antwoord")).to_have_value("Ik wacht even mee.")
    expect(told).to_be_visible()  # also beside the lesson
    phone.goto("/traject")
    expect(told).to_be_hidden()
    assert phone.evaluate("Object.keys(localStorage).filter(one => /^(later|keep|niet-aan)/.test(one))") == []
    live.troubles.clear()  # a browser complains of being without a connection, and of an answer that says no
