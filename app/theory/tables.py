"""What somebody read and answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii


class LessonCompletion(Base):
    """A lesson that is done; the set of an enrolment only grows.

    Retention: with the enrolment.
    """

    __tablename__ = "lesson_completion"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_slug"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    lesson_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    completed_at: Mapped[datetime]


class QuizAttempt(Base):
    """A knowledge check that was handed in, with its answers; never changed.

    Retention: answers 1 year after the end, the result with the enrolment.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "quiz_slug", "number"),
        CheckConstraint("score_pct BETWEEN 0 AND 100", name="score"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    quiz_slug: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    number: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(
        info=pii("person", "to learn from the check", "1 year after the end", "delete")
    )
    score_pct: Mapped[int]
    critical_right: Mapped[bool]
    passed: Mapped[bool]
    submitted_at: Mapped[datetime]
