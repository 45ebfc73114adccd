"""Moving people to a newer edition: nothing is lost, and what changed has to be read again. On both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, update

from app.certification.keeping_up import deciding
from app.courses.actions import cohorts
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.tables import Cohort, Enrolment
from app.courses.terms import term_of
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.letters.desk import Desk, write
from app.outbox.tables import Message
from app.people.queries import viewer_for
from app.practice.actions import assessing, records
from app.practice.coach_page import coach_page
from app.practice.observation_page import observation_page
from app.practice.person_page import person_page
from app.practice.record_page import record_page
from app.practice.rules.risks import RiskCode
from app.reports.following import in_cohort
from app.settings import Settings
from app.theory import actions, keeping
from app.theory.moving import move
from app.theory.moving_page import Choice, MovePage, edition_page, move_page
from app.theory.tables import ChangedLesson, LessonCompletion
from app.upkeep.invariants import invariants
from tests.domain.test_at_once import at_once
from tests.editing import MAKING, OTHER_WORDS, PROMISE, THIRD_LESSON, Edits, publish_edited
from tests.people import KEYRING, make_person
from tests.practising import begin, fresh, signature
from tests.trained import Training, finish_theory, in_training, sign_everything, theory_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

FIRST, SECOND = "een-afspraak", "samen-iets-maken"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: Storage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now())


def publish(database: Database, storage: Storage, clock: MovableClock, edits: Edits = OTHER_WORDS) -> int:
    with database.writing() as db:
        return publish_edited(db, storage, edits, now=clock.now())


def go(db: Session, training: Training, clock: MovableClock, number: int = 2, **given: Any) -> int:
    usual: dict[str, Any] = {
        "enrolment_ids": [training.enrolment_id],
        "chosen": {FIRST},
        "by": training.cast.fatma,
        "deciding": partial(deciding, db),
    }
    return move(db, course_slug="kort", number=number, now=clock.now(), **(usual | given))


def preview(
    db: Session, training: Training, clock: MovableClock, ids: Sequence[int] = (), also: Collection[int] = ()
) -> MovePage:
    choice = Choice(people=tuple(ids or [training.enrolment_id]), lessons=(FIRST,), also=frozenset(also))
    waits, today = partial(deciding, db), local_day(clock.now())
    return move_page(db, training.cast.fatma, "kort", 2, choice=choice, deciding=waits, today=today)


def finish(db: Session, training: Training, lesson: str, clock: MovableClock) -> str:
    return actions.finish_lesson(db, by=training.cast.noor, course_slug="kort", lesson_slug=lesson, now=clock.now()).to


def events(db: Session, action: str) -> int:
    return db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == action)) or 0


def test_a_move_opens_what_changed_and_keeps_the_rest(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    fatma = training.cast.fatma
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
    edition_id = publish(database, storage, clock)
    with database.reading() as db:
        page = edition_page(db, fatma, "kort", 2)
        assert [one.enrolment_id for one in page.people] == [training.enrolment_id]
        assert [(one.slug, one.to_read_again) for one in page.changed] == [(FIRST, True)]
        (line,) = preview(db, training, clock).lines
        assert ([one.slug for one in line.effect.again], line.effect.kept, line.effect.reopens) == ([FIRST], 1, True)
        assert theory_of(db, training.enrolment_id).complete  # looking changed nothing
    with database.writing() as db:
        assert go(db, training, clock) == 1
    with database.writing() as db:
        state = theory_of(db, training.enrolment_id)
        assert (state.lessons_done, state.quizzes_passed, state.complete) == (1, 1, False)
        assert state.next is not None
        assert state.next.slug == FIRST
        assert db.scalar(select(func.count(LessonCompletion.id))) == 2
        assert db.get_one(Enrolment, training.enrolment_id).edition_id == edition_id
        assert db.get_one(Cohort, training.cohort_id).edition_id == edition_id
        assert (events(db, "theory.moved"), events(db, "courses.cohort_moved")) == (1, 1)
        message = db.scalars(select(Message).where(Message.kind == "theory.moved")).one()
        letter = write(db, message, Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now()))
        assert "Lees hem nog een keer:\n- Een afspraak (les van 3 minuten)" in letter.text
        finish(db, training, FIRST, clock)
        assert theory_of(db, training.enrolment_id).complete
        assert events(db, "theory.completed") == 1
        assert db.scalars(select(ChangedLesson.done_at)).all() == [clock.now()]
        finish(db, training, FIRST, clock)
        assert events(db, "theory.completed") == 1
        assert invariants(db) == []
        assert keeping.export_of(db, training.cast.noor.id)["changed_lessons"][0]["lesson"] == FIRST


def test_twice_is_once_and_only_admins_move(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    publish(database, storage, clock)
    with pytest.raises(Forbidden), database.writing() as db:
        go(db, training, clock, by=training.cast.ruben)
    for number in (3, 1):
        with pytest.raises((NotFound, Refused)), database.writing() as db:
            go(db, training, clock, number=number)
    with database.writing() as db:
        assert go(db, training, clock) == 1
        assert db.scalar(select(func.count(Message.id)).where(Message.kind == "theory.moved")) == 0  # nothing to read
    with pytest.raises(Refused), database.writing() as db:
        go(db, training, clock)
    with database.reading() as db:
        assert events(db, "theory.moved") == 1
        assert edition_page(db, training.cast.fatma, "kort", 2).people == ()


def test_a_second_move_takes_along_what_was_still_to_read(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
    publish(database, storage, clock)
    more = OTHER_WORDS | {"modules/01-veilig-beginnen/03-afscheid.md": THIRD_LESSON}
    publish(database, storage, clock, more)
    publish(database, storage, clock, more | {MAKING: None, PROMISE: None})
    with database.writing() as db:
        go(db, training, clock)
        go(db, training, clock, number=3, chosen=set())
        told = db.scalars(select(Message).where(Message.kind == "theory.moved").order_by(Message.id.desc())).first()
        assert told is not None
        letter = write(db, told, Desk(Settings(public_url="https://academie.test"), KEYRING, clock.now()))
        for words in (letter.text, letter.html):
            assert words.index("Lees hem nog een keer") < words.index("Dit komt erbij:") < words.index("Afscheid nemen")
        state = theory_of(db, training.enrolment_id)
        assert (state.lessons_done, state.lessons_total, state.next and state.next.slug) == (1, 3, FIRST)
        assert len(db.scalars(select(ChangedLesson.id)).all()) == 1
        go(db, training, clock, number=4)
        assert db.scalars(select(ChangedLesson.id)).all() == []  # the lesson is gone
        assert theory_of(db, training.enrolment_id).lessons_done == 0
        assert finish(db, training, "afscheid", clock)
        assert theory_of(db, training.enrolment_id).complete
        assert finish(db, training, FIRST, clock) == "/opleiding/kort"  # an old tab: on to the course
        assert invariants(db) == []


@pytest.mark.parametrize("turn", range(3))
def test_who_finishes_a_lesson_at_that_moment_loses_nothing(
    database: Database, storage: Storage, training: Training, clock: MovableClock, turn: int
) -> None:
    with database.writing() as db:
        finish(db, training, FIRST, clock)
    edition_id = publish(database, storage, clock)
    jobs = [lambda db: finish(db, training, SECOND, clock), lambda db: go(db, training, clock)]
    assert at_once(database, jobs if turn % 2 else jobs[::-1]) == {"done": 2}
    with database.reading() as db:
        state = theory_of(db, training.enrolment_id)
        assert (state.lessons_done, state.next and state.next.slug) == (1, FIRST)
        assert sorted(db.scalars(select(LessonCompletion.lesson_slug))) == [FIRST, SECOND]
        assert db.get_one(Enrolment, training.enrolment_id).edition_id == edition_id
        assert invariants(db) == []


def test_who_waited_for_the_move_finds_her_training_again(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    """The move holds her enrolment while she sends a lesson: PostgreSQL first looks for it in the old edition."""
    publish(database, storage, clock)
    went = threading.Event()

    def carry() -> None:
        with database.writing() as db:
            go(db, training, clock)
            db.flush()
            went.set()
            time.sleep(0.4)

    def come() -> str:
        went.wait(timeout=20)
        with database.writing() as db:
            return finish(db, training, SECOND, clock)

    with ThreadPoolExecutor(2) as pool:
        gone, came = pool.submit(carry), pool.submit(come)
        gone.result()
        assert came.result().startswith("/opleiding/kort/toets")
    with database.reading() as db:
        assert theory_of(db, training.enrolment_id).lessons_done == 1


def test_two_admins_at_once_move_once(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
    publish(database, storage, clock)
    assert at_once(database, [lambda db: go(db, training, clock)] * 4) == {"done": 1, "nobody_to_move": 3}
    with database.reading() as db:
        assert (events(db, "theory.moved"), len(db.scalars(select(ChangedLesson.id)).all())) == (1, 1)


def test_practice_goes_on_as_it_began(database: Database, storage: Storage, clock: MovableClock) -> None:
    """The form, its criteria and the assignments stay those she began with; who begins after the move gets the new."""
    at_work = begin(database, storage, clock, until="observed")
    training, now = at_work.training, clock.now()
    other: Edits = {"assignments/01-een-bijeenkomst.yaml": ("criteria: [SM1, VS1]", "criteria: [VS1]")}
    edition_id = publish(database, storage, clock, OTHER_WORDS | other)
    with database.writing() as db:
        # As the older program wrote it while this one was put in place.
        db.execute(update(Enrolment).values(practice_edition_id=None))
        (line,) = preview(db, training, clock).lines
        assert line.effect.practice_stays
        go(db, training, clock)
    with database.writing() as db:
        one = enrolment_facts(db, [training.enrolment_id])[training.enrolment_id]
        assert (one.edition_id, one.practice_edition_id) == (edition_id, training.edition_id)
        assert [each.code for each in record_page(db, at_work.noor, at_work.record_id, now=now).criteria] == [
            "SM1",
            "VS1",
        ]
        # Her coach sees the theory of the one edition beside the practice of the other.
        assert len(coach_page(db, viewer_for(db, at_work.ruben.id), now=now).people) == 1
        assert observation_page(db, at_work.ruben, at_work.record_id, now=now).total == 4
        assessing.sign(
            db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, given=signature(db, at_work), now=now
        )
        assert invariants(db) == []
        joris = training.cast.joris
        (own,) = cohorts.enrol(db, by=training.cast.fatma, cohort_id=training.cohort_id, person_ids=[joris.id], now=now)
        assert enrolment_facts(db, [own])[own].practice_edition_id == edition_id


def test_her_page_and_the_lists_say_the_same_after_a_move(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    """The newer edition opens its module later and lasts shorter; practice goes on in the one before."""
    later = ("    image: null\n", "    image: null\n    opens_after_days: 40\n")
    edits: Edits = {"course.yaml": later, "policy.yaml": ("enrolment_max_days: 180", "enrolment_max_days: 100")}
    publish(database, storage, clock, edits)
    with database.writing() as db:
        db.execute(update(Enrolment).values(practice_edition_id=training.edition_id))
        go(db, training, clock, chosen=set())
    seen, ruben = [], training.cast.ruben.id
    for days in (20, 25):
        clock.advance(timedelta(days=days))
        with database.reading() as db:
            coach, now = viewer_for(db, ruben), clock.now()
            page = person_page(db, coach, training.enrolment_id, now=now)
            (row,) = in_cohort(db, training.cohort_id, now=now)
            at_risk = [one for risky in coach_page(db, coach, now=now).at_risk for one in risky.risks]
            assert list(page.risks) == at_risk
            assert (RiskCode.QUIET in {one.code for one in page.risks}) == row.stands_still()
            term = term_of(db, row.enrolment)
            assert term is not None
            assert page.ends_on == term.ends_on
            seen.append([one.code for one in page.risks])
    assert seen == [[], [RiskCode.ENDS_SOON, RiskCode.QUIET]]


def test_beginning_with_practice_while_being_moved(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    with database.writing() as db:
        finish_theory(db, training, now=clock.now())
    publish(database, storage, clock)
    with database.reading() as db:
        assignment_id = edition_of(db, training.edition_id).assignments[0][0]

    def open_it(db: Session) -> None:
        try:
            records.open_record(db, by=training.cast.noor, assignment_id=assignment_id, now=clock.now())
        except NotFound:
            raise Refused("of_another_edition") from None

    ended = at_once(database, [open_it, lambda db: go(db, training, clock)])
    assert ended in ({"done": 2}, {"done": 1, "of_another_edition": 1}, {"done": 1, "safety_first": 1})
    with database.reading() as db:
        assert invariants(db) == []


def test_who_waits_for_a_decision_stays_unless_she_is_taken_along(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    mine, now = training.enrolment_id, clock.now()
    with database.writing() as db:
        finish_theory(db, training, now=now)
        (other,) = cohorts.enrol(
            db,
            by=training.cast.fatma,
            cohort_id=training.cohort_id,
            person_ids=[training.cast.joris.id],
            now=now,
        )
    publish(database, storage, clock)
    with database.writing() as db:
        both = preview(db, training, clock, [mine, other])
        assert (len(both.lines), both.held) == (2, ())
        sign_everything(db, training, now=now)  # while the admin looks at it
    for also in ((), (other,)):
        with pytest.raises(Refused, match="waits_for_decision"), database.writing() as db:
            go(db, training, clock, enrolment_ids=[mine, other], also=also)
    with database.writing() as db:
        page = preview(db, training, clock, [mine, other])
        assert ([line.enrolment_id for line in page.lines], page.also) == ([other], ())
        (held,) = page.held
        assert (held.enrolment_id, held.waits_since, held.effect.reopens) == (mine, local_day(now), True)
        assert held.toggle.endswith(f"who={mine},{other}&read={FIRST}&also={mine}")
        page = preview(db, training, clock, [mine, other], also=[mine])
        assert (len(page.lines), page.held, page.also) == (2, (), (mine,))
        moves = preview(db, training, clock, [mine], also=[mine]).lines[0]
        assert "also" not in moves.toggle
        # What reads the same keeps her theory closed, so that she goes along as everybody does.
        choice, waits = Choice(people=(mine,)), partial(deciding, db)
        same = move_page(db, training.cast.fatma, "kort", 2, choice=choice, deciding=waits, today=local_day(now))
        assert ([line.waits_since for line in same.lines], same.held) == ([None], ())
        assert go(db, training, clock, enrolment_ids=[mine, other], also=[mine]) == 2
        assert not theory_of(db, mine).complete
    with database.reading() as db:
        assert (events(db, "theory.moved"), deciding(db, [mine])) == (2, {})


def test_a_move_goes_where_it_was_looked_at_though_a_newer_edition_came(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    edition_id = publish(database, storage, clock)
    with database.reading() as db:
        assert preview(db, training, clock).edition.number == 2
    publish(database, storage, clock, OTHER_WORDS | {MAKING: ("Groot of klein", "Klein of groot")})
    with database.writing() as db:
        assert go(db, training, clock) == 1
        assert db.get_one(Enrolment, training.enrolment_id).edition_id == edition_id
        assert [one.number for one in edition_page(db, training.cast.fatma, "kort", 3).people] == [2]


def test_the_preview_takes_as_many_statements_for_many(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    publish(database, storage, clock)
    with database.writing() as db:
        people = [make_person(db, f"Persoon{n} Test", now=clock.now()) for n in range(9)]
        many = cohorts.enrol(
            db, by=training.cast.fatma, cohort_id=training.cohort_id, person_ids=people, now=clock.now()
        )
    seen: list[str] = []
    with database.reading() as db:
        event.listen(database.reader, "before_cursor_execute", lambda *given: seen.append(given[2]))
        counts = []
        for ids in ([training.enrolment_id], [training.enrolment_id, *many]):
            preview(db, training, clock, ids)
            seen.clear()
            looked = preview(db, training, clock, ids)
            assert len(looked.lines) == len(ids)
            counts.append(len(seen))
    assert counts[0] == counts[1] <= 6
    with database.writing() as db:
        assert go(db, training, clock, enrolment_ids=[training.enrolment_id, *many]) == 10
