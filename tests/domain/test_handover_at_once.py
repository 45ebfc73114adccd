"""Two hands at once: two admins hand the same people over, and a coach signs while her people go to another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.courses.tables import CoachAssignment, CoachHandover
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.outbox.tables import Message
from app.people.queries import viewer_for
from app.practice.actions import assessing, handover, visits
from app.practice.tables.proof import SignOff
from app.upkeep.invariants import invariants
from tests.domain.test_at_once import at_once
from tests.handing import coaches_now, form, make_coach, make_people
from tests.practising import begin, fresh, observation, signature
from tests.trained import second_admin

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

ROUNDS = 4


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def test_two_admins_at_once_hand_over_once(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work, now = begin(database, storage, clock, until="planned"), clock.now()
    ruben = at_work.ruben.id
    with database.writing() as db:
        make_people(db, at_work.training, 5, coach_id=ruben, now=now)
        coaches = [make_coach(db, name, now=now) for name in ("Bram de Boer", "Els Vermeer")]
        admins = [at_work.training.cast.fatma, viewer_for(db, second_admin(db, "Otto Prins", now=now))]
        ours = list(handover.people_of_coach(db, ruben))

    def give(by: Any, to: int) -> Callable[[Session], int]:
        given = form(dict.fromkeys(ours, to))
        return lambda db: handover.hand_over(db, by=by, coach_id=ruben, given=given, now=now)

    ended = at_once(database, [give(by, to) for by, to in zip(admins, coaches, strict=True)])
    assert ended == {"done": 1, "handover_changed": 1}
    assert len(set(coaches_now(database).values())) == 1
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(CoachHandover)) == 1
        assert db.scalar(select(func.count()).select_from(CoachAssignment)) == 12
        told = db.scalars(select(Message.person_id).where(Message.kind.like("handover.%"))).all()
        assert len(told) == len(set(told)) == 8  # six people and two coaches
        assert invariants(db, now=now) == []


def test_going_back_twice_at_once_is_once(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work, now = begin(database, storage, clock, until="planned"), clock.now()
    with database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=now)
        given = form({at_work.training.enrolment_id: bram}, back_on="2026-12-15")
        fatma = at_work.training.cast.fatma
        found = handover.hand_over(db, by=fatma, coach_id=at_work.ruben.id, given=given, now=now)

    def back(db: Session) -> None:
        try:
            handover.go_back(db, handover_id=found, by_id=None, now=now)
        except NotFound:
            raise Refused("over") from None

    assert at_once(database, [back] * 4) == {"done": 1, "over": 3}
    assert coaches_now(database) == {at_work.noor.id: at_work.ruben.id}


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_signature_comes_before_or_after_never_between(
    database: Database, storage: Storage, clock: MovableClock, turn: int
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    now, ruben = clock.now(), at_work.ruben
    with database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=now)
        given = signature(db, at_work)
    fatma, enrolment_id = at_work.training.cast.fatma, at_work.training.enrolment_id

    def sign(db: Session) -> None:
        try:
            assessing.sign(db, by=fresh(ruben, clock), record_id=at_work.record_id, given=given, now=now)
        except NotFound:
            raise Refused("not_hers") from None

    def give(db: Session) -> None:
        handover.hand_over(db, by=fatma, coach_id=ruben.id, given=form({enrolment_id: bram}), now=now)

    ended = at_once(database, [sign, give] if turn % 2 else [give, sign])
    with database.reading() as db:
        signed = db.scalars(select(SignOff.coach_id)).all()
        assert invariants(db, now=now) == []
    assert coaches_now(database) == {at_work.noor.id: bram}
    assert (ended, signed) in (({"done": 2}, [ruben.id]), ({"done": 1, "not_hers": 1}, []))


@pytest.mark.parametrize("act", ["sign", "plan", "save"])
def test_who_waited_while_her_people_went_comes_too_late(
    database: Database, storage: Storage, clock: MovableClock, act: str
) -> None:
    """The hand-over holds the record when the former coach comes; by the time that she gets it, it is not hers."""
    until = {"sign": "observed", "plan": "prepared", "save": "handed_in"}[act]
    at_work = begin(database, storage, clock, until=until)
    now, ruben, record_id = clock.now(), fresh(at_work.ruben, clock), at_work.record_id
    with database.writing() as db:
        bram = make_coach(db, "Bram de Boer", now=now)
        signed = signature(db, at_work) if act == "sign" else None
        seen = observation(db, at_work) if act == "save" else None
    given, went = form({at_work.training.enrolment_id: bram}), threading.Event()

    def give() -> None:
        with database.writing() as db:
            handover.hand_over(db, by=at_work.training.cast.fatma, coach_id=ruben.id, given=given, now=now)
            db.flush()
            went.set()
            time.sleep(0.4)  # the other waits for the record, or on SQLite for her turn

    def come() -> None:
        went.wait(timeout=20)
        with database.writing() as db:
            if signed is not None:
                assessing.sign(db, by=ruben, record_id=record_id, given=signed, now=now)
            elif seen is not None:
                assessing.save_observation(
                    db, by=ruben, record_id=record_id, given=seen, version=0, whole=True, now=now
                )
            else:
                visits.plan_visit(db, by=ruben, record_id=record_id, date_id=at_work.dates[0], now=now)

    with ThreadPoolExecutor(2) as pool:
        gave, came = pool.submit(give), pool.submit(come)
        gave.result()
        with pytest.raises(NotFound):
            came.result()
    assert coaches_now(database) == {at_work.noor.id: bram}
