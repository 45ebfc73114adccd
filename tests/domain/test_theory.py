"""Theory in the database: lessons that add up, checks that are handed in for good."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.courses.actions import cohorts
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentStage
from app.kit.errors import NotFound, Refused
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from app.people.queries import viewer_for
from app.people.rules import Viewer
from app.theory import actions
from app.theory.lesson_page import lesson_page
from app.theory.queries import course_page, progress_of
from app.theory.quizzes import attempt_page, quiz_page
from app.theory.tables import LessonCompletion, QuizAttempt
from tests.people import make_person
from tests.trained import Training, in_training, theory_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

RIGHT: Final = {"k1": [0], "k2": [1]}
WRONG: Final = {"k1": [1], "k2": [1]}
QUIZ: Final = "toets-veilig-beginnen"
TODAY: Final = date(2026, 11, 24)


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: ObjectStorage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now())


def finish(db: Session, training: Training, lesson: str, clock: MovableClock, by: Viewer | None = None) -> str:
    return actions.finish_lesson(
        db, by=by or training.cast.noor, course_slug="kort", lesson_slug=lesson, now=clock.now()
    )


def hand_in(db: Session, training: Training, answers: dict[str, list[int]], clock: MovableClock) -> int:
    return actions.hand_in_quiz(
        db, by=training.cast.noor, course_slug="kort", quiz_slug=QUIZ, answers=answers, now=clock.now()
    )


def events(db: Session, action: str) -> int:
    return db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == action)) or 0


def test_lessons_and_check_make_theory_complete(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        assert finish(db, training, "een-afspraak", clock) == "/opleiding/kort/samen-iets-maken"
        state = theory_of(db, training.enrolment_id)
        assert (state.lessons_done, state.lessons_total, state.complete) == (1, 2, False)
        assert finish(db, training, "samen-iets-maken", clock) == f"/opleiding/kort/toets/{QUIZ}"
        assert hand_in(db, training, RIGHT, clock) == 1
        state = theory_of(db, training.enrolment_id)
        assert state.complete
        assert state.safety_done
        assert state.next is None
        assert events(db, "theory.completed") == 1
        assert events(db, "theory.quiz_handed_in") == 1


def test_finishing_twice_changes_nothing(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        finish(db, training, "een-afspraak", clock)
    first = clock.now()
    clock.advance(timedelta(hours=1))
    with database.writing() as db:
        assert finish(db, training, "een-afspraak", clock) == "/opleiding/kort/samen-iets-maken"
    with database.reading() as db:
        assert db.scalars(select(LessonCompletion.completed_at)).all() == [first]


def test_only_what_is_followed_can_be_finished(database: Database, training: Training, clock: MovableClock) -> None:
    for who in (training.cast.joris, training.cast.ruben, training.cast.fatma):
        with pytest.raises(NotFound), database.writing() as db:
            finish(db, training, "een-afspraak", clock, by=who)
    for lesson in ("weg", QUIZ):
        with pytest.raises(NotFound), database.writing() as db:
            finish(db, training, lesson, clock)
    with database.reading() as db:
        assert db.scalar(select(func.count(LessonCompletion.id))) == 0


def test_learning_is_coming_in(database: Database, training: Training, clock: MovableClock) -> None:
    """Somebody with an account need not open the invitation of a second training."""
    cast = training.cast
    with database.writing() as db:
        (enrolment_id,) = cohorts.enrol(
            db, by=cast.fatma, cohort_id=training.cohort_id, person_ids=[cast.joris.id], now=clock.now()
        )
        finish(db, training, "een-afspraak", clock, by=cast.joris)
        assert enrolment_facts(db, [enrolment_id])[enrolment_id].stage == EnrolmentStage.FOLLOWING


def test_attempts_are_free_and_then_one_waits(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        assert hand_in(db, training, WRONG, clock) == 1
        assert quiz_page(db, training.cast.noor, "kort", QUIZ, now=clock.now()).state == "open"
        assert hand_in(db, training, WRONG, clock) == 2
        page = quiz_page(db, training.cast.noor, "kort", QUIZ, now=clock.now())
        assert (page.state, page.free_from) == ("waiting", clock.now() + timedelta(hours=1))
    clock.advance(timedelta(minutes=20))
    with pytest.raises(Refused) as refused, database.writing() as db:
        hand_in(db, training, RIGHT, clock)
    assert (refused.value.code, refused.value.facts) == ("quiz_wait", {"minutes": 40})
    clock.advance(timedelta(minutes=40))
    with database.writing() as db:
        assert hand_in(db, training, RIGHT, clock) == 3
    with pytest.raises(Refused, match="quiz_passed"), database.writing() as db:
        hand_in(db, training, RIGHT, clock)
    with database.reading() as db:
        assert db.scalars(select(QuizAttempt.passed).order_by(QuizAttempt.number)).all() == [False, False, True]


def test_a_critical_question_holds(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        number = hand_in(db, training, WRONG, clock)
        page = attempt_page(db, training.cast.noor, "kort", QUIZ, number, now=clock.now())
    assert not page.passed
    assert not page.critical_right
    first, second = page.questions
    assert (first.critical, first.right, second.right) == (True, False, True)
    chosen = [option for option in first.options if option.chosen]
    assert chosen[0].feedback.startswith("Je wilt diegene erbij")
    assert [option.feedback for option in first.options if not option.chosen] == ["", ""]


def test_every_question_is_answered(database: Database, training: Training, clock: MovableClock) -> None:
    for answers in ({}, {"k1": [0]}, {**RIGHT, "k3": [0]}):
        with pytest.raises(Refused, match="unanswered"), database.writing() as db:
            hand_in(db, training, answers, clock)
    with database.reading() as db:
        assert db.scalar(select(func.count(QuizAttempt.id))) == 0


def test_attempts_are_numbered_one_by_one(database: Database, training: Training, clock: MovableClock) -> None:
    """Two tabs hand in at the same moment: two attempts, or one that passed and one that is refused."""
    start = threading.Barrier(4)
    refused: list[str] = []

    def send() -> None:
        start.wait()
        try:
            with database.writing() as db:
                hand_in(db, training, WRONG, clock)
        except Refused as told:
            refused.append(told.code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["quiz_wait", "quiz_wait"]
    with database.reading() as db:
        assert sorted(db.scalars(select(QuizAttempt.number))) == [1, 2]


def test_an_attempt_stays_as_it_was(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        hand_in(db, training, WRONG, clock)
    with pytest.raises((DatabaseError, IntegrityError)), database.writing() as db:
        db.execute(update(QuizAttempt).values(passed=True))


def test_other_people_read_along_or_not_at_all(database: Database, training: Training) -> None:
    with database.reading() as db:
        ruben = viewer_for(db, training.cast.ruben.id)  # he became a coach of this course after he came in
        assert not course_page(db, training.cast.noor, "kort", today=TODAY).preview
        assert course_page(db, training.cast.fatma, "kort", today=TODAY).preview
        assert course_page(db, ruben, "kort", today=TODAY).preview
        assert lesson_page(db, ruben, "kort", "een-afspraak", today=TODAY).preview
        for who in (training.cast.joris, training.cast.sanne, training.cast.ruben):
            with pytest.raises(NotFound):
                course_page(db, who, "kort", today=TODAY)


def test_an_attempt_is_seen_by_who_made_it(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        number = hand_in(db, training, WRONG, clock)
    with database.reading() as db:
        for who in (training.cast.fatma, training.cast.ruben, training.cast.joris):
            with pytest.raises(NotFound):
                attempt_page(db, who, "kort", QUIZ, number, now=clock.now())


def test_statements_do_not_grow_with_people(database: Database, training: Training, clock: MovableClock) -> None:
    cast, now = training.cast, clock.now()
    with database.writing() as db:
        people = [make_person(db, f"Persoon{n} Jansen", now=now) for n in range(15)]
        ids = cohorts.enrol(db, by=cast.fatma, cohort_id=training.cohort_id, person_ids=people, now=now)
    counts = []
    for wanted in ([training.enrolment_id], [training.enrolment_id, *ids]):
        seen: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(database.reader, "before_cursor_execute", count)
        with database.reading() as db:
            enrolments = enrolment_facts(db, wanted).values()
            edition_of(db, training.edition_id)  # read once for each process
            seen.clear()
            assert len(progress_of(db, enrolments)) == len(wanted)
        event.remove(database.reader, "before_cursor_execute", count)
        counts.append(len([statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]))
    assert counts[0] == counts[1] == 1


def test_own_answers_are_handed_over_and_forgotten(
    database: Database, training: Training, clock: MovableClock, storage: ObjectStorage
) -> None:
    noor = training.cast.noor.id
    with database.writing() as db:
        finish(db, training, "een-afspraak", clock)
        hand_in(db, training, WRONG, clock)
        exported = actions.export_of(db, noor)
        assert exported["quizzes"][0]["answers"] == WRONG
        assert [one["lesson"] for one in exported["lessons"]] == ["een-afspraak"]
        actions.erase(db, person_id=noor, storage=storage, now=clock.now())
        db.expire_all()
        assert db.scalars(select(QuizAttempt.answers)).all() == [{}]
        assert db.scalars(select(QuizAttempt.score_pct)).all() == [50]
