"""A gespreksleider with her phone in a hall where the connection comes and goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.intervision.room.tables import CircleTalk
from app.meetings.tables import MeetingSignup
from app.people.actions.sign_in import start_session
from tests.intervision_stage import START
from tests.journeys.conftest import accessible
from tests.page import Site
from tests.pages.test_case_room import WORDS, Room

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Live


def come_in(live: Live, person_id: int, *, phone: bool = True) -> Page:
    page = live.person(phone=phone)
    with live.parts.database.writing() as db:
        token = start_session(db, person_id=person_id, device="test", now=live.clock.now(), second=True)
    secure = live.address.replace("http:", "https:")
    page.context.add_cookies([{"name": "__Host-session", "value": token, "url": secure, "secure": True}])
    return page


def step(live: Live) -> int | None:
    with live.parts.database.reading() as db:
        return db.scalar(select(CircleTalk.step))


def present(live: Live) -> set[int]:
    with live.parts.database.reading() as db:
        query = select(MeetingSignup.person_id).where(MeetingSignup.attendance == "present")
        return set(db.scalars(query))


def test_the_list_and_the_clock_do_without_a_connection(live: Live) -> None:
    room = Room(Site(live.parts), live.clock)
    noor = come_in(live, room.cast.noor.id)
    noor.goto(room.path)
    accessible(noor)
    for label, words in zip(
        ("Geef het een titel", "Wat is je vraag?", "Wat gebeurde er?"), WORDS.values(), strict=True
    ):
        noor.get_by_label(label).fill(words)
    noor.get_by_role("button", name="Breng mijn casus in").click()
    noor.get_by_text("Je casus is ingebracht").wait_for()
    live.clock.set(START)

    ruben = come_in(live, room.cast.ruben.id)
    ruben.goto(f"/gesprek/{room.meeting}")
    accessible(ruben)
    ruben.get_by_role("link", name=WORDS["title"]).click()
    accessible(ruben)
    ruben.get_by_role("button", name="Kies deze casus").click()
    ruben.get_by_role("button", name="Begin en start de klok").click()
    clock = ruben.get_by_role("timer")
    clock.get_by_text("4:5").wait_for()  # five minutes, running
    accessible(ruben)

    ruben.context.set_offline(True)
    ruben.get_by_role("radiogroup", name="Noor de Wit").get_by_text("Aanwezig").click()
    ruben.get_by_role("button", name="10 minuten Casussen in het kort").click()
    clock.get_by_text("9:5").wait_for()
    assert (step(live), present(live)) == (0, set())
    assert ruben.get_by_text("De klok loopt door op deze telefoon").is_visible()
    live.clock.advance(timedelta(minutes=3))  # the program’s own, which stands still in between
    ruben.context.set_offline(False)
    live.eventually(lambda: step(live) == 1, "the step that was taken without a connection")
    ruben.get_by_text("Dit tikte je hier al aan").wait_for()  # the page came anew: the tap still stands
    ruben.get_by_role("button", name="Bewaar de lijst").click()
    ruben.get_by_text("De lijst is bewaard.").wait_for()
    assert present(live) == {room.cast.noor.id}
    assert not ruben.get_by_text("Dit tikte je hier al aan").is_visible()
    desk = come_in(live, room.cast.ruben.id, phone=False)
    desk.goto(f"/gesprek/{room.meeting}")
    accessible(desk)
    assert [one for one in live.troubles if "ERR_INTERNET_DISCONNECTED" not in one] == []
