"""Each rule of the data finds what breaks it, named by rule and row; a sound installation breaks none."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.certification import actions as certification
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.ids import Keyring
from app.kit.storage import Entry, FolderStorage, folder
from app.ledger import chain
from app.ledger.tables import LedgerEvent
from app.main import Parts
from app.meetings.actions.answering import answer
from app.meetings.rules import AnswerTo
from app.meetings.tables import MeetingSignup
from app.people.tables import Export
from app.upkeep import files, queries
from app.upkeep.examine import examine
from app.upkeep.invariants import FROZEN, invariants
from app.worker.handlers import upkeep
from app.worker.run import registered
from migrations import triggers
from migrations.models import metadata
from tests import intervision
from tests.apps import set_up_app
from tests.page import make_test_parts
from tests.people import make_person
from tests.trained import make_ready


def thaw(table: str, verb: str = "update") -> str:
    return f"thaw {table} {verb}"


def copy_of(table: str, columns: str) -> str:
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"  # noqa: S608 - our own words


OPEN_JOBS: Final = "UPDATE job SET ended_at = '2026-11-23' WHERE kind = 'outbox.send'"
BREAKS: Final[dict[str, tuple[list[str], tuple[str, str]]]] = {
    "a seat nobody has": (["UPDATE meeting SET taken = taken + 1"], ("I-1", "meeting")),
    "a yes without a seat": (["UPDATE meeting_signup SET answer = 'yes'"], ("I-1", "meeting")),
    "two coaches": (
        [
            "DROP INDEX uq_coach_assignment_current",
            copy_of("coach_assignment", "enrolment_id, coach_id, since, reason"),
        ],
        ("I-1", "coach_assignment"),
    ),
    "two employers": (
        [
            "DROP INDEX uq_membership_current",
            copy_of("membership", "person_id, organisation_id, since"),
        ],
        ("I-1", "membership"),
    ),
    "another event": (
        [thaw("ledger_event"), "UPDATE ledger_event SET digest = 'x' WHERE id = 1"],
        ("I-4", "ledger_event"),
    ),
    "another actor": (
        [thaw("ledger_event"), "UPDATE ledger_event SET actor_id = 2 WHERE id = 3"],
        ("I-4", "ledger_event"),
    ),
    "a seal that is gone": (
        [thaw("ledger_seal", "delete"), "DELETE FROM ledger_seal WHERE seq = 2"],
        ("I-4", "ledger_seal"),
    ),
    "a seal that was made again": (
        [thaw("ledger_seal"), "UPDATE ledger_seal SET hash = 'x' WHERE seq = 2"],
        ("I-4", "ledger_event"),
    ),
    "other words": (["UPDATE ledger_content SET content = '{\"a\": 1}' WHERE event_id = 1"], ("I-4", "ledger_event")),
    "another sign-off": (
        ["INSERT INTO sign_off_content (sign_off_id, salt, content) VALUES (1, 'x', '{}')"],
        ("I-2", "sign_off"),
    ),
    "own work": (
        [thaw("sign_off"), "UPDATE sign_off SET coach_id = (SELECT person_id FROM enrolment)"],
        ("I-2", "sign_off"),
    ),
    "no protection": ([thaw("sign_off", "delete")], ("I-4", "sign_off")),
    "no document": (["DELETE FROM certificate WHERE id = 1"], ("I-3", "certification_period")),
    "a number that was made up": (
        ["UPDATE certificate SET number = 'SA-2026-0900-X' WHERE id = 1"],
        ("I-3", "certificate"),
    ),
    "a number of later": (["UPDATE number_series SET last = 1"], ("I-3", "certificate")),
    "no number at all": (["UPDATE certificate SET number = 'een' WHERE id = 1"], ("I-3", "certificate")),
    "two periods at once": (
        ["UPDATE certification_period SET certification_id = 1, number = id, starts_on = '2026-01-01'"],
        ("I-3", "certification_period"),
    ),
    "no decision": (["UPDATE certification SET source = 'training'"], ("I-3", "certification")),
    "no certification": (
        ["UPDATE enrolment SET person_id = (SELECT min(id) FROM person WHERE id <> enrolment.person_id)"],
        ("I-3", "person"),
    ),
    "a list that says otherwise": (
        ["UPDATE standing_span SET state = 'lapsed' WHERE id = 1"],
        ("I-3", "standing_span"),
    ),
    "a list that says nothing": (["DELETE FROM standing_span"], ("I-3", "standing_span")),
    "a message nobody sends": ([OPEN_JOBS], ("I-5", "message")),
    "a message with two ends": (
        ["UPDATE message SET sent_at = created_at, bounced_at = created_at"],
        ("I-5", "message"),
    ),
    "erased, with an address": (["UPDATE person SET erased_at = created_at"], ("I-8", "person")),
    "a job that kills": (["UPDATE job SET attempts = max_attempts + 1"], ("I-12", "job")),
}


@pytest.fixture
def sound(database: Database, data_dir: Path, clock: MovableClock) -> Parts:
    """Noor certified through the training, Joris taken over, a meeting with an answer."""
    parts = make_test_parts(database, data_dir, clock)
    now = clock.now()
    with database.writing() as db:
        training = make_ready(db, parts.storage, now=now)
        cast = training.cast
        certification.grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=now)
        certification.take_over(
            db,
            by_id=cast.fatma.id,
            person_id=cast.joris.id,
            intervention_id=training.intervention_id,
            since=date(2024, 1, 1),
            intervisions=1,
            now=now,
        )
        round_id = intervision.make_round(db, cast.fatma, now=now)
        intervision.add_session(db, cast.fatma, round_id, now=now)
        intervision.publish(db, cast.fatma, round_id, cast.noor.id, cast.joris.id, now=now)
        signup_id = db.scalars(select(MeetingSignup.id).limit(1)).one()
        answer(db, signup_id=signup_id, answer=AnswerTo.YES, actor_id=None, now=now)
        chain.seal(db, now=now)
    return parts


def run_statement(db: Session, statement: str) -> None:
    if statement.startswith("thaw "):
        _, table, verb = statement.split()
        on = f" ON {table}" if db.get_bind().dialect.name == "postgresql" else ""
        statement = f"DROP TRIGGER frozen_{table}_{verb}{on}"
    db.execute(text(statement))


def test_each_rule_finds_what_breaks_it(sound: Parts) -> None:
    missed = []
    with sound.database.reading(snapshot=True) as db:
        assert [str(violation) for violation in invariants(db)] == []
    for name, (statements, wanted) in BREAKS.items():
        with sound.database.writing() as db:
            for statement in statements:
                run_statement(db, statement)
            found = invariants(db)
            db.rollback()
        if wanted not in {(violation.rule, violation.subject) for violation in found}:
            missed.append((name, [str(violation) for violation in found]))
    assert missed == []
    with sound.database.reading() as db:
        assert invariants(db) == []


def test_a_row_without_its_parent_is_found(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> None:
    parts = make_test_parts(sqlite_database, data_dir, clock)
    with closing(sqlite3.connect(data_dir / "academie.db")) as db:  # a tool, with the check off
        db.execute("INSERT INTO line_manager (person_id, manager_id, since) VALUES (98, 99, '2026-01-01')")
        db.commit()
    found = examine(parts.settings.database, parts.storage, parts.keyring, data_dir=data_dir)
    assert {(violation.rule, violation.subject) for violation in found} == {("I-14", "line_manager")}


def test_an_app_that_our_keys_do_not_open_is_found(
    sqlite_database: Database, data_dir: Path, clock: MovableClock
) -> None:
    """As after a restore beside another SECRET: the person could not come in, and nobody would know why."""
    parts = make_test_parts(sqlite_database, data_dir, clock)
    with sqlite_database.writing() as db:
        ruben = make_person(db, "Ruben Haddad", now=clock.now())
        set_up_app(db, ruben, now=clock.now(), keyring=Keyring(("a-key-that-is-gone-since-the-restore",)))
    found = examine(parts.settings.database, parts.storage, parts.keyring, data_dir=data_dir)
    assert [(violation.subject, violation.subject_id) for violation in found] == [("person", ruben)]


def test_the_frozen_tables_are_those_of_the_migrations() -> None:
    assert set(FROZEN) == set(triggers.FROZEN)


def test_every_column_that_names_a_file_is_known() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_key") and column.name not in {"form_key", "sent_key"}
    }
    assert columns == {f"{column.class_.__tablename__}.{column.key}" for column, _ in files.NAMES}


def test_the_night_looks_everything_over_and_tells(
    sqlite_database: Database, data_dir: Path, clock: MovableClock
) -> None:
    parts = make_test_parts(sqlite_database, data_dir, clock)
    kept = parts.storage.put("exports", b"a copy")
    with sqlite_database.writing() as db:
        noor = make_ready(db, parts.storage, now=clock.now()).cast.noor
        db.add(Export(person_id=noor.id, asked_at=clock.now(), ready_at=clock.now(), storage_key=kept.key))
    handlers = registered()[0]
    with sqlite_database.reading() as db:
        assert (queries.last_check(db), queries.newest_backup(db)) == (None, None)
    handlers["backup.make"](parts.work, {})
    handlers["upkeep.check"](parts.work, {})
    first = clock.now()
    with sqlite_database.reading() as db:
        last = queries.last_check(db)
        assert queries.newest_backup(db) == first
    assert last is not None
    assert (last.at, last.violations, last.missing_files, last.restored_at, last.well) == (first, 0, 0, first, True)

    clock.advance(timedelta(days=1))
    parts.storage.delete(kept.key)
    handlers["upkeep.check"](parts.work, {})
    with sqlite_database.reading() as db:
        last = queries.last_check(db)
    assert last is not None
    assert (last.violations, last.missing_files, last.restored_at, last.well) == (1, 1, first, False)

    clock.advance(timedelta(days=6))
    (backup_file,) = (data_dir / "backups").iterdir()
    backup_file.write_bytes(backup_file.read_bytes()[:20_000])
    handlers["upkeep.check"](parts.work, {})
    with sqlite_database.reading() as db:
        last = queries.last_check(db)
    assert last is not None
    assert (last.violations, last.restored_at) == (2, first)  # a backup that cannot be put back is a violation


class Again(FolderStorage):
    """A file of a course that nobody needed comes again after the list of files was made."""

    key, at = "courses/0a.webp", 0.0

    def entries(self, prefix: str = "") -> list[Entry]:
        found = super().entries(prefix)
        os.utime(self._path / self.key, (self.at, self.at))
        return found


def test_a_file_that_comes_again_stays(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> None:
    folder(data_dir / "elders")
    storage = Again(data_dir / "elders")
    storage.put_at(storage.key, b"x")
    clock.set(storage.last_modified(storage.key) + timedelta(days=2))
    storage.at = clock.now().timestamp()
    work = replace(make_test_parts(sqlite_database, data_dir, clock).work, storage=storage)
    upkeep.remove_orphans(work, {})
    assert storage.keys() == [storage.key]
    clock.advance(timedelta(days=2))
    upkeep.remove_orphans(work, {})
    assert not (data_dir / "elders" / storage.key).exists()


def test_files_without_a_row_go_after_a_day_and_no_others(
    sqlite_database: Database, data_dir: Path, clock: MovableClock
) -> None:
    parts = make_test_parts(sqlite_database, data_dir, clock)
    with sqlite_database.writing() as db:
        make_ready(db, parts.storage, now=clock.now())
    orphans = [parts.storage.put(area.rstrip("/"), b"x").key for area in files.AREAS]
    parts.storage.put_at("erasures/7", b"x")
    unfinished = data_dir / "files" / "evidence" / "0a.mp4#1"  # a kill in the middle of a film; no list shows it
    unfinished.write_bytes(b"x")
    kept = set(parts.storage.keys()) - set(orphans)
    clean = registered()[0]["upkeep.orphans"]
    came = parts.storage.entries()[0].last_modified

    clock.set(came + timedelta(hours=23))
    clean(parts.work, {})
    assert set(parts.storage.keys()) == kept | set(orphans)
    assert unfinished.exists()
    clock.set(came + timedelta(hours=25))
    clean(parts.work, {})
    clean(parts.work, {})
    assert set(parts.storage.keys()) == kept
    assert not unfinished.exists()
    with sqlite_database.reading() as db:
        actions = list(db.scalars(select(LedgerEvent.action).where(LedgerEvent.action.like("upkeep%"))))
    assert actions == ["upkeep.orphans_removed"]
    assert folder(data_dir / "files").get("erasures/7") == b"x"
