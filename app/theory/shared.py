"""What somebody wrote in a lesson and shares with her coach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.rules import EnrolmentFacts
from app.courses.tables import Lesson
from app.theory.tables import LessonWork


@dataclass(frozen=True)
class SharedWords:
    """Words at one reflection question; `title` is that of the question, or of the lesson when it is gone."""

    title: str
    lesson: str
    words: str
    shared_at: datetime


def shared_words(db: Session, enrolment: EnrolmentFacts) -> tuple[SharedWords, ...]:
    """What stands shared now, newest first. The caller has made sure that the viewer is the coach."""
    rows = db.execute(
        select(LessonWork.block_id, LessonWork.words, LessonWork.shared_at, Lesson.title, Lesson.blocks)
        .outerjoin(Lesson, (Lesson.edition_id == enrolment.edition_id) & (Lesson.slug == LessonWork.lesson_slug))
        .where(LessonWork.enrolment_id == enrolment.id, LessonWork.shared_at.is_not(None), LessonWork.words != "")
        .order_by(LessonWork.shared_at.desc())
    )
    found = []
    for row in rows:
        titles = {block["id"]: block["title"] for block in row.blocks or () if block["kind"] == "reflection"}
        found.append(SharedWords(titles.get(row.block_id, row.title or ""), row.title or "", row.words, row.shared_at))
    return tuple(found)
