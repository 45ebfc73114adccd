"""A coach falls ill: the admin hands her forty people over in three clicks, on a desk and on a phone."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app.courses.actions import availability
from app.courses.inputs import AwayGiven, Room
from app.jobs.tables import Job
from app.outbox.tables import Message
from tests.handing import coaches_now, make_coach, make_people
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.practising import begin

PEOPLE = 40
SLOWLY = 20_000  # milliseconds


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_forty_people_in_three_clicks(live: Live, phone: bool) -> None:
    database, now = live.parts.database, live.clock.now()
    at_work = begin(database, live.parts.storage, live.clock, until="planned")
    cast = at_work.training.cast
    with database.writing() as db:
        make_people(db, at_work.training, PEOPLE - 1, coach_id=at_work.ruben.id, now=now)
        others = [make_coach(db, name, now=now) for name in ("Bram de Boer", "Els Vermeer", "Ilse Smit")]
        for coach, most in zip(others, (25, 10, 10), strict=True):
            room = Room(people_max=most, visits_per_week=2, regions="Rotterdam")
            availability.set_room(db, by=cast.fatma, person_id=coach, given=room, now=now)
        ill = AwayGiven.model_validate({"reason": "ill", "starts_on": "2026-11-23", "ends_on": ""})
        availability.note_absence(db, by=cast.fatma, person_id=at_work.ruben.id, given=ill, now=now)
        db.execute(
            update(Job).where(Job.kind == "outbox.send").values(ended_at=now)
        )  # letters of before stay where they are
    page = live.person(phone=phone)
    sign_in(live, page, cast.fatma.id)
    page.goto("/beheer")
    expect(page.get_by_text("40 mensen hebben nu geen coach")).to_be_visible(timeout=SLOWLY)
    accessible(page)
    task = page.locator(".task", has_text="40 mensen hebben nu geen coach")
    task.get_by_role("link", name="Kies een coach").click()  # one
    expect(page.get_by_role("heading", level=1)).to_have_text("Draag over van Ruben Haddad", timeout=SLOWLY)
    expect(page.get_by_label("Ziek")).to_be_checked()
    accessible(page)
    page.get_by_role("radio", name="Tijdelijk").check()  # two: it was so already, said by what we know of her
    page.get_by_role("button", name="Draag 40 mensen over").click()  # three
    expect(page.get_by_text("Overgedragen. Iedereen krijgt één mail.")).to_be_visible(timeout=SLOWLY)
    expect(page.get_by_text("40 mensen zijn tijdelijk bij een ander")).to_be_visible()
    accessible(page)
    # by the share of room that each has
    assert Counter(coaches_now(database).values()) == Counter(dict(zip(others, (22, 9, 9), strict=True)))
    with database.reading() as db:
        told = db.execute(select(Message.kind, Message.person_id).where(Message.kind.like("handover.%"))).all()
    assert len(told) == len(set(told)) == PEOPLE + len(others) + 1  # one letter for each of them
