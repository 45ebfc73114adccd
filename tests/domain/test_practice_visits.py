"""The coach's visit: planned on one of the group's dates, in both calendars, also when it changes."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.courses.actions.cohorts import withdraw
from app.delivery.inputs import Group
from app.delivery.queries import own_group
from app.delivery.tables import DeliveryDate
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.people.rules import Viewer
from app.practice.actions import dates, visits
from app.practice.own_practice import group_page
from app.practice.tables.work import CoachVisit
from app.settings import Settings
from tests.handing import planned_visit
from tests.people import KEYRING
from tests.practising import Practising, begin, group_form, hand_in

VISIT_KINDS = ("practice.visit_planned", "practice.visit_moved", "practice.visit_cancelled")


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def plan(database: Database, at_work: Practising, clock: MovableClock, date_id: int, by: Viewer | None = None) -> int:
    with database.writing() as db:
        return visits.plan_visit(
            db, by=by or at_work.ruben, record_id=at_work.record_id, date_id=date_id, now=clock.now()
        )


def letters(database: Database, kind: str, clock: MovableClock) -> dict[int, Letter]:
    """The letters of a kind as they would go out now, by reader."""
    desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
    with database.reading() as db:
        found = db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)).all()
        return {message.person_id: write(db, message, desk) for message in found}


def lines(calendar: str) -> dict[str, str]:
    unfolded = calendar.replace("\r\n ", "").splitlines()
    return {line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in unfolded}


def test_both_get_a_letter_with_the_visit(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    sent = letters(database, "practice.visit_planned", clock)
    assert set(sent) == {at_work.noor.id, at_work.ruben.id}
    to_noor = sent[at_work.noor.id]
    assert to_noor.subject == "Ruben komt bij je kijken op donderdag 3 december"
    assert "donderdag 3 december, 13.30 – 15.30" in to_noor.text
    assert "De Esdoorn, Dorpsstraat 1, Rotterdam" in to_noor.text
    assert to_noor.reply_to == "ruben@demo.example"
    assert to_noor.calendar is not None
    entry = lines(to_noor.calendar.body)
    assert (entry["METHOD"], entry["SEQUENCE"]) == ("REQUEST", "0")
    assert entry["DTSTART"] == "20261203T123000Z"
    assert sent[at_work.ruben.id].subject == "Je gaat bij Noor kijken op donderdag 3 december"


def test_moving_and_cancelling_keep_the_entry_and_raise_its_number(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    before = letters(database, "practice.visit_planned", clock)[at_work.noor.id].calendar
    assert plan(database, at_work, clock, at_work.dates[1]) == plan(database, at_work, clock, at_work.dates[1])
    moved = letters(database, "practice.visit_moved", clock)[at_work.noor.id].calendar
    assert before is not None
    assert moved is not None
    assert lines(before.body)["UID"] == lines(moved.body)["UID"]
    assert lines(moved.body)["SEQUENCE"] == "1"
    assert lines(moved.body)["DTSTART"] == "20261210T123000Z"
    with pytest.raises(NotDue):  # the first letter is overtaken
        letters(database, "practice.visit_planned", clock)
    with database.writing() as db:
        visits.cancel_visit(db, by=at_work.ruben, record_id=at_work.record_id, reason="Ik ben ziek", now=clock.now())
    gone = letters(database, "practice.visit_cancelled", clock)[at_work.noor.id]
    assert gone.calendar is not None
    assert gone.calendar.method == "CANCEL"
    assert lines(gone.calendar.body)["SEQUENCE"] == "2"
    assert "Ruben schrijft: Ik ben ziek" in gone.text
    with database.reading() as db:
        assert db.scalars(select(CoachVisit)).one().cancelled_at is not None
        actions = db.scalars(
            select(LedgerEvent.action).where(LedgerEvent.action.in_(VISIT_KINDS)).order_by(LedgerEvent.id)
        )
        assert list(actions) == list(VISIT_KINDS)


def test_after_cancelling_a_new_visit_is_a_new_entry(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    with database.writing() as db:
        visits.cancel_visit(db, by=at_work.ruben, record_id=at_work.record_id, reason="Ziek", now=clock.now())
    plan(database, at_work, clock, at_work.dates[1])
    with database.reading() as db:
        assert len(set(db.scalars(select(CoachVisit.uid)))) == 2


def test_who_left_gets_no_letter(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    training = at_work.training
    with database.writing() as db:
        withdraw(
            db,
            by=training.cast.fatma,
            cohort_id=training.cohort_id,
            enrolment_id=training.enrolment_id,
            now=clock.now(),
        )
    with pytest.raises(NotDue):
        letters(database, "practice.visit_planned", clock)


def test_dates_that_cannot_be_are_refused(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="prepared")

    def code(date_id: int) -> str:
        with pytest.raises(Refused) as told:
            plan(database, at_work, clock, date_id)
        return told.value.code

    assert code(999_999) == "date_unknown"
    clock.advance(timedelta(days=30))
    assert code(at_work.dates[0]) == "date_past"
    with pytest.raises(NotFound):
        plan(database, at_work, clock, at_work.dates[0], by=at_work.training.cast.fatma)


def test_a_visit_is_not_moved_once_the_work_is_in(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with pytest.raises(Refused) as told:
        plan(database, at_work, clock, at_work.dates[1])
    assert told.value.code == "visit_too_late"
    with database.writing() as db, pytest.raises(Refused):
        visits.cancel_visit(db, by=at_work.ruben, record_id=at_work.record_id, reason="Ziek", now=clock.now())


# The group


def save(database: Database, by: Viewer, clock: MovableClock, **changes: object) -> int:
    with database.writing() as db:
        group = own_group(db, by.id)
        known: dict[str, object] = {}
        if group is not None:
            known = {"group_id": group.id, "version": group.version}
            known |= {f"id_{number}": date.id for number, date in enumerate(group.coming, start=1)}
        given = Group.model_validate(group_form(**(known | changes)))
        return dates.keep_group(db, by=by, given=given, authorised=(), now=clock.now())


@pytest.mark.parametrize("day", ["2020-01-01", "2031-01-01"])
def test_a_year_that_was_typed_wrong_comes_back(
    database: Database, storage: Storage, clock: MovableClock, day: str
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    with pytest.raises(Refused) as told:
        save(database, at_work.noor, clock, day_2=day)
    assert (told.value.code, told.value.field) == ("date_far", "day_2")


def test_a_visit_follows_to_another_place(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    before = letters(database, "practice.visit_planned", clock)[at_work.ruben.id].calendar
    save(database, at_work.noor, clock, goal_group="Buren en hun kinderen")
    assert letters(database, "practice.visit_elsewhere", clock) == {}
    save(database, at_work.noor, clock, place="De Linde")
    told = letters(database, "practice.visit_elsewhere", clock)
    assert set(told) == {at_work.noor.id, at_work.ruben.id}
    assert told[at_work.ruben.id].subject == "Je bezoek bij Noor is op een andere plek"
    after = told[at_work.ruben.id].calendar
    assert before is not None
    assert after is not None
    assert lines(before.body)["UID"] == lines(after.body)["UID"]
    assert lines(after.body)["SEQUENCE"] == "1"
    assert "De Linde" in after.body
    with database.reading() as db:
        due = db.scalars(
            select(Message).where(Message.kind == "practice.visit_reminder", Message.suppressed_at.is_(None))
        )
        assert {one.data["sequence"] for one in due} == {1}
    clock.advance(timedelta(days=11))  # it is over
    save(database, at_work.noor, clock, place="De Eik")
    assert planned_visit(database).sequence == 1


def starts(database: Database) -> list[tuple[int, str, bool]]:
    with database.reading() as db:
        return [
            (date.id, f"{date.starts_at:%d %H:%M}", date.cancelled_at is not None)
            for date in db.scalars(select(DeliveryDate).order_by(DeliveryDate.starts_at))
        ]


def test_dates_change_come_and_go(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    first, second = at_work.dates
    save(database, at_work.noor, clock, day_1="2026-12-04")
    assert starts(database) == [(first, "04 12:30", False), (second, "10 12:30", False)]
    save(database, at_work.noor, clock, rows=1, day_1="2026-12-04")
    assert starts(database) == [(first, "04 12:30", False), (second, "10 12:30", True)]
    save(database, at_work.noor, clock, day_1="2026-12-04", day_2="2026-12-10", id_2="")
    assert starts(database) == [(first, "04 12:30", False), (second, "10 12:30", False)]


def test_dates_may_change_places(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    save(database, at_work.noor, clock, day_1="2026-12-10", day_2="2026-12-03")
    assert [row[1:] for row in starts(database)] == [("03 12:30", False), ("10 12:30", False)]


def test_a_date_with_a_visit_stays(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    before = starts(database)
    for changes in (
        {"day_1": "2026-12-04"},
        {"ends_1": "16:00"},
        {"rows": 1, "id_1": at_work.dates[1], "day_1": "2026-12-10"},
    ):
        with pytest.raises(Refused) as told:
            save(database, at_work.noor, clock, **changes)
        assert told.value.code == "date_has_visit"
    assert starts(database) == before
    save(database, at_work.noor, clock, day_2="2026-12-11", place="Elders")
    with database.reading() as db:
        page = group_page(db, at_work.noor, (), now=clock.now())
        assert page.group is not None
        assert page.group.place == "Elders"
        assert [date.coach for date in page.dates] == ["Ruben Haddad", ""]


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"day_1": "", "starts_1": "", "ends_1": "", "rows": 1}, ("group_needs_a_date", "day_1")),
        ({"ends_1": ""}, ("missing", "ends_1")),
        ({"ends_2": "13:30"}, ("date_ends_before_start", "ends_2")),
        ({"day_2": "2026-12-03", "starts_2": "15:00", "ends_2": "16:00"}, ("dates_overlap", "starts_2")),
        ({"kind_1": "end_presentation"}, ("one_end_presentation", "kind_2")),
        # The night in which two o'clock is three at once.
        ({"day_2": "2027-03-28", "starts_2": "02:30", "ends_2": "03:15"}, ("date_ends_before_start", "ends_2")),
        (
            {
                "day_1": "2027-03-28",
                "starts_1": "02:30",
                "ends_1": "02:45",
                "day_2": "2027-03-28",
                "starts_2": "03:30",
                "ends_2": "03:45",
            },
            ("dates_overlap", "starts_2"),
        ),
        ({"version": 99}, ("stale_group", None)),
    ],
)
def test_what_a_group_cannot_be(
    database: Database, storage: Storage, clock: MovableClock, changes: dict[str, object], told: tuple[str, str | None]
) -> None:
    at_work = begin(database, storage, clock)
    with pytest.raises(Refused) as refused:
        save(database, at_work.noor, clock, **changes)
    assert (refused.value.code, refused.value.field) == told


def test_a_group_needs_a_training_or_a_certificate(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    joris = at_work.training.cast.joris
    with pytest.raises(Refused) as told:
        save(database, joris, clock)
    assert told.value.code == "group_not_allowed"
    with database.reading() as db:
        group = own_group(db, at_work.noor.id)
    assert group is not None
    with pytest.raises(NotFound):
        save(database, joris, clock, group_id=group.id, version=group.version)


def test_without_dates_nothing_is_handed_in(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="prepared")
    with database.writing() as db:
        for date in db.scalars(select(DeliveryDate)):
            date.cancelled_at = clock.now()
    with pytest.raises(Refused) as told:
        hand_in(database, at_work, clock)
    assert told.value.code == "group_first"


def test_a_date_that_moves_and_a_visit_to_it_take_turns(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    """The coach plans while the professional gives that very date another day: who is second is told."""
    at_work = begin(database, storage, clock, until="prepared")
    begun = threading.Event()

    def move() -> str:
        begun.wait(timeout=20)
        with database.writing() as db:
            group = own_group(db, at_work.noor.id)
            assert group is not None
            fields = group_form(group_id=group.id, version=group.version, id_1=at_work.dates[0], day_1="2026-12-04")
            given = Group.model_validate(fields | {"id_2": str(at_work.dates[1])})
            try:
                dates.keep_group(db, by=at_work.noor, given=given, authorised=(), now=clock.now())
            except Refused as refused:
                return refused.code
        return "moved"

    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(move)
        with database.writing() as db:
            visits.plan_visit(
                db, by=at_work.ruben, record_id=at_work.record_id, date_id=at_work.dates[0], now=clock.now()
            )
            begun.set()
            time.sleep(0.3)  # long enough for the other to look, if nothing held her
        assert moving.result(timeout=20) == "date_has_visit"
