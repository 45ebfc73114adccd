"""A new coach judges for herself first: what a former coach wrote opens with her own draft (domain.md 8.3b)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.courses.tables import PracticalAssignment
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.storage import Storage, folder
from app.letters.desk import Desk, write
from app.outbox.tables import Message
from app.practice.actions import assessing, keeping, records, visits
from app.practice.coach_page import coach_page
from app.practice.observation_page import ObservationPage, observation_page
from app.practice.record_page import RecordPage, record_page
from app.practice.results import Result
from app.practice.rules.forms import Observation, OwnDrafts
from app.practice.rules.states import Decision
from app.practice.tables.coaching import Assessment
from app.practice.tables.work import AssignmentRecord
from app.settings import Settings
from tests.people import KEYRING
from tests.practising import (
    PREPARED,
    Practising,
    add_photo,
    begin,
    coached_by,
    hand_in,
    hand_over,
    observe,
    sign,
)

AGREED = ("Noor schrijft voor donderdag drie vragen op",)
NO_WORDS: dict[str, object] = {"strong": (), "growing": (), "notes": (), "reason": ""}


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def pages(database: Database, at_work: Practising, clock: MovableClock) -> tuple[ObservationPage, RecordPage]:
    """What the present coach sees: on her own page, and on the professional's."""
    with database.reading() as db:
        return (
            observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()),
            record_page(db, at_work.ruben, at_work.record_id, now=clock.now()),
        )


def words(result: Result) -> dict[str, object]:
    return {name: getattr(result, name) for name in NO_WORDS}


def returned(database: Database, storage: Storage, clock: MovableClock) -> Practising:
    """Ruben asked for another piece, Noor handed it in, and Bram takes over."""
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, score_SM1="1")
    sign(database, at_work, clock, "returned", reason="", by_when="2026-12-10")
    clock.advance(timedelta(days=1))
    bram = hand_over(database, at_work, clock, "Bram de Boer")
    for page in pages(database, bram, clock):  # while it lies with Noor, scores of both lie side by side for Ruben
        assert page.marks == ()
    hand_in(database, at_work, clock)
    return bram


