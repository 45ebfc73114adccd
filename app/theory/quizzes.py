"""Reading knowledge checks: the questions as they are asked, and an attempt with what was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import Reading, reading_of
from app.courses.rules import Policy
from app.courses.tables import Quiz
from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.theory.queries import done_by
from app.theory.rules import Option, Question, may_try_from, next_step
from app.theory.tables import QuizAttempt

State = Literal["open", "waiting", "passed", "preview"]


@dataclass(frozen=True)
class QuizPage:
    """A check. Only when `state` is open it can be handed in; a preview shows the questions to who reads along."""

    course_slug: str
    course_title: str
    sample: bool
    slug: str
    title: str
    minutes: int
    intro: str
    module_title: str
    module_number: int
    questions: tuple[Question, ...]
    state: State
    free_from: datetime | None
    last_attempt: int | None
    attempts_left: int | None
    pass_mark_pct: int
    critical: int


@dataclass(frozen=True)
class ShownOption:
    """An option as the result shows it; feedback only for what was chosen."""

    text: str
    chosen: bool
    right: bool
    feedback: str


@dataclass(frozen=True)
class ShownQuestion:
    """A question with what was answered. `incomplete`: what was chosen is right, and something is missing."""

    number: int
    text: str
    critical: bool
    right: bool
    incomplete: bool
    options: tuple[ShownOption, ...]
    explanation: str


@dataclass(frozen=True)
class AttemptPage:
    """What came out of one attempt."""

    course_slug: str
    course_title: str
    sample: bool
    slug: str
    title: str
    number: int
    right: int
    of: int
    score_pct: int
    pass_mark_pct: int
    critical_right: bool
    passed: bool
    questions: tuple[ShownQuestion, ...]
    free_from: datetime | None
    passed_now: bool
    next_href: str
    next_title: str
    theory_complete: bool


def quiz_page(db: Session, viewer: Viewer, course_slug: str, quiz_slug: str, *, now: datetime) -> QuizPage:
    """The check as the viewer may make it now. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    quiz, questions = _quiz(db, reading, quiz_slug)
    module = reading.outline.module_of(quiz_slug)
    if module is None:
        raise NotFound
    policy = reading.edition.policy
    attempts = _attempts(db, reading, quiz_slug)
    free_from = may_try_from([attempt.submitted_at for attempt in attempts], policy)
    waits = free_from is not None and now < free_from
    return QuizPage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        slug=quiz_slug,
        title=quiz.title,
        minutes=quiz.minutes,
        intro=quiz.intro,
        module_title=module.title,
        module_number=reading.outline.modules.index(module) + 1,
        questions=questions,
        state=_state(reading, attempts, waits=waits),
        free_from=free_from if waits else None,
        last_attempt=attempts[-1].number if attempts else None,
        attempts_left=_left(attempts, policy),
        pass_mark_pct=policy.theory_pass_mark_pct,
        critical=sum(question.critical for question in questions),
    )


def attempt_page(
    db: Session, viewer: Viewer, course_slug: str, quiz_slug: str, number: int, *, now: datetime
) -> AttemptPage:
    """One own attempt with what was right. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    quiz, questions = _quiz(db, reading, quiz_slug)
    attempts = _attempts(db, reading, quiz_slug)
    attempt = next((each for each in attempts if each.number == number), None)
    if attempt is None or reading.enrolment is None:
        raise NotFound
    policy = reading.edition.policy
    shown = tuple(
        _shown(n, question, attempt.answers.get(question.id, ())) for n, question in enumerate(questions, start=1)
    )
    free_from = may_try_from([each.submitted_at for each in attempts], policy)
    lessons, quizzes = done_by(db, [reading.enrolment.id])
    step = next_step(reading.outline, lessons=lessons[reading.enrolment.id], quizzes=quizzes[reading.enrolment.id])
    return AttemptPage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        slug=quiz_slug,
        title=quiz.title,
        number=number,
        right=sum(question.right for question in shown),
        of=len(shown),
        score_pct=attempt.score_pct,
        pass_mark_pct=policy.theory_pass_mark_pct,
        critical_right=attempt.critical_right,
        passed=attempt.passed,
        questions=shown,
        free_from=free_from if free_from is not None and now < free_from else None,
        passed_now=any(each.passed for each in attempts),
        next_href=step.href if step else "",
        next_title=step.title if step else "",
        theory_complete=step is None,
    )


def _quiz(db: Session, reading: Reading, quiz_slug: str) -> tuple[Quiz, tuple[Question, ...]]:
    quiz = db.scalar(select(Quiz).where(Quiz.edition_id == reading.edition.id, Quiz.slug == quiz_slug))
    if quiz is None:
        raise NotFound
    return quiz, tuple(Question.from_facts(question) for question in quiz.questions)


def _attempts(db: Session, reading: Reading, quiz_slug: str) -> Sequence[QuizAttempt]:
    if reading.enrolment is None:
        return ()
    return db.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.enrolment_id == reading.enrolment.id, QuizAttempt.quiz_slug == quiz_slug)
        .order_by(QuizAttempt.number)
    ).all()


def _state(reading: Reading, attempts: Sequence[QuizAttempt], *, waits: bool) -> State:
    if reading.preview:
        return "preview"
    if any(attempt.passed for attempt in attempts):
        return "passed"
    return "waiting" if waits else "open"


def _left(attempts: Sequence[QuizAttempt], policy: Policy) -> int | None:
    """How many attempts are left before one has to wait; None when it is no longer about that."""
    left = policy.quiz_attempts_free - len(attempts)
    return left if left > 0 else None


def _shown(number: int, question: Question, chosen: Sequence[int]) -> ShownQuestion:
    picked = set(chosen)
    right = question.is_right(chosen)
    return ShownQuestion(
        number=number,
        text=question.text,
        critical=question.critical,
        right=right,
        incomplete=not right and bool(picked) and all(question.options[index].right for index in picked),
        options=tuple(_option(option, chosen=index in picked) for index, option in enumerate(question.options)),
        explanation=question.explanation,
    )


def _option(option: Option, *, chosen: bool) -> ShownOption:
    return ShownOption(option.text, chosen, option.right, option.feedback if chosen else "")
