"""Handing in, observing and signing: once, by the right person, and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import FreshFactorNeeded, NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.outbox.tables import Message
from app.practice.actions import assessing, records
from app.practice.observation_page import observation_page
from app.practice.queries import waiting
from app.practice.record_page import record_page
from app.practice.rules.forms import digest_of
from app.practice.rules.progress import NextCode
from app.practice.rules.states import Decision, RecordState
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import AssignmentRecord, Submission
from tests.practising import (
    Practising,
    add_photo,
    begin,
    fresh,
    hand_in,
    observe,
    self_view,
    sign,
    signature,
)
from tests.trained import practice_of


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def state_of(db: Session, at_work: Practising) -> RecordState:
    return practice_of(db, at_work.training.enrolment_id).assignments[0].state


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def events(db: Session, action: str) -> int:
    return db.scalar(select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == action)) or 0


def test_the_whole_way_ends_signed_off(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with database.reading() as db:
        progress = practice_of(db, at_work.training.enrolment_id)
        assert (progress.signed_off, progress.required, progress.visits_done) == (1, 1, 1)
        assert progress.complete
        assert progress.completed_on == date(2026, 12, 3)
        assert progress.final_signed_by == at_work.ruben.id
        assert progress.next is None
        assert waiting(db, clock.now()) == []
        signed = db.scalars(select(SignOff)).one()
        content = db.scalars(select(SignOffContent)).one()
        assert signed.digest == digest_of(content.salt, content.content)
        assert content.content["form_version"] == "1"
        assert content.content["form"]["scores"] == {"SM1": 3, "VS1": 3}
        assert len(content.content["evidence"][0]["sha256"]) == 64
        assert content.content["signed_at"] == clock.now().isoformat()
        assert db.get_one(LedgerEvent, signed.event_id).action == "practice.signed_off"
        letter = db.scalars(select(Message).where(Message.kind == "practice.decided")).one()
        assert letter.person_id == at_work.noor.id


def test_each_step_asks_for_the_one_before(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    enrolment_id = at_work.training.enrolment_id

    def refused() -> str:
        with pytest.raises(Refused) as told:
            hand_in(database, at_work, clock)
        return told.value.code

    def next_code() -> NextCode | None:
        with database.reading() as db:
            step = practice_of(db, enrolment_id).next
            return step.code if step else None

    from tests import practising

    assert (refused(), next_code()) == ("prepare_first", NextCode.PREPARE)
    practising._prepare(database, at_work, clock)
    assert (refused(), next_code()) == ("visit_first", NextCode.WAIT_FOR_DATE)
    practising._plan(database, at_work, clock)
    assert (refused(), next_code()) == ("visit_not_yet", NextCode.VISIT)
    practising._visit(database, at_work, clock)
    assert refused() == "photo_first"
    add_photo(database, at_work, clock)
    with pytest.raises(Refused) as told:
        hand_in(database, at_work, clock, scores={"self_SM1": "2"})
    assert (told.value.code, told.value.field) == ("self_score_missing", "self_VS1")
    hand_in(database, at_work, clock)
    assert (refused(), next_code()) == ("already_handed_in", NextCode.WAIT_FOR_COACH)
    with database.reading() as db:
        assert count(db, Submission) == 1
        letter = db.scalars(select(Message).where(Message.kind == "practice.submitted")).one()
        assert letter.person_id == at_work.ruben.id


def test_practice_begins_after_safety(database: Database, storage: Storage, clock: MovableClock) -> None:
    from app.courses.editions import edition_of
    from tests.trained import in_training

    with database.writing() as db:
        training = in_training(db, storage, now=clock.now())
        ((assignment_id, _),) = edition_of(db, training.edition_id).assignments
        with pytest.raises(Refused) as told:
            records.open_record(db, by=training.cast.noor, assignment_id=assignment_id, now=clock.now())
        assert told.value.code == "safety_first"
        progress = practice_of(db, training.enrolment_id)
        assert progress.assignments[0].state is RecordState.LOCKED
        with pytest.raises(NotFound):
            records.open_record(db, by=training.cast.joris, assignment_id=assignment_id, now=clock.now())


def test_opening_twice_gives_one_record(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock)
    with database.writing() as db:
        assignment_id = db.get_one(AssignmentRecord, at_work.record_id).assignment_id
        again = records.open_record(db, by=at_work.noor, assignment_id=assignment_id, now=clock.now())
        assert again == at_work.record_id
        assert events(db, "practice.opened") == 1


def test_signing_twice_has_one_effect(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with pytest.raises(Refused) as told:
        sign(database, at_work, clock)
    assert told.value.code == "already_decided"
    with database.reading() as db:
        assert (count(db, SignOff), events(db, "practice.signed_off")) == (1, 1)
        assert db.scalar(select(func.count()).select_from(Message).where(Message.kind == "practice.decided")) == 1


def test_a_decision_on_the_attempt_before_is_not_taken_again(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, score_VS1="1")
    with database.reading() as db:
        stale = signature(db, at_work, "not_met")
    sign(database, at_work, clock, "not_met")
    with database.writing() as db, pytest.raises(Refused) as told:
        assessing.sign(db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, given=stale, now=clock.now())
    assert told.value.code == "already_decided"


def test_signing_asks_for_a_fresh_proof(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    old = replace(at_work.ruben, factor_at=clock.now() - timedelta(hours=12, seconds=1))
    with database.writing() as db, pytest.raises(FreshFactorNeeded):
        assessing.sign(db, by=old, record_id=at_work.record_id, given=signature(db, at_work), now=clock.now())
    with database.reading() as db:
        assert count(db, SignOff) == 0


def test_only_the_form_that_was_shown_is_signed(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with database.reading() as db:
        shown = signature(db, at_work)
    observe(database, at_work, clock, version=1, whole=False, score_VS1="1")
    with database.writing() as db, pytest.raises(Refused) as told:
        assessing.sign(db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, given=shown, now=clock.now())
    assert told.value.code == "form_changed"


def test_deviating_needs_a_reason_that_is_kept(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with pytest.raises(Refused) as told:
        sign(database, at_work, clock, "returned")
    assert (told.value.code, told.value.field) == ("deviation_needs_reason", "reason")
    sign(database, at_work, clock, "returned", reason="De foto is onscherp", by_when="2026-12-17")
    with database.reading() as db:
        signed = db.scalars(select(SignOff)).one()
        assert (signed.decision, signed.suggested) == ("returned", "signed_off")
        content = db.scalars(select(SignOffContent.content)).one()
        assert (content["reason"], content["by_when"]) == ("De foto is onscherp", "2026-12-17")


@pytest.mark.parametrize("day", ["2020-01-01", "2026-12-03"])
def test_a_piece_is_not_due_before_it_is_asked_for(
    database: Database, storage: Storage, clock: MovableClock, day: str
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with pytest.raises(Refused) as told:
        sign(database, at_work, clock, "returned", reason="Nog één foto", by_when=day)
    assert (told.value.code, told.value.field) == ("by_when_past", "by_when")


def test_what_was_typed_for_another_decision_is_not_signed(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock, reason="Ik twijfelde even", by_when="2020-01-01")
    with database.reading() as db:
        content = db.scalars(select(SignOffContent.content)).one()
    assert (content["decision"], content["reason"], content["by_when"]) == ("signed_off", "", None)


def test_what_comes_back_is_handed_in_again(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, score_SM1="1")
    sign(database, at_work, clock, "returned")
    with database.reading() as db:
        assert state_of(db, at_work) is RecordState.RETURNED
    clock.advance(timedelta(days=1))
    hand_in(database, at_work, clock)
    with database.reading() as db:
        assert state_of(db, at_work) is RecordState.SUBMITTED
        assert [one.number for one in db.scalars(select(Submission).order_by(Submission.number))] == [1, 2]
        assert {one.attempt for one in db.scalars(select(Submission))} == {1}
        # The coach looks anew: her form is a draft again, and nobody sees the other side.
        page = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now())
        assert (page.marks, page.may_sign) == ((), False)
    clock.advance(timedelta(hours=1))
    observe(database, at_work, clock, version=page.version, score_SM1="3")
    sign(database, at_work, clock)
    with database.reading() as db:
        assert state_of(db, at_work) is RecordState.SIGNED_OFF


def test_who_looks_again_may_leave_every_word(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock, "returned", reason="Neem ook de foto van de kring op")
    clock.advance(timedelta(days=1))
    hand_in(database, at_work, clock)
    with database.reading() as db:
        version = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).version
    clock.advance(timedelta(hours=1))
    observe(database, at_work, clock, version=version)
    with database.reading() as db:
        assert state_of(db, at_work) is RecordState.IN_REVIEW
        assert observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).may_sign
    sign(database, at_work, clock)


def test_attempts_end_in_a_talk(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in", assignment_attempts_max=1)
    observe(database, at_work, clock, score_VS1="1")
    sign(database, at_work, clock, "not_met")
    with database.reading() as db:
        assert state_of(db, at_work) is RecordState.NOT_MET
        assert db.get_one(AssignmentRecord, at_work.record_id).attempt == 1
    with pytest.raises(Refused) as told:
        hand_in(database, at_work, clock)
    assert (told.value.code, told.value.facts) == ("attempts_used", {"attempts": 1})


def test_a_new_attempt_starts_empty_and_keeps_what_was(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, score_VS1="1")
    sign(database, at_work, clock, "not_met")
    with database.reading() as db:
        assert state_of(db, at_work) is RecordState.OPEN
        page = record_page(db, at_work.noor, at_work.record_id, now=clock.now())
        assert (page.attempt, page.photos, page.marks, page.visit_at) == (2, (), (), None)
        assert [one.decision for one in page.results] == [Decision.NOT_MET]
        assert page.results[0].agreements == ("Noor schrijft voor donderdag drie vragen op",)


# Hidden until both are in


def test_neither_sees_the_other_before_both_are_in(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")

    def seen() -> tuple[int, int]:
        with database.reading() as db:
            hers = record_page(db, at_work.noor, at_work.record_id, now=clock.now()).marks
            his = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now())
            on_her_page = record_page(db, at_work.ruben, at_work.record_id, now=clock.now())
            assert on_her_page.marks == his.marks
            assert not on_her_page.draft.scores
            assert bool(his.self_note) == bool(his.marks)
            return len(hers), len(his.marks)

    assert seen() == (0, 0)
    observe(database, at_work, clock, whole=False)
    assert seen() == (0, 0)
    observe(database, at_work, clock, version=1, whole=True)
    assert seen() == (2, 2)


def test_the_coach_may_be_first_and_still_shows_nothing(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    observe(database, at_work, clock)
    with database.writing() as db:
        records.save_self_view(
            db, by=at_work.noor, record_id=at_work.record_id, given=self_view(db, at_work), now=clock.now()
        )
    with database.reading() as db:
        assert record_page(db, at_work.noor, at_work.record_id, now=clock.now()).marks == ()
        his = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now())
        assert (his.marks, his.self_note, his.may_sign) == ((), "", False)
    add_photo(database, at_work, clock)
    clock.advance(timedelta(minutes=5))
    hand_in(database, at_work, clock)
    with database.reading() as db:
        assert len(record_page(db, at_work.noor, at_work.record_id, now=clock.now()).marks) == 2


# Two devices


def test_an_old_draft_never_takes_the_place_of_a_newer_one(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    assert observe(database, at_work, clock, whole=False) == 1
    assert observe(database, at_work, clock, version=1, whole=False, strong_1="Van de telefoon") == 2
    for version in (0, 1):
        with pytest.raises(Refused) as told:
            observe(database, at_work, clock, version=version, whole=True, strong_1="Van de laptop")
        assert told.value.code == "stale_form"
    with database.reading() as db:
        assert db.scalars(select(Assessment)).one().form["strong"] == ["Van de telefoon"]


def test_a_form_with_gaps_is_kept_but_not_whole(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with pytest.raises(Refused) as told:
        observe(database, at_work, clock, score_VS1="")
    assert (told.value.code, told.value.field) == ("score_missing", "score_VS1")
    observe(database, at_work, clock, whole=False, score_VS1="")
    with pytest.raises(Refused) as told:
        sign(database, at_work, clock)
    assert told.value.code == "form_first"


# Who may
