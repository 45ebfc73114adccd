"""Who is stuck gets on: one more attempt after the last, more time for a piece, more days for the training."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.courses.tables import EnrolmentExtension
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.practice.actions import easing, records
from app.practice.admin_record import admin_record
from app.practice.record_page import record_page
from app.practice.rules.states import RecordState
from app.practice.worklines import practice_work
from tests.handing import mails
from tests.practising import PREPARED, Practising, begin, hand_in, sign

TALKED = "We hebben samen gekeken wat er nodig is"


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def told(database: Database, action: str) -> list[dict[str, object]]:
    with database.reading() as db:
        return list(
            db.scalars(
                select(LedgerContent.content)
                .join(LedgerEvent, LedgerEvent.id == LedgerContent.event_id)
                .where(LedgerEvent.action == action)
                .order_by(LedgerEvent.id)
            )
        )


def test_after_the_last_attempt_one_more(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed", assignment_attempts_max=1)
    fatma = at_work.training.cast.fatma
    with pytest.raises(Refused, match="not_blocked"), database.writing() as db:  # it waits for the coach
        easing.allow_again(db, by=fatma, record_id=at_work.record_id, reason=TALKED, now=clock.now())
    sign(database, at_work, clock, "not_met", reason="Het was nog niet veilig")
    with database.reading() as db:
        (line,) = practice_work(db, now=clock.now())
    assert (line.what, line.people, line.href) == (
        "blocked",
        (at_work.noor.id,),
        f"/beheer/praktijk/{at_work.record_id}",
    )
    with pytest.raises(Forbidden), database.writing() as db:
        easing.allow_again(db, by=at_work.ruben, record_id=at_work.record_id, reason=TALKED, now=clock.now())
    with database.writing() as db:
        easing.allow_again(db, by=fatma, record_id=at_work.record_id, reason=TALKED, now=clock.now())
    with pytest.raises(Refused, match="not_blocked"), database.writing() as db:  # twice is not two attempts
        easing.allow_again(db, by=fatma, record_id=at_work.record_id, reason=TALKED, now=clock.now())
    with database.writing() as db:
        page = record_page(db, at_work.noor, at_work.record_id, now=clock.now())
        assert (page.state, page.attempt, len(page.results)) == (RecordState.OPEN, 2, 1)
        version = page.preparation.version if page.preparation else None
        given = PREPARED.model_copy(update={"version": version})
        records.prepare(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())
        assert practice_work(db, now=clock.now()) == []
    assert told(database, "practice.allowed_again") == [{"attempt": 2, "reason": TALKED}]
    (mail,) = mails(database, clock, "practice.allowed_again")[at_work.noor.id]
    assert TALKED not in mail.as_string()


def test_a_piece_may_come_later_and_both_see_it(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    fatma, record_id, now = at_work.training.cast.fatma, at_work.record_id, clock.now()
    later = date(2027, 1, 15)
    with pytest.raises(Refused, match="nothing_returned"), database.writing() as db:
        easing.extend_piece(db, by=fatma, record_id=record_id, by_when=later, reason="Verlof", now=now)
    sign(database, at_work, clock, "returned", reason="Een stukje")
    with pytest.raises(Refused, match="back_on_past"), database.writing() as db:
        easing.extend_piece(db, by=fatma, record_id=record_id, by_when=date(2026, 12, 3), reason="Verlof", now=now)
    for day in (later, date(2027, 1, 8), later):  # back to a day that was told before
        with database.writing() as db:
            easing.extend_piece(db, by=fatma, record_id=record_id, by_when=day, reason="Verlof", now=now)
    with database.reading() as db:
        for viewer in (at_work.noor, at_work.ruben):
            (result,) = record_page(db, viewer, record_id, now=now).results
            assert result.by_when == later
        assert admin_record(db, fatma, record_id, now=now).piece_by == later
    assert [one["by_when"] for one in told(database, "practice.piece_extended")][1:] == ["2027-01-08", "2027-01-15"]
    (mail,) = mails(database, clock, "practice.piece_extended")[at_work.noor.id]
    assert "15 januari 2027" in mail.as_string()
    hand_in(database, at_work, clock)
    assert not any(mails(database, clock, "practice.piece_extended").values())


def test_a_training_gets_at_most_half_a_year_more(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, enrolment_max_days=365)
    fatma, enrolment_id = at_work.training.cast.fatma, at_work.training.enrolment_id
    clock.advance(timedelta(days=366))
    with database.reading() as db:
        (line,) = [one for one in practice_work(db, now=clock.now()) if one.what == "over_time"]
    assert (line.count, line.people) == (1, (at_work.noor.id,))

    def extend(days: int) -> date:
        with database.writing() as db:
            return easing.extend_training(
                db, by=fatma, enrolment_id=enrolment_id, days=days, reason="Verlof", now=clock.now()
            )

    assert extend(90) == date(2027, 11, 23) + timedelta(days=90)
    with database.reading() as db:
        assert [one.what for one in practice_work(db, now=clock.now())] == []
    for days in (180, 7):
        with pytest.raises(Refused, match="extension_too_long"):
            extend(days)
    extend(90)
    with pytest.raises(Refused, match="extension_too_long"):
        extend(30)
    with database.reading() as db:
        assert db.scalar(select(func.sum(EnrolmentExtension.days))) == 180
    assert [one["until"] for one in told(database, "courses.extended")] == ["2028-02-21", "2028-05-21"]


def test_strangers_see_nothing(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work: Practising = begin(database, storage, clock)
    with database.reading() as db:
        for viewer in (at_work.noor, at_work.ruben, at_work.training.cast.joris):
            with pytest.raises(NotFound):
                admin_record(db, viewer, at_work.record_id, now=clock.now())
    with database.writing() as db, pytest.raises(Forbidden):
        easing.extend_training(
            db,
            by=at_work.ruben,
            enrolment_id=at_work.training.enrolment_id,
            days=30,
            reason="Verlof",
            now=clock.now(),
        )


def test_nobody_eases_her_own_training(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed", assignment_attempts_max=1)
    sign(database, at_work, clock, "not_met", reason="Het was nog niet veilig")
    record_id, now, later = at_work.record_id, clock.now(), date(2027, 1, 15)
    with database.writing() as db:
        grant_role(db, by=None, person_id=at_work.noor.id, role=Role.ADMIN, now=now)
        noor = viewer_for(db, at_work.noor.id)
    with pytest.raises(Refused, match="own_training"), database.writing() as db:
        easing.allow_again(db, by=noor, record_id=record_id, reason=TALKED, now=now)
    with pytest.raises(Refused, match="own_training"), database.writing() as db:
        easing.extend_piece(db, by=noor, record_id=record_id, by_when=later, reason=TALKED, now=now)
    enrolment_id = at_work.training.enrolment_id
    with pytest.raises(Refused, match="own_training"), database.writing() as db:
        easing.extend_training(db, by=noor, enrolment_id=enrolment_id, days=30, reason=TALKED, now=now)
