"""A sign-off that was taken back counts nowhere: the work lies open again, for the two of them and for the admin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.courses.tables import Enrolment
from app.kit.errors import NotFound
from app.kit.storage import folder
from app.practice import inputs
from app.practice.actions import easing, noting, talking
from app.practice.admin_page import LATE, Filters, practice_page
from app.practice.admin_record import admin_record
from app.practice.agreements import agreements_of
from app.practice.phone import open_forms
from app.practice.rules.states import RecordState
from app.practice.rules.talks import Agreed
from app.practice.tables.proof import SignOffContent
from app.practice.talk_page import talk_page
from app.practice.worklines import practice_work
from tests.correcting import take_back
from tests.practising import add_photo, add_visit_photo, begin, hand_over, observe, sign

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import Storage
    from tests.practising import Practising

LATER = date(2027, 1, 15)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def taken_back(database: Database, at_work: Practising, clock: MovableClock, decision: str) -> int:
    """Signed by the coach and taken back by the only admin; gives the sign-off."""
    first = sign(database, at_work, clock, decision, reason="Anders bekeken.")
    clock.advance(timedelta(days=30))
    take_back(database, at_work, clock, first)
    return first


def test_the_talk_is_open_again_and_it_is_with_who_coaches_now(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    taken_back(database, at_work, clock, "signed_off")
    observe(database, at_work, clock, version=2)
    with database.writing() as db:
        page = talk_page(db, at_work.noor, at_work.record_id)
        assert not page.decided
        given = inputs.Agreement.model_validate({"version": page.version, "agreement_1": "Noor oefent stilte"})
        talking.agree(db, by=at_work.ruben, record_id=at_work.record_id, given=given, now=clock.now())
    later = hand_over(database, at_work, clock, "Els Vermeer")
    observe(database, later, clock)
    with database.reading() as db:
        assert talk_page(db, at_work.noor, at_work.record_id).coach == "Els Vermeer"


def test_what_both_confirmed_stays_while_the_form_is_a_draft_again(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with database.writing() as db:
        page = talk_page(db, at_work.noor, at_work.record_id)
        given = inputs.Agreement.model_validate({"version": page.version, "agreement_1": "Noor oefent stilte"})
        talking.agree(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())
    taken_back(database, at_work, clock, "signed_off")
    with database.reading() as db:
        page = talk_page(db, at_work.noor, at_work.record_id)
        assert page.earlier is not None
        assert (page.both_in, page.earlier.agreements) == (False, ("Noor oefent stilte",))
    observe(database, at_work, clock, version=3)  # other words, of the two themselves
    with database.reading() as db:
        page = talk_page(db, at_work.noor, at_work.record_id)
        assert (page.agreed, page.earlier) == (Agreed.CHANGED, None)


def test_its_agreement_is_listed_no_more_and_what_comes_after_it_once(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    first = taken_back(database, at_work, clock, "returned")
    enrolment_id = at_work.training.enrolment_id
    with database.writing() as db:
        assert agreements_of(db, [enrolment_id]) == {}
        given = inputs.KeptAgreement(sign_off_id=first, number=1, kept="yes")
        with pytest.raises(NotFound):
            noting.mark_agreement(db, by=at_work.noor, given=given, now=clock.now())
    observe(database, at_work, clock, version=2)
    sign(database, at_work, clock)
    with database.reading() as db:
        assert len(agreements_of(db, [enrolment_id])[enrolment_id]) == 1


def test_an_admin_sees_that_it_waits_since_it_was_taken_back(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    taken_back(database, at_work, clock, "signed_off")
    fatma = at_work.training.cast.fatma
    with database.reading() as db:
        page = practice_page(db, fatma, filters=Filters(), now=clock.now())
        (work,) = page.work
        assert (work.state, work.since, work.late) == (RecordState.IN_REVIEW, clock.now(), False)
        assert page.late == 0
    clock.advance(timedelta(days=30))
    with database.reading() as db:
        page = practice_page(db, fatma, filters=Filters(only=LATE), now=clock.now())
        assert [one.late for one in page.work] == [True]


def test_the_day_of_a_piece_is_of_the_decision_that_stands(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    taken_back(database, at_work, clock, "returned")
    observe(database, at_work, clock, version=2)
    sign(database, at_work, clock, "returned", reason="Toch een stukje.", by_when="2027-01-12")
    fatma, record_id, now = at_work.training.cast.fatma, at_work.record_id, clock.now()
    with database.reading() as db:
        assert admin_record(db, fatma, record_id, now=now).piece_by == date(2027, 1, 12)
    with database.writing() as db:
        easing.extend_piece(db, by=fatma, record_id=record_id, by_when=LATER, reason="Verlof", now=now)
    with database.reading() as db:
        assert admin_record(db, fatma, record_id, now=now).piece_by == LATER


def test_nobody_is_stuck_on_a_decision_that_was_taken_back(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed", assignment_attempts_max=1)
    taken_back(database, at_work, clock, "not_met")
    with database.reading() as db:
        assert [line for line in practice_work(db, now=clock.now()) if line.what == "blocked"] == []


def test_what_came_after_handing_in_is_not_signed(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    first = sign(database, at_work, clock, "returned", reason="Anders bekeken.")
    clock.advance(timedelta(hours=1))
    later = add_photo(database, at_work, clock, shade=30)
    take_back(database, at_work, clock, first)
    observe(database, at_work, clock, version=2)
    own = add_visit_photo(database, at_work, clock)
    sign(database, at_work, clock)
    with database.reading() as db:
        content = db.scalars(select(SignOffContent.content).order_by(SignOffContent.sign_off_id.desc())).first()
        assert content is not None
        signed = [one["id"] for one in content["evidence"]]
        assert (later in signed, own in signed, len(signed)) == (False, True, 2)


def test_a_phone_keeps_the_form_that_is_decided_anew_with_a_certificate(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    first = sign(database, at_work, clock)
    with database.writing() as db:
        row = db.get_one(Enrolment, at_work.training.enrolment_id)
        row.completed_at = clock.now()
    with database.reading() as db:
        assert open_forms(db, at_work.ruben) == ()
    take_back(database, at_work, clock, first)
    with database.reading() as db:
        assert [one.record_id for one in open_forms(db, at_work.ruben)] == [at_work.record_id]
