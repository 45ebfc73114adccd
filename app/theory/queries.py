"""Reading theory: what somebody did, and the pages that show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.courses.queries import outlines
from app.courses.tables import Enrolment
from app.theory.rules import TheoryProgress, progress
from app.theory.tables import LessonCompletion, QuizAttempt

Moments = dict[str, datetime]


def progress_of(db: Session, enrolment_ids: Collection[int]) -> dict[int, TheoryProgress]:
    """How far each enrolment is with theory: four statements, however many there are."""
    if not enrolment_ids:
        return {}
    editions = {
        row.id: row.edition_id
        for row in db.execute(select(Enrolment.id, Enrolment.edition_id).where(Enrolment.id.in_(enrolment_ids)))
    }
    outline = outlines(db, editions.values())
    lessons, quizzes = done_by(db, enrolment_ids)
    return {
        id_: progress(outline[edition], lessons=lessons[id_], quizzes=quizzes[id_]) for id_, edition in editions.items()
    }


def done_by(db: Session, enrolment_ids: Collection[int]) -> tuple[dict[int, Moments], dict[int, Moments]]:
    """When each lesson was done and each check first passed, by enrolment and slug."""
    lessons: dict[int, Moments] = defaultdict(dict)
    quizzes: dict[int, Moments] = defaultdict(dict)
    for row in db.execute(
        select(LessonCompletion.enrolment_id, LessonCompletion.lesson_slug, LessonCompletion.completed_at).where(
            LessonCompletion.enrolment_id.in_(enrolment_ids)
        )
    ):
        lessons[row.enrolment_id][row.lesson_slug] = row.completed_at
    for attempt in db.execute(
        select(QuizAttempt.enrolment_id, QuizAttempt.quiz_slug, func.min(QuizAttempt.submitted_at).label("passed_at"))
        .where(QuizAttempt.enrolment_id.in_(enrolment_ids), QuizAttempt.passed)
        .group_by(QuizAttempt.enrolment_id, QuizAttempt.quiz_slug)
    ):
        quizzes[attempt.enrolment_id][attempt.quiz_slug] = attempt.passed_at
    return lessons, quizzes
