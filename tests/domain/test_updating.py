"""Trainers read what changed: who, what, until when, and what it means for a new group. On both databases."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.certification import keeping_up
from app.certification import queries as certification
from app.certification.actions import grant, take_over
from app.courses.actions import cohorts
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import Desk, NotDue, write
from app.outbox.tables import Message
from app.people.queries import viewer_for
from app.reports.road import road_page
from app.reports.worklist import Work, work_list
from app.settings import Settings
from app.theory import keeping, updating
from app.theory.handbook import handbook_page, session_page
from app.theory.tables import UpdateItem, UpdateTask
from app.theory.updates import task_instead, update_lesson, update_page, update_progress
from app.upkeep.invariants import invariants
from tests.domain.test_at_once import at_once
from tests.editing import HANDBOOK, LAST_WORDS, MAKING, OTHER_SCRIPT, OTHER_WORDS, Edits, publish_edited
from tests.people import KEYRING, make_person
from tests.practising import group_form
from tests.trained import Training, finish_theory, make_cohort, make_ready

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer

LESSON = ("lesson", "een-afspraak")
OTHER = ("lesson", "samen-iets-maken")
SESSION = ("session", "eerste-keer")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: Storage, clock: MovableClock) -> Training:
    """Noor is a trainer of the first edition; Joris was taken over and never followed a training."""
    with database.writing() as db:
        training = make_ready(db, storage, now=clock.now())
        grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=clock.now())
        take(db, training.cast.joris.id, training, now=clock.now())
    return training


def take(db: Session, person_id: int, training: Training, *, now: datetime) -> None:
    since = local_day(now) - timedelta(days=300)
    take_over(
        db,
        by_id=training.cast.fatma.id,
        person_id=person_id,
        intervention_id=training.intervention_id,
        since=since,
        intervisions=0,
        now=now,
    )


def publish(database: Database, storage: Storage, clock: MovableClock, edits: Edits) -> int:
    with database.writing() as db:
        return publish_edited(db, storage, edits, now=clock.now())


def ask(db: Session, training: Training, clock: MovableClock, number: int = 2, **given: Any) -> int:
    trainers = keeping_up.trainers(db, training.intervention_id, local_day(clock.now()))
    usual: dict[str, Any] = {"chosen": {LESSON, SESSION}, "trainers": trainers, "by": training.cast.fatma}
    return updating.ask(db, course_slug="kort", number=number, now=clock.now(), **(usual | given))


def task_of(db: Session, who: Viewer) -> UpdateTask:
    open_ones = UpdateTask.done_at.is_(None), UpdateTask.replaced_at.is_(None)
    return db.scalars(select(UpdateTask).where(UpdateTask.person_id == who.id, *open_ones)).one()


def read(db: Session, who: Viewer, piece: tuple[str, str], clock: MovableClock) -> None:
    updating.read(db, by=who, task_id=task_of(db, who).id, piece=piece, now=clock.now())


def pieces(db: Session, who: Viewer) -> list[tuple[str, str]]:
    rows = select(UpdateItem.kind, UpdateItem.slug).where(UpdateItem.task_id == task_of(db, who).id)
    return [(row.kind, row.slug) for row in db.execute(rows.order_by(UpdateItem.position))]


def events(db: Session, action: str) -> int:
    return db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == action)) or 0


def test_trainers_read_only_what_is_new_to_them(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    cast = training.cast
    script = OTHER_SCRIPT
    edition_id = publish(database, storage, clock, OTHER_WORDS | script)
    with database.writing() as db:
        assert ask(db, training, clock, chosen={LESSON, OTHER, SESSION}) == 2  # the second lesson did not change
        for who in (cast.noor, cast.joris):
            assert pieces(db, who) == [LESSON, SESSION]
        page = update_page(db, cast.noor, task_of(db, cast.noor).id, today=local_day(clock.now()))
        assert (page.left, page.next and page.next.slug, page.due_on) == (
            2,
            "een-afspraak",
            local_day(clock.now()) + timedelta(days=180),
        )
        lesson, _ = update_lesson(db, cast.noor, page.id, "een-afspraak")
        assert len(lesson.new_ids) == 1
        with pytest.raises(NotFound):
            update_page(db, cast.joris, page.id, today=local_day(clock.now()))
        assert road_page(db, cast.noor, now=clock.now()).next.code == "update"
        assert road_page(db, cast.noor, now=clock.now()).to_read is not None
        message = db.scalars(select(Message).where(Message.kind == updating.REQUIRED)).first()
        assert message is not None
        desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
        text = write(db, message, desk).text
        assert "- Een afspraak (les van 3 minuten)\n- De eerste keer (draaiboek uit het handboek)\n" in text
        read(db, cast.noor, LESSON, clock)
        read(db, cast.noor, LESSON, clock)
        with pytest.raises(NotFound):
            read(db, cast.noor, OTHER, clock)
        read(db, cast.noor, SESSION, clock)
        with pytest.raises(NotDue):
            write(db, message, desk)
        assert (events(db, updating.REQUIRED), events(db, updating.COMPLETED)) == (2, 1)
        assert road_page(db, cast.noor, now=clock.now()).to_read is None
        trainers = keeping_up.trainers(db, training.intervention_id, local_day(clock.now())).person_ids
        far = update_progress(db, edition_id, trainers, today=local_day(clock.now()))
        assert far is not None
        assert (far.done, [one.person_id for one in far.behind]) == (1, [cast.joris.id])
        first, second = keeping.export_of(db, cast.noor.id)["updates"]
        assert (first["lesson"], first["session"], second["session"]) == ("een-afspraak", "", "eerste-keer")
        (asked,) = keeping.export_of(db, cast.fatma.id)["updates_asked"]
        assert (asked["edition"], asked["pieces"]) == (2, ["een-afspraak", "samen-iets-maken", "eerste-keer"])
        assert invariants(db) == []


def test_who_is_late_finishes_a_group_and_begins_none(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    joris = training.cast.joris
    publish(database, storage, clock, OTHER_WORDS)
    with database.writing() as db:
        ask(db, training, clock, chosen={LESSON})
    clock.advance(timedelta(days=181))
    today = local_day(clock.now())
    days = {f"day_{n}": (today + timedelta(days=7 * n)).isoformat() for n in (1, 2)}

    def begin(db: Session) -> int:
        proof = certification.authorised(db, joris.id, today)
        given = Group.model_validate(group_form(intervention_id=training.intervention_id, **days))
        return delivery.save_group(
            db, by=viewer_for(db, joris.id), given=given, authorised=proof, pinned=frozenset(), now=clock.now()
        )

    with database.writing() as db:
        with pytest.raises(Refused) as refused:
            begin(db)
        assert refused.value.code == "read_first"
        line = next(
            one for one in work_list(db, now=clock.now(), first_steps_open=False).lines if one.what is Work.LATE_READING
        )
        assert (line.count, line.href) == (2, "/beheer/opleidingen/kort/edities/2#trainers")
        step = road_page(db, joris, now=clock.now()).next
        assert (step.code, step.href) == ("update", f"/bijlezen/{task_of(db, joris).id}/verder")
        read(db, joris, LESSON, clock)
        assert begin(db)


def test_a_newer_edition_takes_over_and_the_day_stays(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    """What was read of the one before counts; what is left goes along, with the day it was due."""
    noor, joris = training.cast.noor, training.cast.joris
    script = OTHER_SCRIPT
    publish(database, storage, clock, OTHER_WORDS | script)
    with database.writing() as db:
        ask(db, training, clock)
        due_on = task_of(db, noor).due_on
        read(db, noor, LESSON, clock)
        read(db, joris, LESSON, clock)
        read(db, joris, SESSION, clock)
    clock.advance(timedelta(days=10))
    third = OTHER_WORDS | script | {MAKING: ("Groot of klein", "Klein of groot")}
    publish(database, storage, clock, third)
    with database.writing() as db:
        first = task_of(db, noor).id
        assert ask(db, training, clock, number=3, chosen={OTHER}) == 2  # what others have read, an admin leaves out
        assert (pieces(db, noor), task_of(db, noor).due_on) == ([OTHER, SESSION], due_on)
        assert pieces(db, joris) == [OTHER]
        assert task_of(db, joris).due_on == due_on + timedelta(days=10)
        assert task_instead(db, noor, first) == task_of(db, noor).id
        for who, task_id in ((joris, first), (noor, task_of(db, noor).id)):
            with pytest.raises(NotFound):
                task_instead(db, who, task_id)
    fourth = {MAKING: ("Groot of klein", "Klein of groot"), **LAST_WORDS}  # and the script as it was
    publish(database, storage, clock, fourth)
    with database.writing() as db:
        assert ask(db, training, clock, number=4, chosen={LESSON}) == 2
        assert (pieces(db, noor), task_of(db, noor).due_on) == ([LESSON, OTHER], due_on)
        assert pieces(db, joris) == [LESSON, OTHER]


def test_who_was_trained_in_a_later_edition_is_not_asked_to_read_an_older_one(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    """Joris, who was asked and did not read, and Lotte, who is new: both are trained in what came after."""
    joris, now = training.cast.joris, clock.now()
    publish(database, storage, clock, OTHER_WORDS | OTHER_SCRIPT)
    with database.writing() as db:
        ask(db, training, clock)
        old = task_of(db, joris).id
    edition_id = publish(database, storage, clock, LAST_WORDS)
    with database.writing() as db:
        people = [joris.id, make_person(db, "Lotte Later", now=now)]
        cohort = make_cohort(db, training.cast.fatma, edition_id, now=now)
        for enrolment in cohorts.enrol(db, by=training.cast.fatma, cohort_id=cohort, person_ids=people, now=now):
            cohorts.complete(db, enrolment_id=enrolment, now=now)
        for person in people:
            updating.ask_newcomer(db, person_id=person, intervention_id=training.intervention_id, now=now)
        asked = select(UpdateTask.person_id).where(UpdateTask.replaced_at.is_(None))
        assert db.scalars(asked).all() == [training.cast.noor.id]
        assert task_instead(db, joris, old) is None
        assert events(db, updating.REQUIRED) == 2


def test_who_asks_while_somebody_publishes_asks_for_the_older_one(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    publish(database, storage, clock, OTHER_WORDS)
    went = threading.Event()

    def come_out() -> None:
        with database.writing() as db:
            publish_edited(db, storage, LAST_WORDS, now=clock.now())
            db.flush()
            went.set()
            time.sleep(0.4)

    with ThreadPoolExecutor(1) as pool:
        published = pool.submit(come_out)
        went.wait(timeout=20)
        with pytest.raises(Refused, match="not_newest"), database.writing() as db:
            ask(db, training, clock)
        published.result()


def test_asking_is_once_for_the_newest_and_by_admins(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    publish(database, storage, clock, OTHER_WORDS)
    for given, why in (
        ({"by": training.cast.ruben}, Forbidden),
        ({"number": 9}, NotFound),
        ({"number": 1}, Refused),
        ({"chosen": set()}, Refused),
        ({"chosen": {OTHER}}, Refused),
    ):
        with pytest.raises(why), database.writing() as db:
            ask(db, training, clock, **given)
    ended = at_once(database, [lambda db: ask(db, training, clock)] * 4)
    assert ended == {"done": 1, "asked_already": 3}
    with database.reading() as db:
        assert db.scalar(select(func.count(UpdateTask.id))) == 2
        assert db.scalar(select(func.count(Message.id)).where(Message.kind == updating.REQUIRED)) == 2


def test_who_gets_a_certificate_later_reads_along_and_is_reminded(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    publish(database, storage, clock, OTHER_WORDS)
    with database.writing() as db:
        ask(db, training, clock)
    clock.advance(timedelta(days=30))
    with database.writing() as db:
        late = make_person(db, "Lotte Later", now=clock.now())
        take(db, late, training, now=clock.now())
        take(db, late, training, now=clock.now())
        assert len(pieces(db, viewer_for(db, late))) == 1
    sent = []
    for days in (119, 1, 22, 1, 8):
        clock.advance(timedelta(days=days))
        with database.writing() as db:
            updating.remind(db, now=clock.now())
            updating.remind(db, now=clock.now())
        with database.reading() as db:
            reminded = select(func.count(Message.id)).where(
                Message.kind == updating.REMINDER, Message.person_id == training.cast.noor.id
            )
            sent.append(db.scalar(reminded))
    assert sent == [0, 1, 1, 2, 2]
    with database.reading() as db:
        message = db.scalars(select(Message).where(Message.kind == updating.REMINDER).order_by(Message.id)).first()
        assert message is not None
        desk = Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now())
        assert "Een afspraak" in write(db, message, desk).text
        with pytest.raises(NotDue, match="geldt niet meer"):  # it waited until her certificate had ended
            write(db, message, replace(desk, now=clock.now() + timedelta(days=5 * 365)))


def test_the_handbook_marks_what_is_new_since_the_training(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    cast, today = training.cast, local_day(clock.now())
    publish(database, storage, clock, OTHER_SCRIPT | {HANDBOOK: ('version: "1"', 'version: "2"')})
    with database.writing() as db:
        held = {who: keeping_up.held_by(db, who.id, today) for who in (cast.noor, cast.joris, cast.ruben)}
        own = handbook_page(db, cast.noor, "kort", held[cast.noor])
        assert (own.version, own.since, [line.new for line in own.sessions]) == ("2", "1", [True])
        assert [one.version for one in own.versions] == ["2", "1"]
        script = session_page(db, cast.noor, "kort", "eerste-keer", held[cast.noor], starts_at=clock.now())
        assert [(step.start, step.new) for step in script.steps][1:3] == [("10.05", False), ("10.15", True)]
        assert not any(thing.new for thing in script.materials)
        # Taken over without an edition, and who looks along: the newest, and nothing marked.
        for who in (cast.joris, cast.ruben):
            other = handbook_page(db, viewer_for(db, who.id), "kort", held[who])
            assert (other.version, other.since, [line.new for line in other.sessions]) == ("2", "", [False])
        with pytest.raises(NotFound):
            handbook_page(db, cast.sanne, "kort", keeping_up.held_by(db, cast.sanne.id, today))
        ask(db, training, clock, chosen={SESSION})
        read(db, cast.noor, SESSION, clock)
        assert handbook_page(db, cast.noor, "kort", held[cast.noor]).since == ""


def test_who_is_in_training_reads_her_own_handbook(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    with database.writing() as db:
        person = make_person(db, "Lotte Later", now=clock.now())
        (own,) = cohorts.enrol(
            db, by=training.cast.fatma, cohort_id=training.cohort_id, person_ids=[person], now=clock.now()
        )
        finish_theory(db, training, now=clock.now(), enrolment_id=own)
    publish(database, storage, clock, OTHER_SCRIPT | {HANDBOOK: ('version: "1"', 'version: "2"')})
    with database.reading() as db:
        nothing = keeping_up.held_by(db, person, local_day(clock.now()))
        page = handbook_page(db, viewer_for(db, person), "kort", nothing)
        assert (page.version, page.since, [one.version for one in page.versions]) == ("1", "", ["1"])
