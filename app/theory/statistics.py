"""How the questions of a course do, for who writes them: counts only, from so many people on, never who they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.courses.tables import Course, CourseEdition, Enrolment, Quiz
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.theory.active_minutes import LEAST, LessonMinutes, minutes_per_lesson
from app.theory.questions import CHOSEN, FULL, NONE_YET, Answer, Kind, Question
from app.theory.tables import QuizAttempt


@dataclass(frozen=True)
class WrongAnswer:
    """The wrong answer that was chosen most. `beside`: the right side, or the place, that it was put at."""

    text: str
    beside: str
    times: int


@dataclass(frozen=True)
class QuestionLine:
    """One question. `share`: the percentage of answers that was right; nothing but `asked` below `LEAST` people.

    An open answer has no right or wrong.
    """

    number: int
    text: str
    type: Kind
    critical: bool
    pool: str
    asked: int
    share: int | None
    wrong: WrongAnswer | None


@dataclass(frozen=True)
class CheckLines:
    """A check with its questions. `attempts`: those whose answers are kept still."""

    slug: str
    title: str
    attempts: int
    questions: tuple[QuestionLine, ...]


@dataclass(frozen=True)
class ShownEdition:
    """An edition to choose."""

    number: int
    published_at: datetime
    shown: bool


@dataclass(frozen=True)
class QuestionsPage:
    """The questions of one edition of a course, and how long its lessons take where that is measured."""

    course_slug: str
    title: str
    least: int
    editions: tuple[ShownEdition, ...]
    checks: tuple[CheckLines, ...]
    lessons: tuple[LessonMinutes, ...]


def questions_page(db: Session, course_slug: str, number: int | None = None) -> QuestionsPage:
    """The questions of an edition, the newest one by itself: three statements. Raises: NotFound."""
    editions = db.execute(
        select(CourseEdition.id, CourseEdition.number, CourseEdition.title, CourseEdition.published_at)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == course_slug)
        .order_by(CourseEdition.number.desc())
    ).all()
    shown = next((row for row in editions if number is None or row.number == number), None)
    if shown is None:
        raise NotFound
    answers = _answers(db, shown.id)
    checks = db.execute(
        select(Quiz.slug, Quiz.title, Quiz.questions).where(Quiz.edition_id == shown.id).order_by(Quiz.id)
    ).all()
    return QuestionsPage(
        course_slug=course_slug,
        title=shown.title,
        least=LEAST,
        editions=tuple(ShownEdition(row.number, row.published_at, shown=row.id == shown.id) for row in editions),
        checks=tuple(
            CheckLines(
                row.slug,
                row.title,
                len(answers[row.slug]),
                _lines([Question.from_facts(one) for one in row.questions], answers[row.slug]),
            )
            for row in checks
        ),
        lessons=minutes_per_lesson(db, shown.id),
    )


@dataclass(frozen=True)
class _Attempt:
    """The answers of one attempt, and whose they are."""

    person_id: int
    answers: Mapping[str, Any]


def _answers(db: Session, edition_id: int) -> dict[str, list[_Attempt]]:
    """The answers of each attempt by check; those that were forgotten count no longer."""
    found: dict[str, list[_Attempt]] = defaultdict(list)
    rows = fetch(
        db,
        select(QuizAttempt.quiz_slug, Enrolment.person_id, QuizAttempt.answers)
        .join(Enrolment, Enrolment.id == QuizAttempt.enrolment_id)
        .where(QuizAttempt.edition_id == edition_id, cast(QuizAttempt.answers, String) != "{}"),
    )
    for slug, person_id, answers in rows:
        found[slug].append(_Attempt(person_id, answers))
    return found


def _lines(questions: Sequence[Question], attempts: Sequence[_Attempt]) -> tuple[QuestionLine, ...]:
    return tuple(
        _line(number, question, [one for one in attempts if question.id in one.answers])
        for number, question in enumerate(questions, start=1)
    )


def _line(number: int, question: Question, attempts: Sequence[_Attempt]) -> QuestionLine:
    """Who tried five times is one person: what she answered is between her and the check."""
    given = [one.answers[question.id] for one in attempts]
    told = len({one.person_id for one in attempts}) >= LEAST and question.counts
    return QuestionLine(
        number=number,
        text=question.text,
        type=question.type,
        critical=question.critical,
        pool=question.pool,
        asked=len(given),
        share=FULL * sum(question.is_right(one) for one in given) // len(given) if told else None,
        wrong=_most_wrong(question, given) if told else None,
    )


def _most_wrong(question: Question, given: Sequence[Answer]) -> WrongAnswer | None:
    counted = Counter(wrong for answer in given if not isinstance(answer, str) for wrong in _wrongs(question, answer))
    if not counted:
        return None
    (text, beside), times = min(counted.items(), key=lambda one: (-one[1], one[0]))
    return WrongAnswer(text, beside, times)


def _wrongs(question: Question, answer: Sequence[int]) -> list[tuple[str, str]]:
    """What of an answer was wrong, in words."""
    if question.type in CHOSEN:
        return [(question.options[index].text, "") for index in answer if not question.options[index].right]
    right = question.parts_right(answer)
    if question.type == "match":
        rows = zip(question.pairs, answer, right, strict=False)
        return [(pair.left, question.rights[one]) for pair, one, good in rows if not good and one != NONE_YET]
    laid = enumerate(zip(answer, right, strict=False), start=1)
    return [(question.items[item], str(place)) for place, (item, good) in laid if not good]
