"""What of courses and their editions asks for an admin on the work list; on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from app.certification.actions import grant
from app.certification.tables import StandingSpan
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.reports.worklist import Work, WorkLine, work_list
from tests.editing import OTHER_WORDS, Edits, publish_edited
from tests.trained import Training, finish_theory, in_training, sign_everything

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: Storage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now())


def lines(database: Database, clock: MovableClock, what: Work) -> list[WorkLine]:
    with database.reading(snapshot=True) as db:
        found = work_list(db, now=clock.now(), first_steps_open=False).lines
    return [line for line in found if line.what is what]


def publish(database: Database, storage: Storage, clock: MovableClock, edits: Edits = OTHER_WORDS) -> int:
    with database.writing() as db:
        return publish_edited(db, storage, edits, now=clock.now())


def test_a_round_is_asked_for_where_somebody_owes_a_meeting(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    """In practice she may be a trainer by spring; with a certificate she is; without one then, nobody needs a round."""
    assert lines(database, clock, Work.TO_PLAN) == []  # only reads as yet
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
        sign_everything(db, training, now=clock.now())
    assert len(lines(database, clock, Work.TO_PLAN)) == 1
    with database.writing() as db:
        grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=clock.now())
    assert len(lines(database, clock, Work.TO_PLAN)) == 1
    with database.writing() as db:  # she stops before the spring begins
        soon = local_day(clock.now()) + timedelta(days=60)
        db.execute(update(StandingSpan).where(StandingSpan.state == "valid").values(ends_on=soon))
        db.execute(update(StandingSpan).where(StandingSpan.starts_on > soon).values(state="relinquished"))
    assert lines(database, clock, Work.TO_PLAN) == []
    with database.writing() as db:
        db.execute(update(StandingSpan).values(state="valid", ends_on=None))
    publish(database, storage, clock, {"policy.yaml": ("intervisions_min: 1", "intervisions_min: 0")})
    assert lines(database, clock, Work.TO_PLAN) == []  # the course asks no meetings any more
