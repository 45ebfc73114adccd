"""Open answers as the coach reads them: what waits for her first, and what she wrote back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.queries import person_names
from app.theory.quizzes import check_of
from app.theory.tables import OpenAnswer, QuizAttempt


@dataclass(frozen=True)
class OpenAnswerView:
    """One answer. `good`: what a good one holds; `open_to_words`: nobody else wrote back already."""

    id: int
    check: str
    question: str
    number: int
    text: str
    good: str
    submitted_at: datetime
    read_at: datetime | None
    read_by: str
    words: str
    version: int
    open_to_words: bool


def open_answers_of(db: Session, enrolment_id: int, *, viewer_id: int) -> tuple[OpenAnswerView, ...]:
    """The open answers of one training: unread ones first, then the newest. The caller made sure who may see them.

    Another coach reads what the one before her wrote back, as with notes: it was written to be read.
    """
    rows = db.execute(
        select(OpenAnswer, QuizAttempt)
        .join(QuizAttempt, QuizAttempt.id == OpenAnswer.attempt_id)
        .where(OpenAnswer.enrolment_id == enrolment_id)
        .order_by(QuizAttempt.submitted_at.desc(), OpenAnswer.id)
        .execution_options(populate_existing=True)
    ).all()
    names = person_names(db, {row.OpenAnswer.read_by_id for row in rows if row.OpenAnswer.read_by_id}) if rows else {}
    found = []
    for answer, attempt in rows:
        check = check_of(db, attempt.edition_id, attempt.quiz_slug)
        question = next((one for one in check.questions if one.id == answer.question_id), None)
        text = attempt.answers.get(answer.question_id)
        if question is not None and isinstance(text, str):
            found.append(
                OpenAnswerView(
                    id=answer.id,
                    check=check.title,
                    question=question.text,
                    number=attempt.number,
                    text=text,
                    good=question.good,
                    submitted_at=attempt.submitted_at,
                    read_at=answer.read_at,
                    read_by=names.get(answer.read_by_id or 0, ""),
                    words=answer.words,
                    version=answer.version,
                    open_to_words=not answer.words or answer.read_by_id == viewer_id,
                )
            )
    return tuple(sorted(found, key=lambda one: one.read_at is not None))
