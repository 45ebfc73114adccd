"""What ends with a training: a visit that was still to come, for both and for their calendars."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.courses.actions.cohorts import withdraw
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from app.letters.desk import Desk, write
from app.outbox.tables import Message
from app.practice.actions.ended import call_off_visits
from app.practice.tables.work import CoachVisit
from app.settings import Settings
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import Practising, begin

KIND = "practice.visit_cancelled"


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def stop(database: Database, at_work: Practising, clock: MovableClock) -> None:
    training = at_work.training
    with database.writing() as db:
        given = {"cohort_id": training.cohort_id, "enrolment_id": training.enrolment_id}
        withdraw(db, by=training.cast.fatma, now=clock.now(), **given)


def work_off(database: Database, data_dir: Path, storage: Storage, clock: MovableClock) -> None:
    run_due(Work(Settings(data_dir=data_dir), clock, database, storage, KEYRING))


def test_who_stops_is_not_visited_any_more(
    database: Database, data_dir: Path, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="planned")
    stop(database, at_work, clock)
    work_off(database, data_dir, storage, clock)
    desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
    with database.reading() as db:
        visit = db.scalars(select(CoachVisit)).one()
        assert (visit.cancelled_at, visit.coach_id) == (clock.now(), at_work.ruben.id)
        told = db.scalars(select(Message).where(Message.kind == KIND).order_by(Message.person_id)).all()
        assert [one.person_id for one in told] == [at_work.noor.id, at_work.ruben.id]
        for one, words in zip(told, ("Je opleiding is gestopt.", "volgt de opleiding niet meer."), strict=True):
            letter = write(db, one, desk)
            assert words in letter.text
            assert "academie.test/" not in letter.text.partition("Waar:")[2]  # there is nothing to go to
            assert letter.calendar is not None
            assert "METHOD:CANCEL" in letter.calendar.body
        reminders = select(func.count()).select_from(Message).where(Message.kind == "practice.visit_reminder")
        assert db.scalar(reminders.where(Message.suppressed_at.is_(None))) == 0
    with database.writing() as db:
        call_off_visits(db, enrolment_id=at_work.training.enrolment_id, now=clock.now() + timedelta(hours=1))
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message).where(Message.kind == KIND)) == 2


def test_a_visit_that_was_stays(database: Database, data_dir: Path, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    stop(database, at_work, clock)
    work_off(database, data_dir, storage, clock)
    with database.reading() as db:
        assert db.scalars(select(CoachVisit.cancelled_at)).one() is None


def test_who_goes_on_keeps_her_visit(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="planned")
    with database.writing() as db:
        call_off_visits(db, enrolment_id=at_work.training.enrolment_id, now=clock.now())
        assert db.scalars(select(CoachVisit.cancelled_at)).one() is None