def test_before_her_draft_a_new_coach_sees_the_agreement_only(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    bram = returned(database, storage, clock)
    his, hers = pages(database, bram, clock)
    assert his.last is not None
    for result in (his.last, *his.results, *hers.results):
        assert result.held_back
        assert words(result) == NO_WORDS
        assert (result.decision, result.coach, result.agreements) == (Decision.RETURNED, "Ruben Haddad", AGREED)
        assert str(result.by_when) == "2026-12-10"
    with database.reading() as db:  # others see what they saw
        for viewer in (bram.noor, bram.training.cast.fatma):
            (result,) = record_page(db, viewer, bram.record_id, now=clock.now()).results
            assert (result.held_back, result.strong) == (False, ("Rust",))


def test_the_draft_of_a_former_coach_is_not_hers_to_finish(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, whole=False)
    with database.reading() as db:
        assert [row.begun for row in coach_page(db, at_work.ruben, now=clock.now()).queue] == [True]
    bram = hand_over(database, at_work, clock, "Bram de Boer")
    with database.reading() as db:
        assert [row.begun for row in coach_page(db, bram.ruben, now=clock.now()).queue] == [False]


def test_her_own_draft_opens_what_was_written_before(database: Database, storage: Storage, clock: MovableClock) -> None:
    bram = returned(database, storage, clock)
    with database.writing() as db:  # a form that says nothing is not a view of her own
        assessing.save_observation(
            db, by=bram.ruben, record_id=bram.record_id, given=Observation(), version=0, whole=False, now=clock.now()
        )
    assert all(page.results[0].held_back for page in pages(database, bram, clock))
    observe(database, bram, clock, version=1, whole=False, strong_1="Bram zag dit")
    for page in pages(database, bram, clock):
        assert [(one.held_back, one.strong, one.growing) for one in page.results] == [
            (False, ("Rust",), ("Vaker open vragen",))
        ]


def test_who_comes_back_reads_her_own_and_not_what_followed(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    """Ruben, then Bram, then Ruben again: a draft counts for its own attempt and those before it."""
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, score_VS1="1")
    sign(database, at_work, clock, "not_met")
    bram = hand_over(database, at_work, clock, "Bram de Boer")
    _second_attempt(database, bram, clock)
    observe(database, bram, clock, score_VS1="1", strong_1="Bram zag dit")
    sign(database, bram, clock, "not_met")
    again = coached_by(database, at_work, clock, at_work.ruben.id)
    for page in pages(database, again, clock):
        newest, oldest = page.results
        assert (newest.held_back, words(newest)) == (True, NO_WORDS)
        assert (oldest.held_back, oldest.strong) == (False, ("Rust",))


def test_closed_work_opens_with_a_draft_on_other_work(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    """There is no form to fill in any more, so a view of her own on later work has to do."""
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    bram = hand_over(database, at_work, clock, "Bram de Boer")
    for page in pages(database, bram, clock):
        assert page.marks == ()
        assert words(page.results[0]) == NO_WORDS
        assert page.results[0].agreements == AGREED
    _draft_on_other_work(database, bram, clock)
    for page in pages(database, bram, clock):
        assert len(page.marks) == 2
        assert page.results[0].strong == ("Rust",)


def test_mail_and_copy_of_a_new_coach_hold_no_words_of_another(
    database: Database, storage: Storage, clock: MovableClock, data_dir: Path
) -> None:
    bram = returned(database, storage, clock)
    desk = Desk(Settings(data_dir=data_dir), KEYRING, clock.now())
    with database.reading() as db:
        mails = [write(db, one, desk) for one in db.scalars(select(Message).where(Message.person_id == bram.ruben.id))]
        copy = json.dumps(keeping.export_of(db, bram.ruben.id))
    assert len(mails) == 2  # that he coaches Noor, and that she handed in
    told = copy + " ".join(one.text + one.html for one in mails)
    assert [text for text in ("Rust", "open vragen", "drie vragen", "Kwam rustig") if text in told] == []


def test_the_rule_itself() -> None:
    none, first, second = OwnDrafts(), OwnDrafts(attempt=1), OwnDrafts(attempt=2)
    assert none.open_words(of_attempt=1, closed=False) is False
    assert none.open_words(of_attempt=1, closed=True) is False
    assert first.open_words(of_attempt=1, closed=False) is True
    assert first.open_words(of_attempt=2, closed=False) is False
    assert second.open_words(of_attempt=1, closed=False) is True
    other = OwnDrafts(elsewhere=True)
    assert [other.open_words(of_attempt=1, closed=closed) for closed in (False, True)] == [False, True]


def _second_attempt(database: Database, at_work: Practising, clock: MovableClock) -> None:
    with database.writing() as db:
        page = record_page(db, at_work.noor, at_work.record_id, now=clock.now())
        version = page.preparation.version if page.preparation else None
        given = PREPARED.model_copy(update={"version": version})
        records.prepare(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())
        visits.plan_visit(db, by=at_work.ruben, record_id=at_work.record_id, date_id=at_work.dates[1], now=clock.now())
    clock.advance(timedelta(days=7))
    add_photo(database, at_work, clock)
    hand_in(database, at_work, clock)


def _draft_on_other_work(database: Database, at_work: Practising, clock: MovableClock) -> None:
    """The tiny course has one assignment, so this one is written down as rows."""
    with database.writing() as db:
        known = db.scalars(select(PracticalAssignment)).one()
        other = PracticalAssignment(
            edition_id=known.edition_id,
            slug="02-nog-een",
            code="EB2",
            position=known.position + 1,
            title="Nog een",
            definition=known.definition,
        )
        db.add(other)
        db.flush()
        path = AssignmentRecord(
            enrolment_id=at_work.training.enrolment_id, assignment_id=other.id, created_at=clock.now()
        )
        db.add(path)
        db.flush()
        db.add(
            Assessment(
                record_id=path.id,
                attempt=1,
                coach_id=at_work.ruben.id,
                edition_id=known.edition_id,
                form=Observation(strong=("Zag ik zelf",)).as_facts(),
                saved_at=clock.now(),
            )
        )
