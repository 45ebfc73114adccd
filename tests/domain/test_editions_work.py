"""What of courses and their editions asks for an admin on the work list; on both databases."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from app.certification.actions import grant
from app.certification.keeping_up import deciding, trainers
from app.certification.tables import StandingSpan
from app.kit.errors import Forbidden, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.reports.worklist import Work, WorkLine, work_list
from app.theory import keeping, staying, updating
from app.theory.moving import move
from app.theory.moving_page import edition_page
from app.upkeep.invariants import invariants
from tests.domain.test_at_once import at_once
from tests.editing import LAST_WORDS, OTHER_WORDS, Edits, publish_edited
from tests.trained import Training, finish_theory, in_training, sign_everything

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

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


def leave(db: Session, training: Training, clock: MovableClock, about: str, number: int = 2, **given: Any) -> None:
    usual: dict[str, Any] = {"by": training.cast.fatma, "reason": "Alleen tikfouten.", "now": clock.now()}
    staying.leave(db, course_slug="kort", number=number, about=about, **(usual | given))


def leave_no_more(db: Session, training: Training, clock: MovableClock, about: str) -> None:
    fatma = training.cast.fatma
    staying.leave_no_more(db, by=fatma, course_slug="kort", number=2, about=about, now=clock.now())


def events(db: Session) -> list[str]:
    found = select(LedgerEvent.action).where(LedgerEvent.action.startswith("theory.left")).order_by(LedgerEvent.id)
    return list(db.scalars(found))


def test_who_waits_to_be_moved_stands_on_the_list_until_moved_or_left(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    fatma = training.cast.fatma
    publish(database, storage, clock)
    (line,) = lines(database, clock, Work.TO_MOVE)
    assert (line.count, line.names, line.course) == (1, ("Noor de Wit",), "Kort traject")
    assert (line.href, line.since) == ("/beheer/opleidingen/kort/edities/2#mensen", local_day(clock.now()))
    with database.writing() as db:
        leave(db, training, clock, "people")
    assert lines(database, clock, Work.TO_MOVE) == []
    with database.reading() as db:
        decided = staying.stays_of(db, edition_page(db, fatma, "kort", 2).edition.id)["people"]
        assert (decided.by, decided.at, decided.reason) == (fatma.name, clock.now(), "Alleen tikfouten.")
        (told,) = keeping.export_of(db, fatma.id)["editions_left"]
        assert (told["edition"], told["about"], told["taken_back_at"]) == (2, "people", None)
    with database.writing() as db:
        leave_no_more(db, training, clock, "people")
        leave_no_more(db, training, clock, "people")  # again changes nothing
        assert events(db) == [staying.LEFT, staying.LEFT_NO_MORE]
    assert len(lines(database, clock, Work.TO_MOVE)) == 1
    with database.writing() as db:  # a newer edition is another question
        leave(db, training, clock, "people")
    publish(database, storage, clock, LAST_WORDS)
    (line,) = lines(database, clock, Work.TO_MOVE)
    assert line.href.endswith("/3#mensen")
    with database.writing() as db:
        ids = [training.enrolment_id]
        waits, now = partial(deciding, db), clock.now()
        move(db, by=fatma, course_slug="kort", number=3, enrolment_ids=ids, chosen=set(), deciding=waits, now=now)
    assert lines(database, clock, Work.TO_MOVE) == []


def test_who_waits_for_a_decision_is_nobody_to_move(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
        sign_everything(db, training, now=clock.now())
    publish(database, storage, clock)
    assert lines(database, clock, Work.TO_MOVE) == []
    assert len(lines(database, clock, Work.DECISIONS)) == 1


def test_trainers_who_were_not_asked_stand_on_the_list(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
        sign_everything(db, training, now=clock.now())
        grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=clock.now())
    publish(database, storage, clock, {"course.yaml": ("title: Kort traject", "title: Het korte traject")})
    assert lines(database, clock, Work.TO_ASK) == []  # nobody reads anything else
    publish(database, storage, clock)
    (line,) = lines(database, clock, Work.TO_ASK)
    assert (line.count, line.names, line.href) == (1, ("Noor de Wit",), "/beheer/opleidingen/kort/edities/3#trainers")
    with database.writing() as db:
        leave(db, training, clock, "trainers", number=3)
    assert lines(database, clock, Work.TO_ASK) == []

    def ask(db: Session) -> None:
        who = trainers(db, training.intervention_id, local_day(clock.now()))
        chosen, now = {("lesson", "een-afspraak")}, clock.now()
        updating.ask(db, by=cast.fatma, course_slug="kort", number=3, chosen=chosen, trainers=who, now=now)

    with pytest.raises(Refused, match="need_not_read"), database.writing() as db:
        ask(db)
    with database.writing() as db:
        staying.leave_no_more(db, by=cast.fatma, course_slug="kort", number=3, about="trainers", now=clock.now())
        ask(db)
    assert lines(database, clock, Work.TO_ASK) == []
    for about, code in (("trainers", "asked_already"), ("people", None)):
        with pytest.raises(Refused, match=code) if code else nullcontext(), database.writing() as db:
            leave(db, training, clock, about, number=3)


def test_deciding_is_done_once_by_an_admin_and_of_the_newest(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    publish(database, storage, clock)
    with pytest.raises(Forbidden), database.writing() as db:
        leave(db, training, clock, "people", by=training.cast.ruben)
    with pytest.raises(Refused, match="not_newest"), database.writing() as db:
        leave(db, training, clock, "people", number=1)
    ended = at_once(database, [lambda db: leave(db, training, clock, "people")] * 4)
    assert ended == {"done": 1, "stays_already": 3}
    with database.reading() as db:
        assert events(db) == [staying.LEFT]
        assert invariants(db) == []
