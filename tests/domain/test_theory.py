"""Theory in the database: lessons that add up. Checks are in test_theory_checks."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import event, func, select

from app.courses.actions import cohorts
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentStage
from app.kit.errors import NotFound
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from app.people.queries import viewer_for
from app.people.rules import Viewer
from app.theory import actions
from app.theory.lesson_page import lesson_page
from app.theory.queries import course_page, progress_of
from app.theory.tables import LessonCompletion
from tests.checking import make_check
from tests.people import make_person
from tests.trained import Training, in_training, theory_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

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
    ).to


def events(db: Session, action: str) -> int:
    return db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == action)) or 0


def test_lessons_and_check_make_theory_complete(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        assert finish(db, training, "een-afspraak", clock) == "/opleiding/kort/samen-iets-maken"
        state = theory_of(db, training.enrolment_id)
        assert (state.lessons_done, state.lessons_total, state.complete) == (1, 2, False)
        assert finish(db, training, "samen-iets-maken", clock) == f"/opleiding/kort/toets/{QUIZ}"
        assert make_check(db, training.cast.noor, "kort", QUIZ, now=clock.now()) == 1
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
