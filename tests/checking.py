"""Making a check in tests: begun, answered rightly or not, handed in; and its answers as a form sends them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.courses.actions import publishing
from app.theory import answering
from app.theory.answering import Sheet
from app.theory.filling import filled_in
from app.theory.questions import CHOSEN, Answer, Question
from app.theory.quizzes import Begun, begun
from tests.trained import course_in

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.storage import Storage
    from app.people.rules import Viewer
    from tests.trained import Training

QUESTIONS: Final = Path(__file__).parent / "courses" / "vragen"
"""A course with one check, in which every kind of question is asked."""
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
