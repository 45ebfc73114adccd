"""The own appointments at a secret address: what is in it, who may open it, and when it stops."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.ids import digest
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import Desk, write
from app.outbox.tables import Message
from app.people.actions import feeds, own_data, sign_in
from app.people.tables import CalendarFeed
from app.reports.agenda import KEPT, Appointment, agenda
from app.settings import Settings
from app.web.feeds import _written
from tests.intervision_stage import Stage
from tests.people import KEYRING
from tests.practising import begin


def of(database: Database, person_id: int, clock: MovableClock) -> list[Appointment]:
    with database.reading() as db:
        return agenda(db, person_id, now=clock.now())


def test_a_seat_is_in_it_as_long_as_there_is_one(stage: Stage, clock: MovableClock) -> None:
    noor, joris = stage.cast.noor.id, stage.cast.joris.id
    assert of(stage.database, noor, clock) == []
    stage.answer(noor, "yes")
    stage.answer(joris, "yes")
    (one,) = of(stage.database, noor, clock)
    assert (one.uid, one.sequence, one.path) == (stage.signup(noor).uid, stage.signup(noor).sequence, "/intervisie")
    assert one.starts_at == stage.meeting().starts_at
    assert "Neem mee: Eén werk uit je groep" in one.lines
    stage.answer(noor, "no")
    assert of(stage.database, noor, clock) == []
    clock.advance(KEPT * 2)
    assert of(stage.database, joris, clock) == []


def test_visits_and_presentations_are_the_entries_of_the_mails_without_names(
    database: Database, data_dir: Path, clock: MovableClock
) -> None:
    at_work = begin(database, folder(data_dir / "files"), clock, until="planned")
    settings = Settings(data_dir=data_dir)
    mailed = set()
    with database.reading() as db:
        kinds = ("practice.visit_planned", "delivery.presentation_planned")
        for message in db.scalars(select(Message).where(Message.kind.in_(kinds))):
            letter = write(db, message, Desk(settings, KEYRING, clock.now()))
            assert letter.calendar is not None
            entry: Any = Calendar.from_ical(letter.calendar.body).walk("VEVENT")[0]
            mailed.add((message.person_id, str(entry["UID"]), int(entry["SEQUENCE"]), entry["DTSTART"].dt))
    fetched = set()
    for person_id, path in ((at_work.noor.id, "/praktijk/"), (at_work.ruben.id, "/coach")):
        found = of(database, person_id, clock)
        assert any(path in one.path for one in found)
        text = _written(found, person_id, settings=settings, now=clock.now())
        assert not re.search("noor|ruben|mailto", text, re.IGNORECASE)
        assert "METHOD" not in text
        entries: list[Any] = Calendar.from_ical(text).walk("VEVENT")
        for entry in entries:
            fetched.add((person_id, str(entry["UID"]), int(entry["SEQUENCE"]), entry["DTSTART"].dt))
    assert fetched == mailed
    assert len(fetched) == 4


def test_a_secret_is_known_by_its_digest_only_and_stops_when_it_should(stage: Stage) -> None:
    noor, joris = stage.cast.noor, stage.cast.joris

    def make(label: str) -> str:
        return str(stage.do(lambda db: feeds.make_feed(db, by=noor, label=label, now=stage.now)))

    def owner(token: str) -> Any:
        return stage.see(lambda db: feeds.owner_of(db, token))

    tokens = [make(f"Agenda {number}") for number in range(feeds.FEEDS_MAX)]
    with pytest.raises(Refused, match="too_many_feeds"):
        make("Nog een")
    hashes = stage.see(lambda db: set(db.scalars(select(CalendarFeed.token_hash))))
    assert hashes == {digest(token) for token in tokens}
    assert [owner(token) for token in tokens] == [noor.id] * 5
    first = stage.see(lambda db: db.scalars(select(CalendarFeed.id).order_by(CalendarFeed.id)).first())
    with pytest.raises(NotFound):
        stage.do(lambda db: feeds.take_back_feed(db, by=joris, feed_id=first, now=stage.now))
    stage.do(lambda db: feeds.take_back_feed(db, by=noor, feed_id=first, now=stage.now))
    assert owner(tokens[0]) is None
    assert owner(tokens[1]) == noor.id
    told = stage.see(lambda db: own_data.export_of(db, noor.id)["agendalinks"])
    assert [line["naam"] for line in told] == ["Agenda 1", "Agenda 2", "Agenda 3", "Agenda 4"]
    stage.do(lambda db: sign_in.revoke_all(db, person_id=noor.id, now=stage.now, keep=noor.sign_in_id))
    assert [owner(token) for token in tokens] == [None] * 5
    actions = stage.see(lambda db: list(db.scalars(select(LedgerEvent.action).where(LedgerEvent.actor_id == noor.id))))
    assert (actions.count("people.calendar_feed_made"), actions.count("people.calendar_feed_taken_back")) == (5, 1)
