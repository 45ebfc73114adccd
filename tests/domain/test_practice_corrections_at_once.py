"""Corrections at the same moment, and what the database itself holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.kit.storage import folder
from app.practice.actions import assessing, correcting, keeping
from app.practice.record_page import record_page
from app.practice.tables.proof import (
    Correction,
    SignOff,
    SignOffContent,
    SignOffWithdrawal,
    SignOffWithdrawalContent,
)
from app.practice.tables.work import AssignmentRecord
from app.upkeep.invariants import invariants, proofs
from tests.domain.test_at_once import at_once
from tests.practising import begin, fresh, observe, signature

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer
    from tests.practising import Practising
from tests.correcting import WHY, ask, asked_one, other_admin, signed


@pytest.fixture
def at_work(database: Database, data_dir: Path, clock: MovableClock) -> Practising:
    """Noor handed in and Ruben observed: only his signature is missing."""
    return begin(database, folder(data_dir / "files"), clock, until="observed", four_eyes="when_two_admins")


def test_two_who_agree_at_once_take_back_once(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    ask(database, at_work, clock, at_work.ruben, sign_off_id)
    admins, correction_id = [at_work.training.cast.fatma, other_admin(database, clock)], asked_one(database)

    def agreeing(by: Viewer) -> Any:
        return lambda db: correcting.agree(db, by=by, correction_id=correction_id, now=clock.now())

    ended = at_once(database, [agreeing(by) for by in admins * 2])
    assert ended["done"] == 1
    assert set(ended) <= {"done", "correction_settled", "correction_done"}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignOffWithdrawal)) == 1


def test_signing_anew_twice_at_once_signs_once(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id)
    clock.advance(timedelta(minutes=5))
    observe(database, at_work, clock)
    with database.reading() as db:
        given = signature(db, at_work)

    def sign_it(db: Session) -> None:
        assessing.sign(db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, given=given, now=clock.now())

    assert at_once(database, [sign_it] * 5) == {"done": 1, "already_decided": 4}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignOff)) == 2
        assert invariants(db) == []


def test_the_database_itself_lets_a_submission_stand_signed_once(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    first = signed(database, at_work, clock)
    copy = text(
        "INSERT INTO sign_off (record_id, submission_id, assessment_id, attempt, decision, suggested, coach_id, "
        "signed_at, digest, event_id, replaces_id) SELECT record_id, submission_id, assessment_id, attempt, "
        "decision, suggested, coach_id, signed_at, digest, event_id, CAST(:replaces AS BIGINT) FROM sign_off"
    )
    with pytest.raises(IntegrityError), database.writing() as db:
        db.execute(copy, {"replaces": None})
    with database.writing() as db:  # a bug, or a hand in the database: the check names it
        db.execute(copy, {"replaces": first})
    with database.reading() as db:
        assert {found.subject for found in proofs(db)} == {"submission", "sign_off"}


def test_words_go_with_the_file_and_the_proof_stays(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    sign_off_id = signed(database, at_work, clock)
    ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id)
    with database.reading() as db:
        assert keeping.export_of(db, at_work.noor.id)["decisions"][0]["reason"] == WHY
    with database.writing() as db:
        emptied = keeping.empty_scores(db, records=select(AssignmentRecord.id))
        assert (emptied["withdrawals"], emptied["corrections"], emptied["sign_offs"]) == (1, 1, 1)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignOffWithdrawalContent)) == 0
        assert db.scalar(select(func.count()).select_from(SignOffContent)) == 0
        assert db.scalars(select(Correction.reason)).one() == ""
        after = record_page(db, at_work.noor, at_work.record_id, now=clock.now()).results[0].after
        assert (after.withdrawn_at is not None, after.why) == (True, "")
        assert invariants(db) == []


def test_a_changed_reason_is_found(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id)
    with database.writing() as db:
        words = db.scalars(select(SignOffWithdrawalContent)).one()
        words.content = words.content | {"reason": "Iets heel anders."}
    with database.reading() as db:
        assert [found.subject for found in proofs(db)] == ["sign_off_withdrawal"]
