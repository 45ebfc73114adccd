"""What stops people in theory: how checks went, and which question went wrong most.

Only numbers leave here, and of answers only where at least five people gave one: what one person answered is between
her and the check.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, case, null, select
from sqlalchemy.orm import Session

from app.courses.rules import EnrolmentFacts
from app.courses.tables import Quiz
from app.kit.db import fetch
from app.theory.questions import Question
from app.theory.tables import QuizAttempt

PEOPLE_LEAST: Final = 5


@dataclass(frozen=True)
class Stumble:
    """The question that went wrong most at the first try: how many of those who answered it."""

    question: str
    wrong: int
    of: int


@dataclass(frozen=True)
class CheckResult:
    """How one check of a course went. `first_time`: people who passed at their first try."""

    course_slug: str
    slug: str
    attempts: int
    people: int
    first_time: int
    stumble: Stumble | None


@dataclass
class _Tally:
    attempts: int = 0
    people: int = 0
    first_time: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict)


_ATTEMPTS: Final = (
    select(
        QuizAttempt.enrolment_id,
        QuizAttempt.edition_id,
        QuizAttempt.quiz_slug,
        QuizAttempt.number,
        QuizAttempt.passed,
        case((QuizAttempt.number == 1, QuizAttempt.answers), else_=null()).label("answers"),
    )
    .where(QuizAttempt.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .order_by(QuizAttempt.edition_id, QuizAttempt.id)
)
_QUESTIONS: Final = select(Quiz.edition_id, Quiz.slug, Quiz.questions).where(
    Quiz.edition_id.in_(bindparam("editions", expanding=True))
)


def check_results(db: Session, enrolments: Collection[EnrolmentFacts]) -> list[CheckResult]:
    """How the checks of these trainings went: two statements, however many there are.

    Editions of one course count together; each answer is judged by the question as it was asked.
    """
    if not enrolments:
        return []
    course_of = {one.id: one.course_slug for one in enrolments}
    rows = fetch(db, _ATTEMPTS, enrolments=list(course_of)).all()
    questions = _questions(db, {row.edition_id for row in rows})
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    judged: dict[tuple[int, str, str, str], bool] = {}
    for row in rows:
        tally = tallies[course_of[row.enrolment_id], row.quiz_slug]
        tally.attempts += 1
        if row.number != 1:
            continue
        tally.people += 1
        tally.first_time += row.passed
        asked = questions.get((row.edition_id, row.quiz_slug), {})
        for id_, chosen in (row.answers or {}).items():
            if id_ in asked and asked[id_].counts:
                key = (row.edition_id, row.quiz_slug, id_, repr(chosen))
                if key not in judged:
                    judged[key] = asked[id_].is_right(chosen)
                tally.asked[id_] += 1
                tally.wrong[id_] += not judged[key]
                tally.texts[id_] = asked[id_].text
    return [
        CheckResult(course, slug, one.attempts, one.people, one.first_time, _stumble(one))
        for (course, slug), one in tallies.items()
    ]


def _questions(db: Session, editions: Collection[int]) -> Mapping[tuple[int, str], dict[str, Question]]:
    return {
        (row.edition_id, row.slug): {facts["id"]: Question.from_facts(facts) for facts in row.questions}
        for row in fetch(db, _QUESTIONS, editions=list(editions))
    }


def _stumble(tally: _Tally) -> Stumble | None:
    """The largest share; of equals the one that most people answered."""
    known = [id_ for id_, people in tally.asked.items() if people >= PEOPLE_LEAST and tally.wrong[id_]]
    if not known:
        return None
    worst = max(known, key=lambda id_: (tally.wrong[id_] / tally.asked[id_], tally.asked[id_]))
    return Stumble(tally.texts[worst], tally.wrong[worst], tally.asked[worst])
