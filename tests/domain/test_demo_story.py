"""The demo tells its whole story by the real actions, once, on both databases."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.certification.queries import ready_for_decision, state_counts
from app.certification.rules import State
from app.certification.tables import Certificate
from app.courses.queries import current_enrolment, enrolment_facts
from app.courses.rules import EnrolmentStage
from app.courses.tables import Cohort, Enrolment
from app.delivery.queries import groups_of
from app.demo import people
from app.demo.people import address_of
from app.demo.story import next_start, season_of, tell
from app.intervision.queries.rounds import rounds
from app.intervision.rules import RoundState
from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.localtime import local_day
from app.ledger.tables import LedgerEvent
from app.main import Parts
from app.outbox.rules import MessageState, state
from app.outbox.tables import Message
from app.people.actions.passwords import password_matches, stored_password
from app.people.tables import Account, Invitation, Organisation, Person, SignIn
from app.practice.actions.reminding import REMINDER
from app.practice.queries import waiting
from app.practice.rules.progress import NextCode
from app.practice.rules.states import RecordState
from app.settings import DEMO_PASSWORD
from app.upkeep import files
from app.upkeep.invariants import invariants
from tests.page import make_test_parts
from tests.trained import practice_of, theory_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.db import Database

NAMED = ("noor", "ruben", "fatma", "sanne", "joris")


@pytest.fixture
def told(database: Database, data_dir: Path, clock: MovableClock) -> Parts:
    parts = make_test_parts(database, data_dir, clock)
    assert tell(parts)
    return parts


def _person(db: Session, name: str) -> int:
    return db.scalars(select(Person.id).where(Person.name == name)).one()


def _enrolment(db: Session, name: str) -> int:
    found = current_enrolment(db, _person(db, name))
    assert found is not None
    return found.id


def _next(db: Session, name: str) -> NextCode | None:
    enrolment = _enrolment(db, name)
    step = practice_of(db, enrolment).next
    return step.code if step else None


def test_the_whole_story_and_only_once(told: Parts) -> None:
    now = told.clock.now()
    with told.database.reading() as db:
        _everybody_is_there(db)
        _the_five_can_sign_in(db)
        _every_stage_is_there(db, now)
        _noor_is_on_her_way(db, now)
        _certificates_stand_everywhere(db, now)
        _both_rounds_are_told(db, now)
        _mail_has_a_history(db, now)
    with told.database.writing() as db:
        assert invariants(db) == []
        assert files.named(db) <= set(told.storage.keys())
        before = db.scalar(select(func.count()).select_from(LedgerEvent))
    assert not tell(told)  # somebody is there: nothing happens
    with told.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(LedgerEvent)) == before


def _everybody_is_there(db: Session) -> None:
    assert db.scalar(select(func.count()).select_from(Organisation)) == 3
    learners = [one for each in (people.FINISHED, people.NEARLY_FINISHED, people.RUNNING) for one in each.people]
    professionals = {one.name for one in learners} | {one.name for one in people.VETERANS}
    professionals |= {one.name for one in people.NEXT}
    assert len(professionals) == 40
    names = set(db.scalars(select(Person.name)))
    assert names == professionals | {one.name for one in people.STAFF} | {people.OWNER}
    addresses = set(db.scalars(select(Person.email)))
    assert addresses == {address_of(name) for name in names}
    assert {f"{name}@demo.example" for name in NAMED} <= addresses


def _the_five_can_sign_in(db: Session) -> None:
    for name in NAMED:
        person_id, stored = stored_password(db, address=f"{name}@demo.example")
        assert person_id is not None
        assert password_matches(stored, DEMO_PASSWORD)
    hashes = set(db.scalars(select(Account.password_hash)))
    assert len(hashes) == 1  # hashing is slow on purpose
    assert db.scalar(select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))) == 0


def _every_stage_is_there(db: Session, now: datetime) -> None:
    facts = enrolment_facts(db, db.scalars(select(Enrolment.id)).all())
    stages = Counter(one.stage for one in facts.values())
    assert stages[EnrolmentStage.WITHDRAWN] == 1
    assert stages[EnrolmentStage.INVITED] == len(people.NEXT)
    assert stages[EnrolmentStage.COMPLETED] == 9
    assert sum(one.coach_id is None for one in facts.values() if one.stage is EnrolmentStage.FOLLOWING) == 1
    assert len(ready_for_decision(db)) == 2
    late = [one for one in waiting(db, now) if one.late]
    assert [one.person_id for one in late] == [_person(db, "Aisha Warsame")]
    ruben = _person(db, people.RUBEN)
    assert sum(one.coach_id == ruben for one in waiting(db, now)) == 3
    assert _next(db, "Rashida Ramdin") is NextCode.FIND_GROUP
    assert _next(db, "Thuy Nguyen") is NextCode.PREPARE
    assert _next(db, "Esther Cohen") is NextCode.IMPROVE
    assert _next(db, "Bram Hoekstra") is NextCode.THEORY_FIRST
    assert _next(db, "Kevin Monteiro") is NextCode.VISIT
    kevin = _enrolment(db, "Kevin Monteiro")
    assert practice_of(db, kevin).assignments[1].state is RecordState.PLANNED
    joris = _enrolment(db, people.JORIS)
    step = theory_of(db, joris).next
    assert step is not None
    assert (step.module_title, step.number) == ("Eigenwaarde en meedoen", 2)
    assert len(db.scalars(select(Cohort.name)).all()) == 4
    expiry = db.scalars(
        select(Invitation.expires_at)
        .join(Enrolment, Enrolment.invitation_id == Invitation.id)
        .where(Enrolment.confirmed_at.is_(None), Enrolment.withdrawn_at.is_(None))
    ).all()
    assert sum(moment < now for moment in expiry) == 1
    assert sum(now < moment < now + timedelta(days=2) for moment in expiry) == 1


def _noor_is_on_her_way(db: Session, now: datetime) -> None:
    noor = _enrolment(db, people.NOOR)
    assert theory_of(db, noor).complete
    practice = practice_of(db, noor)
    states = [one.state for one in practice.assignments]
    assert states == [RecordState.SIGNED_OFF, RecordState.PLANNED, RecordState.OPEN]
    assert practice.next is not None
    assert practice.next.day is not None
    assert local_day(now) < practice.next.day <= local_day(now) + timedelta(days=7)
    group = groups_of(db, [noor])[noor]
    assert group.municipality == "Rotterdam"
    assert {date.starts_at < now for date in group.dates} == {True, False}
    assert group.dates[-1].kind == "end_presentation"


def _certificates_stand_everywhere(db: Session, now: datetime) -> None:
    assert state_counts(db, local_day(now)) == {State.VALID: 12, State.EXPIRING: 2, State.IN_GRACE: 2, State.LAPSED: 2}
    assert db.scalar(select(func.count()).select_from(Certificate)) == 18
    renders = select(func.count()).select_from(Job).where(Job.kind == "certification.render", Job.ended_at.is_(None))
    assert db.scalar(renders) == 18


def _both_rounds_are_told(db: Session, now: datetime) -> None:
    this, last = rounds(db, now=now)
    assert last.state is RoundState.SETTLED
    assert this.state is RoundState.RUNNING
    held, coming = this.sessions
    assert held.meeting.starts_at < now < coming.meeting.starts_at
    assert held.meeting.seats == coming.meeting.seats == 12
    assert this.seated > 0
    assert this.silent > 0
    assert this.invited > this.seated + this.silent  # some said no


OVERTAKEN = frozenset({REMINDER, "conversation.new"})
"""Letters that wait for a visit to come, or that need not go out: it changed hands, or another one told of it."""


def _mail_has_a_history(db: Session, now: datetime) -> None:
    for message in db.scalars(select(Message)):
        if message.kind in OVERTAKEN and message.sent_at is None:
            assert state(message) is (MessageState.PLANNED if message.send_at > now else MessageState.SUPPRESSED)
            continue
        assert message.sent_at is not None, (message.kind, message.send_at, state(message), message.suppressed_reason)
        assert message.send_at <= message.sent_at < message.send_at + timedelta(minutes=5)
        assert message.sent_at <= now
    failed = select(func.count()).select_from(Job).where(Job.failed_at.is_not(None))
    assert db.scalar(failed) == 0


@pytest.mark.parametrize("day", ["2027-01-01", "2027-02-28", "2027-03-29", "2027-07-03", "2028-02-29"])
def test_the_names_of_classes_differ_on_any_day(day: str) -> None:
    today = datetime.fromisoformat(day).replace(tzinfo=UTC).date()
    started = [today - timedelta(days=one.started) for one in (people.FINISHED, people.NEARLY_FINISHED, people.RUNNING)]
    names = [season_of(start) for start in started]
    coming = next_start(today, after=names[-1])
    assert coming > today
    assert len({*names, season_of(coming)}) == 4, json.dumps(names)
