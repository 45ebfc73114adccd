"""What somebody wrote in a lesson and shares with her coach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts, is_coach_of
from app.courses.rules import EnrolmentFacts
from app.courses.tables import Lesson
from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.theory.tables import LessonWork

if TYPE_CHECKING:
    from sqlalchemy import Table

UNREAD: Final = and_(LessonWork.words != "", LessonWork.shared_at.is_not(None), LessonWork.read_at.is_(None))
"""Words that her coach did not open since they were shared."""


@dataclass(frozen=True)
class SharedWords:
    """Words at one reflection question; `title` is that of the question, or of the lesson when it is gone.

    `new`: no coach opened them yet.
    """

    title: str
    lesson: str
    words: str
    shared_at: datetime
    new: bool


def shared_words(db: Session, enrolment: EnrolmentFacts) -> tuple[SharedWords, ...]:
    """What stands shared now, newest first. The caller has made sure that the viewer is the coach."""
    rows = db.execute(
        select(
            LessonWork.block_id,
            LessonWork.words,
            LessonWork.shared_at,
            Lesson.title,
            Lesson.blocks,
            UNREAD.label("unread"),
        )
        .outerjoin(Lesson, (Lesson.edition_id == enrolment.edition_id) & (Lesson.slug == LessonWork.lesson_slug))
        .where(LessonWork.enrolment_id == enrolment.id, LessonWork.shared_at.is_not(None), LessonWork.words != "")
        .order_by(LessonWork.shared_at.desc())
    )
    found = []
    for row in rows:
        titles = {block["id"]: block["title"] for block in row.blocks or () if block["kind"] == "reflection"}
        title = row.title or ""
        found.append(SharedWords(titles.get(row.block_id, title), title, row.words, row.shared_at, bool(row.unread)))
    return tuple(found)


def note_read(db: Session, *, by: Viewer, enrolment: int, now: datetime) -> None:
    """That the present coach opened the page where it stands: what was shared by `now`, when she asked for it.

    Raises: NotFound for everybody else.

    Not through the class: the version of the words is that of who writes them, and she may be typing.
    """
    one = enrolment_facts(db, [enrolment]).get(enrolment)
    if one is None or not is_coach_of(by, one):
        raise NotFound
    table = cast("Table", LessonWork.__table__)
    db.execute(
        update(table).where(table.c.enrolment_id == enrolment, table.c.shared_at <= now, UNREAD).values(read_at=now)
    )
