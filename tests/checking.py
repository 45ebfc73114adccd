"""Making a check in tests: begun, answered rightly or not, handed in; and its answers as a form sends them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from app.courses.actions import publishing
from app.theory import answering
from app.theory.answering import Sheet
from app.theory.attempts import AttemptPage, attempt_page
from app.theory.filling import filled_in
from app.theory.questions import CHOSEN, Answer, Question
from app.theory.quizzes import Begun, QuizPage, begun, quiz_page
from app.theory.tables import QuizAttempt
from tests.trained import course_in

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import Storage
    from app.people.rules import Viewer
    from tests.trained import Training

QUESTIONS: Final = Path(__file__).parent / "courses" / "vragen"
"""A course with one check, in which every kind of question is asked."""
COURSE, QUIZ = "vragen", "alle-soorten"
OWN_WORDS: Final = "Ik begin zelf met een kleine schets."


def make_check(
    db: Session,
    by: Viewer,
    course: str,
    quiz: str,
    *,
    now: datetime,
    missed: Collection[str] = (),
    own: str = OWN_WORDS,
) -> int:
    """Make a check from begin to end, `missed` questions wrong; gives the number of the attempt."""
    answering.begin(db, by=by, course_slug=course, quiz_slug=quiz, now=now)
    draft = draft_of(db, by, course, quiz)
    sheet = Sheet(draft.number, answers_of(draft, missed=missed, own=own))
    return answering.hand_in(db, by=by, course_slug=course, quiz_slug=quiz, sheet=sheet, now=now)


def draft_of(db: Session, by: Viewer, course: str, quiz: str) -> Begun:
    """What somebody is making now."""
    draft = begun(db, by, course, quiz)
    assert draft is not None
    return draft


def answers_of(draft: Begun, *, missed: Collection[str] = (), own: str = OWN_WORDS) -> dict[str, Answer]:
    """Answers to all that is asked."""
    return {one.id: _answer(one, right=one.id not in missed, own=own) for one in draft.questions}


def form_of(draft: Begun, *, missed: Collection[str] = (), **fields: Any) -> dict[str, Any]:
    """The same as a form sends it."""
    answers = answers_of(draft, missed=missed)
    given: dict[str, Any] = {"number": str(draft.number), "version": str(draft.version)}
    for question in draft.questions:
        given |= filled_in(question, answers[question.id])
    return given | fields


def locked_edition(db: Session, training: Training, storage: Storage, *, now: datetime) -> int:
    """The same course, whose only module opens some days after the cohort began."""
    course = course_in(QUESTIONS)
    (module,) = course.modules
    locked = module.head.model_copy(update={"opens_after_days": 3})
    head = course.head.model_copy(update={"modules": [locked]})
    changed = replace(course, head=head, modules=(replace(module, head=locked),))
    return publishing.publish(db, changed, by_id=training.cast.fatma.id, storage=storage, now=now)


def newer_edition(db: Session, training: Training, storage: Storage, *, now: datetime) -> int:
    """The course of all questions again: a critical question is gone, and nothing is drawn any more."""
    course = course_in(QUESTIONS)
    (module,) = course.modules
    assert module.quiz is not None
    kept = [question for question in module.quiz.questions if question.id in {"groep", "eigen"}]
    quiz = module.quiz.model_copy(update={"questions": kept, "draws": {}, "title": "Nieuwer"})
    changed = replace(course, modules=(replace(module, quiz=quiz),))
    return publishing.publish(db, changed, by_id=training.cast.fatma.id, storage=storage, now=now)


def _answer(question: Question, *, right: bool, own: str) -> Answer:
    known = question.right_answer
    if isinstance(known, str):
        return own
    if right:
        return list(known)
    if question.type in CHOSEN:
        return [index for index, option in enumerate(question.options) if not option.right][:1]
    if question.type == "match":
        return [(known[0] + 1) % len(question.rights), *known[1:]]
    return [known[1], known[0], *known[2:]]


class AtTheCheck:
    """Noor at a check, each step in a transaction of its own."""

    def __init__(self, database: Database, training: Training, clock: MovableClock) -> None:
        self.database, self.training, self.clock = database, training, clock

    @property
    def where(self) -> dict[str, Any]:
        return {"by": self.training.cast.noor, "course_slug": COURSE, "quiz_slug": QUIZ, "now": self.clock.now()}

    def begins(self, seed: str | None = None) -> int:
        with self.database.writing() as db:
            return answering.begin(db, **self.where, seed=seed)

    def sheet(self, **changes: Any) -> Sheet:
        """Every question answered rightly, for the draft as it stands."""
        with self.database.reading() as db:
            draft = draft_of(db, self.training.cast.noor, COURSE, QUIZ)
        answers = {**answers_of(draft), **changes}
        return Sheet(draft.number, {id_: one for id_, one in answers.items() if one is not None}, draft.version)

    def keeps(self, sheet: Sheet) -> int:
        with self.database.writing() as db:
            return answering.keep(db, **self.where, sheet=sheet)

    def hands_in(self, sheet: Sheet | None = None) -> int:
        sheet = sheet or self.sheet()
        with self.database.writing() as db:
            return answering.hand_in(db, **self.where, sheet=sheet)

    def makes(self, *missed: str, own: str = OWN_WORDS) -> int:
        with self.database.writing() as db:
            return make_check(db, self.training.cast.noor, COURSE, QUIZ, now=self.clock.now(), missed=missed, own=own)

    def asked(self, number: int) -> list[str]:
        with self.database.reading() as db:
            facts = db.scalars(select(QuizAttempt.asked).where(QuizAttempt.number == number)).one()
        return [one["id"] for one in facts]

    def page(self) -> QuizPage:
        with self.database.reading() as db:
            return quiz_page(db, self.training.cast.noor, COURSE, QUIZ, now=self.clock.now())

    def attempt(self, number: int) -> AttemptPage:
        with self.database.reading() as db:
            return attempt_page(db, self.training.cast.noor, COURSE, QUIZ, number, now=self.clock.now())
