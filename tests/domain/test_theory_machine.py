"""A machine over reading, checks, editions and moves: whatever order they come in, nothing that was done is lost.

I-6: within an edition what is done only grows, and an attempt keeps its score. I-11: the same form twice has one
effect. On both databases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.certification.keeping_up import deciding
from app.courses.actions import cohorts
from app.courses.editions import edition_of
from app.courses.tables import Enrolment
from app.kit.clock import MovableClock
from app.kit.errors import NotFound, Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.people.queries import viewer_for
from app.theory import actions, answering
from app.theory.done import done_by
from app.theory.moving import MOVED, move
from app.theory.tables import LessonCompletion, QuizAttempt
from app.upkeep.invariants import invariants
from tests.checking import make_check
from tests.conftest import START
from tests.editing import MAKING, OTHER_WORDS, THIRD_LESSON, Edits, publish_edited
from tests.people import make_person
from tests.trained import in_training, make_cohort

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.db import Database
    from tests.trained import Training

QUIZ: Final = "toets-veilig-beginnen"
LESSONS: Final = ("een-afspraak", "samen-iets-maken", "afscheid")
THIRD: Final[Edits] = {"modules/01-veilig-beginnen/03-afscheid.md": THIRD_LESSON}
NEWER: Final[tuple[Edits, ...]] = (OTHER_WORDS, OTHER_WORDS | THIRD, OTHER_WORDS | THIRD | {MAKING: None})
"""Other words; a lesson more; a lesson less."""


@dataclass(frozen=True)
class Seen:
    """What somebody did, as it stands: in which edition, what counts as done there, and what was ever written down."""

    edition_id: int
    done: frozenset[str]
    attempts: tuple[tuple[int, int, bool], ...]
    read: frozenset[str]

    @classmethod
    def of(cls, db: Session, enrolment_id: int) -> Seen:
        known = done_by(db, [enrolment_id])
        lessons, quizzes = known.lessons, known.quizzes
        attempts = db.execute(
            select(QuizAttempt.number, QuizAttempt.score_pct, QuizAttempt.passed)
            .where(QuizAttempt.enrolment_id == enrolment_id)
            .order_by(QuizAttempt.number)
        )
        read = select(LessonCompletion.lesson_slug).where(LessonCompletion.enrolment_id == enrolment_id)
        return cls(
            edition_id=db.get_one(Enrolment, enrolment_id).edition_id,
            done=frozenset([*lessons[enrolment_id], *quizzes[enrolment_id]]),
            attempts=tuple((row.number, row.score_pct, row.passed) for row in attempts),
            read=frozenset(db.scalars(read)),
        )


class Reading(RuleBasedStateMachine):
    """Each run is of somebody new, in a cohort of her own that begins with the first edition."""

    database: Database
    training: Training
    people: int = 0

    @initialize()
    def begin(self) -> None:
        type(self).people += 1
        self.clock, self.moves = MovableClock(START), 0
        fatma = self.training.cast.fatma
        with self.database.writing() as db:
            person = make_person(db, f"Lezer{self.people} Test", now=START)
            cohort = make_cohort(db, fatma, self.training.edition_id, now=START)
            (self.enrolment,) = cohorts.enrol(db, by=fatma, cohort_id=cohort, person_ids=[person], now=START)
            self.reader = viewer_for(db, person)
            self.last = Seen.of(db, self.enrolment)

    def act(self, do: Callable[[Session], Any], *, twice: bool) -> None:
        """Send a form, perhaps once more: what was refused or is not there changed nothing."""
        for again in range(1 + twice):
            before = self.look()
            try:
                with self.database.writing() as db:
                    do(db)
            except (Refused, NotFound):
                assert self.look() == before
            if again:
                assert self.look() == before

    def look(self) -> Seen:
        with self.database.reading() as db:
            return Seen.of(db, self.enrolment)

    @rule(lesson=st.sampled_from(LESSONS), twice=st.booleans())
    def read(self, lesson: str, twice: bool) -> None:
        def finish(db: Session) -> None:
            actions.finish_lesson(db, by=self.reader, course_slug="kort", lesson_slug=lesson, now=self.clock.now())

        before = self.look()
        self.act(finish, twice=twice)
        now = self.look()
        with self.database.reading() as db:
            there = edition_of(db, now.edition_id).outline.module_of(lesson) is not None
        assert lesson in now.done if there else now == before

    @rule(right=st.booleans())
    def answer(self, right: bool) -> None:
        def hand_in(db: Session) -> None:
            missed = () if right else ("k1",)
            make_check(db, self.reader, "kort", QUIZ, now=self.clock.now(), missed=missed)

        self.act(hand_in, twice=right)

    @rule(twice=st.booleans())
    def begin_check(self, twice: bool) -> None:
        """The questions are drawn; a move in between leaves the draft with the edition that it was begun in."""

        def draw(db: Session) -> None:
            answering.begin(db, by=self.reader, course_slug="kort", quiz_slug=QUIZ, now=self.clock.now())

        self.act(draw, twice=twice)

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @rule(number=st.integers(1, 1 + len(NEWER)), chosen=st.sets(st.sampled_from(LESSONS)), twice=st.booleans())
    def carry(self, number: int, chosen: set[str], twice: bool) -> None:
        before = self.look()

        def go(db: Session) -> None:
            who = {"enrolment_ids": [self.enrolment], "chosen": chosen, "by": self.training.cast.fatma}
            move(db, course_slug="kort", number=number, deciding=partial(deciding, db), now=self.clock.now(), **who)  # type: ignore[arg-type]

        self.act(go, twice=twice)
        after = self.look()
        self.moves += after.edition_id != before.edition_id
        assert (after.attempts, after.read) == (before.attempts, before.read)
        assert after.done <= before.done  # a move opens, and never does somebody's reading
        assert before.done - after.done <= chosen
        assert {QUIZ} & before.done == {QUIZ} & after.done

    @invariant()
    def nothing_is_lost(self) -> None:
        now = self.look()
        if now.edition_id == self.last.edition_id:
            assert self.last.done <= now.done
        assert self.last.read <= now.read
        assert now.attempts[: len(self.last.attempts)] == self.last.attempts
        self.last = now

    def teardown(self) -> None:
        with self.database.reading() as db:
            moved = select(func.count(LedgerEvent.id)).where(
                LedgerEvent.action == MOVED, LedgerEvent.subject_id == self.enrolment
            )
            assert db.scalar(moved) == self.moves
            assert invariants(db) == []


def test_reading_checks_editions_and_moves(database: Database, tmp_path: Path) -> None:
    storage = folder(tmp_path / "files")
    with database.writing() as db:
        Reading.training = in_training(db, storage, now=START)
        for edits in NEWER:
            publish_edited(db, storage, edits, now=START)
    Reading.database = database
    run_state_machine_as_test(
        Reading,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
