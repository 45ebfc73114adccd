"""How long lessons take: only where the course says so, no more than can be true, and never whose it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.courses.actions import cohorts
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.kit.storage import ObjectStorage, folder
from app.people.queries import viewer_for
from app.theory import actions, counting, inputs, keeping
from app.theory.lesson_page import lesson_page
from app.theory.lessons import Spot
from app.theory.queries import course_page
from app.theory.statistics import questions_page
from app.theory.tables import LessonTime
from tests.people import make_person
from tests.trained import SHORT_COURSE, Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer

COURSE: Final = Path(__file__).parents[1] / "courses" / "lezen"
FIRST: Final = "een-afspraak"
SECOND: Final = "samen-iets-maken"
MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


class Reader:
    """Somebody whose page tells how long she was active."""

    def __init__(self, database: Database, clock: MovableClock, who: Viewer, course: str = "lezen") -> None:
        self.database, self.clock, self.who, self.course = database, clock, who, course

    def tells(self, seconds: int, lesson: str = FIRST, *, ago: int = 0) -> bool:
        given = inputs.Active(seconds=seconds, ago=ago)
        with self.database.writing() as db:
            at = Spot(self.course, lesson)
            return counting.note_active(db, by=self.who, at=at, given=given, now=self.clock.now())

    def later(self, seconds: int, lesson: str = FIRST) -> int:
        """So much later her page tells just that; gives all that counted in this lesson."""
        self.clock.advance(timedelta(seconds=seconds))
        self.tells(min(seconds, inputs.DAY_MOST_S), lesson)
        return self.counted(lesson)

    def counted(self, lesson: str = FIRST) -> int:
        with self.database.reading() as db:
            return db.scalar(select(func.sum(LessonTime.seconds)).where(LessonTime.lesson_slug == lesson)) or 0

    def finishes(self, lesson: str) -> None:
        with self.database.writing() as db:
            actions.finish_lesson(db, by=self.who, course_slug=self.course, lesson_slug=lesson, now=self.clock.now())


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: ObjectStorage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now(), folder=COURSE)


def test_a_course_that_does_not_say_so_measures_nothing(
    database: Database, storage: ObjectStorage, clock: MovableClock
) -> None:
    with database.writing() as db:
        noor = in_training(db, storage, now=clock.now(), folder=SHORT_COURSE).cast.noor
    clock.advance(timedelta(hours=1))
    reader = Reader(database, clock, noor, "kort")
    assert reader.tells(MINUTE) is False
    with database.reading() as db:
        assert db.scalars(select(LessonTime)).all() == []
        today = local_day(clock.now())
        assert lesson_page(db, noor, "kort", FIRST, today=today).measured is False
        assert course_page(db, noor, "kort", today=today).active_minutes is None
        assert questions_page(db, "kort").lessons == ()
    with pytest.raises(NotFound):
        reader.tells(MINUTE, "weg")


def test_no_more_than_can_be_true_is_counted(database: Database, training: Training, clock: MovableClock) -> None:
    reader = Reader(database, clock, training.cast.noor)
    assert reader.tells(MINUTE) is True
    assert reader.counted() == 0, "no time has passed since she came in"
    assert reader.later(50) == 50
    reader.tells(MINUTE)  # the same moment again: another window, or a page that was sent twice
    assert reader.counted() == 50
    clock.advance(timedelta(seconds=10))
    reader.tells(MINUTE, SECOND)  # all lessons have one clock
    assert (reader.counted(), reader.counted(SECOND)) == (50, 10)
    clock.advance(timedelta(hours=1))
    reader.tells(5 * MINUTE, ago=30 * MINUTE)  # without a connection, told half an hour later
    reader.tells(5 * MINUTE, ago=40 * MINUTE)  # out of order: nothing is sure of that any more
    assert reader.counted() == 50 + 5 * MINUTE
    clock.advance(timedelta(hours=14))  # the next day, somebody lets something press a key all day
    for _ in range(6):
        reader.later(HOUR)
    assert reader.counted() == 50 + 5 * MINUTE + inputs.DAY_MOST_S
    clock.advance(timedelta(days=1))
    assert reader.later(MINUTE) == 50 + 5 * MINUTE + inputs.DAY_MOST_S + MINUTE


def test_it_stops_when_the_lesson_is_done(database: Database, training: Training, clock: MovableClock) -> None:
    reader, noor = Reader(database, clock, training.cast.noor), training.cast.noor

    def page(lesson: str = FIRST) -> tuple[bool, bool]:
        with database.reading() as db:
            found = lesson_page(db, noor, "lezen", lesson, today=local_day(clock.now()))
            return found.measured, found.announced

    assert page() == (True, False), "she is told before the first minute"
    reader.later(4 * MINUTE)
    assert page() == (True, True)
    reader.finishes(FIRST)
    assert reader.later(MINUTE) == 5 * MINUTE, "what the page still had to tell"
    assert reader.later(2 * MINUTE) == 5 * MINUTE
    assert page() == (False, False)
    assert page(SECOND) == (True, True)
    assert page("alles-in-een-les") == (False, False), "it is locked"
    with database.reading() as db:
        assert course_page(db, noor, "lezen", today=local_day(clock.now())).active_minutes == 5
        assert course_page(db, training.cast.fatma, "lezen", today=local_day(clock.now())).active_minutes is None


def test_the_author_sees_a_lesson_and_nobody(database: Database, training: Training, clock: MovableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        ids = [make_person(db, name, now=now) for name in ("Ans Een", "Bep Twee", "Cor Drie", "Dirk Vier")]
        cohorts.enrol(db, by=training.cast.fatma, cohort_id=training.cohort_id, person_ids=ids, now=now)
        readers = [Reader(database, clock, viewer_for(db, id_)) for id_ in ids]
        for id_ in ids:
            cohorts.confirm_enrolments(db, person_id=id_, now=now)
    readers.append(Reader(database, clock, training.cast.noor))
    for minutes, reader in enumerate(readers, start=3):
        clock.advance(timedelta(hours=1))
        reader.tells(minutes * MINUTE)
        if reader is not readers[-1]:
            reader.finishes(FIRST)

    def line() -> tuple[int, int | None]:
        with database.reading() as db:
            found = questions_page(db, "lezen").lessons[0]
            return found.people, found.median

    assert line() == (4, None), "of four people a number says too much"
    readers[-1].finishes(FIRST)
    assert line() == (5, 5)


def test_it_goes_along_and_goes_away(
    database: Database, training: Training, storage: ObjectStorage, clock: MovableClock
) -> None:
    noor = training.cast.noor
    Reader(database, clock, noor).later(3 * MINUTE)
    with database.writing() as db:
        [told] = keeping.export_of(db, noor.id)["active_minutes"]
        assert (told["lesson"], told["minutes"]) == (FIRST, 3)
        given = {"cohort_id": training.cohort_id, "enrolment_id": training.enrolment_id}
        cohorts.withdraw(db, by=training.cast.fatma, **given, now=clock.now())
        keeping.empty_answers(db, before=clock.now())
        assert db.scalars(select(LessonTime)).all() != []
        keeping.empty_answers(db, before=clock.now() + timedelta(seconds=1))
        assert db.scalars(select(LessonTime)).all() == []
        db.add(LessonTime(enrolment_id=training.enrolment_id, lesson_slug=FIRST, told_at=clock.now(), seconds=9))
        db.flush()
        keeping.erase(db, person_id=noor.id, storage=storage, now=clock.now())
        assert db.scalars(select(LessonTime)).all() == []
