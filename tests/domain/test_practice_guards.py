"""Who may judge and see a practical assignment, and what the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.conversation.queries import talk_of
from app.courses.actions.coaching import assign_coach
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.people.tables import LineManager
from app.practice import inputs
from app.practice.actions import assessing, records
from app.practice.actions.noting import noting_as
from app.practice.coach_page import coach_page
from app.practice.observation_page import observation_page
from app.practice.person_page import person_page
from app.practice.phone import open_forms
from app.practice.queries import progress_of, waiting
from app.practice.record_page import record_page
from app.practice.rules.states import RecordState
from app.practice.tables.proof import SignOff
from tests.people import make_person
from tests.practising import (
    Practising,
    begin,
    observation,
    sign,
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


def test_the_coach_of_yesterday_finds_nothing(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    cast = at_work.training.cast
    with database.writing() as db:
        other = make_person(db, "Bram de Boer", now=clock.now())
        for slug in at_work.ruben.coach_of:
            grant_role(db, by=None, person_id=other, role=Role.COACH, intervention=slug, now=clock.now())
        enrolment_id = at_work.training.enrolment_id
        assign_coach(db, by=cast.fatma, enrolment_id=enrolment_id, coach_id=other, now=clock.now())
        bram = replace(viewer_for(db, other), factor_at=clock.now())
    with database.reading() as db:
        for look in (record_page, observation_page):
            with pytest.raises(NotFound):
                look(db, at_work.ruben, at_work.record_id, now=clock.now())
        # The draft of another coach stays hers: Bram starts with an empty form and sees no self-scores.
        page = observation_page(db, bram, at_work.record_id, now=clock.now())
        assert (page.version, page.filled, page.marks) == (0, 0, ())
    with pytest.raises(NotFound):
        sign(database, at_work, clock)


def test_guards_of_who_may_judge(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with database.writing() as db:
        given = observation(db, at_work)

        def refused(ruben: Viewer) -> str:
            with pytest.raises(Refused) as told:
                assessing.save_observation(
                    db, by=ruben, record_id=at_work.record_id, given=given, version=0, whole=True, now=clock.now()
                )
            return told.value.code

        assert refused(replace(at_work.ruben, coach_of=frozenset({"iets-anders"}))) == "not_coach_of_intervention"
        day = clock.now().date()
        db.add(LineManager(person_id=at_work.noor.id, manager_id=at_work.ruben.id, since=day, until=day))
        db.flush()
        assert refused(at_work.ruben) == "coach_is_manager"
        with pytest.raises(NotFound):
            assessing.save_observation(
                db,
                by=at_work.training.cast.fatma,
                record_id=at_work.record_id,
                given=given,
                version=0,
                whole=True,
                now=clock.now(),
            )


def test_others_see_no_record(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    cast = at_work.training.cast
    with database.reading() as db:
        for viewer in (cast.joris, cast.sanne):
            with pytest.raises(NotFound):
                record_page(db, viewer, at_work.record_id, now=clock.now())
        assert record_page(db, cast.fatma, at_work.record_id, now=clock.now()).mine is False


def test_who_lost_the_role_for_this_intervention_sees_nothing_of_it(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    """Also while she coaches for another one, and until somebody else was given the training."""
    at_work = begin(database, storage, clock, until="handed_in")
    enrolment_id, now = at_work.training.enrolment_id, clock.now()
    elsewhere = replace(at_work.ruben, coach_of=frozenset({"iets-anders"}))
    with database.reading() as db:
        assert observation_page(db, at_work.ruben, at_work.record_id, now=now).record_id == at_work.record_id
        assert person_page(db, at_work.ruben, enrolment_id, now=now).mine
        assert (len(coach_page(db, at_work.ruben, now=now).people), len(open_forms(db, at_work.ruben))) == (1, 1)
        pages: tuple[Callable[[], object], ...] = (
            lambda: observation_page(db, elsewhere, at_work.record_id, now=now),
            lambda: record_page(db, elsewhere, at_work.record_id, now=now),
            lambda: person_page(db, elsewhere, enrolment_id, now=now),
            lambda: noting_as(db, by=elsewhere, enrolment_id=enrolment_id),
            lambda: talk_of(db, elsewhere, at_work.record_id),
        )
        for page in pages:
            with pytest.raises(NotFound):
                page()
        assert (coach_page(db, elsewhere, now=now).people, open_forms(db, elsewhere)) == ((), ())


# What stands, stands


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sign_off SET decision = 'returned'",
        "DELETE FROM sign_off",
        "UPDATE submission SET number = 9",
        "DELETE FROM submission",
    ],
)
def test_the_database_itself_refuses_changes(
    database: Database, storage: Storage, clock: MovableClock, statement: str
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with pytest.raises(DBAPIError, match="frozen"), database.writing() as db:
        db.execute(text(statement))
    with database.reading() as db:
        assert db.scalars(select(SignOff)).one().decision == "signed_off"


COLUMNS = "submission_id, record_id, assessment_id, attempt, suggested, coach_id, signed_at, digest, event_id"
AGAIN = f"(id, decision, {COLUMNS}) SELECT id, 'returned', {COLUMNS} FROM sign_off"  # noqa: S608 - names of columns
REPLACE_ON_SQLITE = "INSERT OR REPLACE INTO sign_off " + AGAIN
REPLACE_ON_POSTGRESQL = (
    "INSERT INTO sign_off " + AGAIN + " WHERE true ON CONFLICT (id) DO UPDATE SET decision = excluded.decision"
)


def test_a_sign_off_is_not_replaced(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    replacing = REPLACE_ON_SQLITE if database.is_sqlite else REPLACE_ON_POSTGRESQL
    with pytest.raises(DBAPIError, match="frozen"), database.writing() as db:
        db.execute(text(replacing))
    with database.reading() as db:
        assert db.scalars(select(SignOff)).one().decision == "signed_off"


def test_waiting_counts_working_days(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")  # Thursday 3 December
    for days, working, late in ((0, 0, False), (4, 2, False), (7, 5, False), (8, 6, True)):
        with database.reading() as db:
            (row,) = waiting(db, clock.now() + timedelta(days=days))
            assert (row.person_id, row.coach_id) == (at_work.noor.id, at_work.ruben.id)
            assert (row.working_days, row.late) == (working, late)


def test_statements_do_not_grow_with_the_list(database: Database, storage: Storage, clock: MovableClock) -> None:
    from sqlalchemy import event

    at_work = begin(database, storage, clock, until="handed_in")
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def counted(times: int) -> int:
        with database.reading() as db:
            own = enrolment_facts(db, [at_work.training.enrolment_id])[at_work.training.enrolment_id]
            edition_of(db, own.edition_id)  # read once for each process
            seen.clear()
            progress_of(db, [own] * times)
            return len(seen)

    event.listen(database.reader, "before_cursor_execute", note)
    try:
        assert counted(1) == counted(3) == 3
    finally:
        event.remove(database.reader, "before_cursor_execute", note)


def test_preparing_in_two_tabs_loses_nothing(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="prepared")
    with database.writing() as db:
        first = inputs.Preparation(goal="Anders", session_plan="Plan", learning_question="Vraag", version=1)
        records.prepare(db, by=at_work.noor, record_id=at_work.record_id, given=first, now=clock.now())
        other = first.model_copy(update={"goal": "Nog anders"})
        with pytest.raises(Refused) as told:
            records.prepare(db, by=at_work.noor, record_id=at_work.record_id, given=other, now=clock.now())
        assert told.value.code == "stale_preparation"
