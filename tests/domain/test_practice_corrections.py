"""Taking a sign-off back: what was signed stays, somebody else looks, and the coach signs anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from app.courses.tables import Enrolment
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import Desk, NotDue
from app.letters.practice import correction_declined, decided, sign_off_withdrawn
from app.outbox.tables import Message
from app.practice.actions import correcting, keeping, visits
from app.practice.afterwards import corrections_work
from app.practice.observation_page import observation_page
from app.practice.queries import waiting
from app.practice.record_page import record_page
from app.practice.rules.states import RecordState
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import (
    Correction,
    ResultSeen,
    SignOff,
    SignOffWithdrawal,
)
from app.practice.tables.work import AssignmentRecord
from app.settings import Settings
from app.upkeep.invariants import invariants
from tests.people import KEYRING
from tests.practising import begin, fresh, hand_in, hand_over, observe, sign
from tests.trained import practice_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer
    from tests.practising import Practising
from tests.correcting import WHY, agree, ask, asked_one, other_admin, signed


@pytest.fixture
def at_work(database: Database, data_dir: Path, clock: MovableClock) -> Practising:
    """Noor handed in and Ruben observed: only his signature is missing."""
    return begin(database, folder(data_dir / "files"), clock, until="observed", four_eyes="when_two_admins")


def state_of(db: Session, at_work: Practising, clock: MovableClock) -> RecordState:
    return record_page(db, at_work.noor, at_work.record_id, now=clock.now()).state


def test_the_coach_asks_another_looks_and_she_signs_anew(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    first = signed(database, at_work, clock)
    clock.advance(timedelta(days=2))
    assert ask(database, at_work, clock, at_work.ruben, first) is False
    with database.reading() as db:
        assert state_of(db, at_work, clock) is RecordState.SIGNED_OFF  # it stands until somebody agreed
        assert corrections_work(db)[0].person_ids == (at_work.noor.id,)
        assert not record_page(db, at_work.ruben, at_work.record_id, now=clock.now()).results[0].after.may_ask
    fatma = at_work.training.cast.fatma
    agree(database, fatma, clock)
    withdrawn_at = clock.now()
    with database.reading() as db:
        page = record_page(db, at_work.noor, at_work.record_id, now=clock.now())
        assert page.state is RecordState.IN_REVIEW
        assert (page.results[0].after.withdrawn_at, page.results[0].after.why) == (withdrawn_at, WHY)
        assert page.results[0].strong == ("Rust",)  # what was signed is still there to read
        assert not practice_of(db, at_work.training.enrolment_id).signed_off
        [waits] = waiting(db, clock.now())
        assert (waits.waiting_since, waits.coach_id) == (withdrawn_at, at_work.ruben.id)
        form = db.scalars(select(Assessment)).one()
        assert form.finished_at is None
        version = form.version
        desk = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now())
        assert (desk.may_observe, desk.may_sign, desk.taken_back is not None) == (True, False, True)
        assert desk.saved.strong == ("Rust",)
        told = (
            db.execute(select(Message.person_id).where(Message.kind == "practice.sign_off_withdrawn")).scalars().all()
        )
        assert sorted(told) == sorted([at_work.noor.id, at_work.ruben.id])
        assert corrections_work(db)[0].person_ids == ()
    with pytest.raises(Refused, match="form_first"):
        sign(database, at_work, clock)
    clock.advance(timedelta(hours=1))
    observe(database, at_work, clock, version=version, strong_1="Rust en ruimte")
    second = sign(database, at_work, clock)
    with database.reading() as db:
        rows = db.scalars(select(SignOff).order_by(SignOff.id)).all()
        assert [(row.id, row.replaces_id) for row in rows] == [(first, None), (second, first)]
        assert len({row.submission_id for row in rows}) == 1
        page = record_page(db, at_work.noor, at_work.record_id, now=clock.now())
        assert [one.after.stands for one in page.results] == [True, False]
        assert page.results[0].strong == ("Rust en ruimte",)
        assert practice_of(db, at_work.training.enrolment_id).signed_off == 1
        assert invariants(db) == []
        actions = db.scalars(select(LedgerEvent.action).order_by(LedgerEvent.id.desc()).limit(4)).all()
        assert actions == [
            "practice.signed_off",
            "practice.assessed",
            "practice.sign_off_withdrawn",
            "practice.correction_asked",
        ]
    with pytest.raises(Refused, match="already_decided"):
        sign(database, at_work, clock)


@pytest.mark.parametrize(("decision", "attempt"), [("returned", 1), ("not_met", 1)])
def test_what_was_not_finished_comes_back_as_well(
    database: Database, at_work: Practising, clock: MovableClock, decision: str, attempt: int
) -> None:
    sign_off_id = signed(database, at_work, clock, decision, reason="Anders bekeken.")
    ask(database, at_work, clock, at_work.ruben, sign_off_id)
    agree(database, at_work.training.cast.fatma, clock)
    with database.reading() as db:
        assert db.get_one(AssignmentRecord, at_work.record_id).attempt == attempt
        assert state_of(db, at_work, clock) is RecordState.IN_REVIEW
    observe(database, at_work, clock)
    sign(database, at_work, clock, "not_met", reason="Toch nog een keer.")
    with database.reading() as db:
        assert db.get_one(AssignmentRecord, at_work.record_id).attempt == 2
        assert invariants(db) == []


def test_only_the_last_decision_and_only_while_nothing_stands_on_it(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    first = signed(database, at_work, clock, "returned", reason="Anders bekeken.")
    ask(database, at_work, clock, at_work.ruben, first)
    clock.advance(timedelta(hours=1))
    hand_in(database, at_work, clock)
    with pytest.raises(Refused, match="correction_overtaken"):
        agree(database, at_work.training.cast.fatma, clock)
    observe(database, at_work, clock)
    sign(database, at_work, clock)
    with pytest.raises(Refused, match="correction_not_latest"):
        agree(database, at_work.training.cast.fatma, clock)
    with database.writing() as db:
        correcting.decline(
            db, by=at_work.training.cast.fatma, correction_id=1, answer="Er is al opnieuw getekend.", now=clock.now()
        )
    with database.reading() as db:
        assert state_of(db, at_work, clock) is RecordState.SIGNED_OFF


def test_a_visit_for_the_next_time_is_called_off_first(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    sign_off_id = signed(database, at_work, clock, "not_met", reason="Samen nog een keer.")
    with database.writing() as db:
        visits.plan_visit(
            db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, date_id=at_work.dates[1], now=clock.now()
        )
    with pytest.raises(Refused, match="correction_visit_planned"):
        ask(database, at_work, clock, at_work.ruben, sign_off_id)
    with database.writing() as db:
        visits.cancel_visit(
            db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, reason="Eerst dit.", now=clock.now()
        )
    ask(database, at_work, clock, at_work.ruben, sign_off_id)


def test_who_may_ask_and_who_may_agree(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    cast = at_work.training.cast
    with pytest.raises(Forbidden):
        ask(database, at_work, clock, cast.noor, sign_off_id)
    for stranger in (cast.joris, cast.sanne):
        with pytest.raises(NotFound):
            ask(database, at_work, clock, stranger, sign_off_id)
    gerda = other_admin(database, clock)
    assert ask(database, at_work, clock, cast.fatma, sign_off_id) is False  # two admins: four eyes
    with pytest.raises(Refused, match="correction_open"):
        ask(database, at_work, clock, at_work.ruben, sign_off_id)
    for by, no in ((cast.fatma, Refused), (at_work.ruben, Forbidden), (cast.noor, Forbidden)):
        with pytest.raises(no):
            agree(database, by, clock)
    agree(database, gerda, clock)
    with database.reading() as db:
        row = db.scalars(select(SignOffWithdrawal)).one()
        assert (row.asked_by_id, row.decided_by_id) == (cast.fatma.id, gerda.id)


def test_a_coach_who_took_over_cannot_ask_back_what_another_signed(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    sign_off_id = signed(database, at_work, clock)
    later = hand_over(database, at_work, clock, "Els Vermeer")
    with pytest.raises(Forbidden):
        ask(database, at_work, clock, later.ruben, sign_off_id)
    with pytest.raises(NotFound):  # and who signed it coaches her no more
        ask(database, at_work, clock, at_work.ruben, sign_off_id)


def test_the_only_admin_does_it_at_once(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    assert ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id) is True
    with database.reading() as db:
        assert state_of(db, at_work, clock) is RecordState.IN_REVIEW
        settled = db.scalars(select(Correction)).one()
        assert (settled.settled_by_id, settled.granted) == (at_work.training.cast.fatma.id, True)
    with pytest.raises(Refused, match="correction_done"):
        ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id)


def test_declining_tells_who_asked(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    ask(database, at_work, clock, at_work.ruben, sign_off_id)
    correction_id = asked_one(database)
    with database.writing() as db:
        fatma = at_work.training.cast.fatma
        correcting.decline(db, by=fatma, correction_id=correction_id, answer="Het klopt zo.", now=clock.now())
        with pytest.raises(Refused, match="correction_settled"):
            correcting.decline(db, by=fatma, correction_id=correction_id, answer="Nog eens.", now=clock.now())
    with database.reading() as db:
        message = db.scalars(select(Message).where(Message.kind == "practice.correction_declined")).one()
        assert message.person_id == at_work.ruben.id
        draft = correction_declined(db, message, Desk(Settings(), KEYRING, clock.now()))
        assert draft.facts["answer"] == "Het klopt zo."
        assert state_of(db, at_work, clock) is RecordState.SIGNED_OFF
    ask(database, at_work, clock, at_work.ruben, sign_off_id)  # she may ask again


def test_letters_say_what_is_true_now(database: Database, at_work: Practising, clock: MovableClock) -> None:
    sign_off_id = signed(database, at_work, clock)
    ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id)
    desk = Desk(Settings(), KEYRING, clock.now())
    with database.reading() as db:
        for message in db.scalars(select(Message).where(Message.kind == "practice.decided")):
            with pytest.raises(NotDue):
                decided(db, message, desk)
        facts = {
            message.person_id: sign_off_withdrawn(db, message, desk).facts
            for message in db.scalars(select(Message).where(Message.kind == "practice.sign_off_withdrawn"))
        }
    assert facts[at_work.noor.id]["mine"]
    assert facts[at_work.ruben.id]["link"].endswith(f"/coach/{at_work.record_id}")
    assert not any(WHY in str(one) for one in facts.values())


def test_with_a_certificate_it_stays_on_the_work_list_until_signed_anew(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    sign_off_id = signed(database, at_work, clock)
    with database.writing() as db:
        db.execute(
            update(Enrolment).where(Enrolment.id == at_work.training.enrolment_id).values(completed_at=clock.now())
        )
    with database.reading() as db:
        assert corrections_work(db)[1].person_ids == ()
    ask(database, at_work, clock, at_work.training.cast.fatma, sign_off_id)
    with database.reading() as db:
        assert corrections_work(db)[1].person_ids == (at_work.noor.id,)
    observe(database, at_work, clock)
    sign(database, at_work, clock)
    with database.reading() as db:
        assert corrections_work(db)[1].person_ids == ()


def test_she_says_once_that_she_read_it_and_the_coach_sees(
    database: Database, at_work: Practising, clock: MovableClock
) -> None:
    sign_off_id = signed(database, at_work, clock)
    seen_at = clock.now()

    def see(by: Viewer) -> None:
        with database.writing() as db:
            correcting.see_result(db, by=by, record_id=at_work.record_id, sign_off_id=sign_off_id, now=clock.now())

    for other in (at_work.ruben, at_work.training.cast.fatma, at_work.training.cast.joris):
        with pytest.raises(NotFound):
            see(other)
    see(at_work.noor)
    clock.advance(timedelta(hours=1))
    see(at_work.noor)
    with database.reading() as db:
        assert [row.seen_at for row in db.scalars(select(ResultSeen))] == [seen_at]
        assert db.scalar(select(func.count()).where(LedgerEvent.action == "practice.result_seen")) == 1
        page = record_page(db, at_work.ruben, at_work.record_id, now=clock.now())
        assert page.results[0].after.seen_at == seen_at
        assert keeping.export_of(db, at_work.noor.id)["decisions"][0]["seen_at"] == seen_at.isoformat()
