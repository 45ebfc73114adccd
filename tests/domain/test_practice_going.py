"""What will be removed is told beforehand, and is what the job then removes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.courses.tables import Enrolment
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from app.practice.actions import keeping
from app.practice.going import AHEAD, SOON, going, going_page
from app.practice.rules.states import FILES_KEPT
from app.practice.tables.evidence import Evidence
from app.reports.worklist import Work, work_list
from tests.practising import add_photo, begin, hand_in, observe, sign


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def files_line(database: Database, clock: MovableClock) -> int:
    with database.reading() as db:
        lines = work_list(db, now=clock.now(), first_steps_open=False).lines
        return next((line.count for line in lines if line.what is Work.FILES_GO), 0)


def test_the_preview_is_what_the_job_removes(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    add_photo(database, at_work, clock)
    add_photo(database, at_work, clock, shade=30)
    hand_in(database, at_work, clock)
    observe(database, at_work, clock)
    decided = clock.now()
    sign(database, at_work, clock)

    with database.reading() as db:
        assert going(db, now=clock.now(), ahead=AHEAD) == []
    clock.set(decided + FILES_KEPT - AHEAD + timedelta(minutes=1))
    with database.reading() as db:
        [row] = going_page(db, now=clock.now()).rows
    assert (row.person_id, row.person, row.files) == (at_work.noor.id, "Noor de Wit", 2)
    assert row.day == (decided + FILES_KEPT).date()
    assert files_line(database, clock) == 0
    clock.set(decided + FILES_KEPT - SOON + timedelta(minutes=1))
    assert files_line(database, clock) == 2

    clock.set(decided + FILES_KEPT - timedelta(minutes=1))
    with database.writing() as db:
        assert keeping.expire_files(db, now=clock.now()).photos == 0
    clock.set(decided + FILES_KEPT + timedelta(minutes=1))
    with database.writing() as db:
        assert keeping.expire_files(db, now=clock.now()).photos == 2
        assert going(db, now=clock.now(), ahead=AHEAD) == []
    assert files_line(database, clock) == 0


def test_who_stops_is_told_of_too_and_the_first_end_counts(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    stopped = clock.now()
    sign(database, at_work, clock)
    with database.writing() as db:
        db.execute(update(Enrolment).values(withdrawn_at=stopped - timedelta(days=10)))
    clock.set(stopped + FILES_KEPT - timedelta(days=11))
    with database.reading() as db:
        [row] = going(db, now=clock.now(), ahead=SOON)
        assert row.day == (stopped - timedelta(days=10) + FILES_KEPT).date()
    clock.set(stopped + FILES_KEPT - timedelta(days=9))
    with database.writing() as db:
        assert keeping.expire_files(db, now=clock.now()).photos == 1
        assert db.scalars(select(Evidence.removed_at)).one() == clock.now()
