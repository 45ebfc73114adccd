"""Making the index of editions that were published before there was one, from what they keep.

Their texts are frozen, so that paragraphs that were stored without an id stay without: a search leads to the heading
above such a paragraph, or to the top of the lesson.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.handbook_parts import paragraphs
from app.courses.index import Passage, index_of
from app.courses.passages import script_passages
from app.courses.tables import CourseEdition, HandbookSession, Lesson, SearchEntry, SearchTerm


def without_index(db: Session) -> Sequence[int]:
    """The editions with lessons and no index, the oldest first."""
    has_lessons = exists().where(Lesson.edition_id == CourseEdition.id)
    has_index = exists().where(SearchEntry.edition_id == CourseEdition.id)
    return db.scalars(select(CourseEdition.id).where(has_lessons, ~has_index).order_by(CourseEdition.id)).all()


def made_index(db: Session, edition_id: int) -> tuple[SearchEntry | SearchTerm, ...]:
    """The rows of its index, from what is stored; of a large course that takes seconds."""
    return tuple(index_of(edition_id, tuple(stored_passages(db, edition_id))))


def keep_index(db: Session, edition_id: int, index: Sequence[SearchEntry | SearchTerm]) -> int:
    """Keep the index of an edition; gives how many rows. Nothing happens when it has one already."""
    db.execute(select(CourseEdition.id).where(CourseEdition.id == edition_id).with_for_update()).all()
    if edition_id not in without_index(db):
        return 0
    db.add_all(index)
    db.flush()
    return len(index)


def stored_passages(db: Session, edition_id: int) -> Iterator[Passage]:
    """What can be found in an edition, by what is stored of it; modules that are not open yet are left out."""
    lessons = select(Lesson.slug, Lesson.title, Lesson.intro, Lesson.html, Lesson.passages)
    rows = {row.slug: row for row in db.execute(lessons.where(Lesson.edition_id == edition_id))}
    for module in edition_of(db, edition_id).outline.open_modules:
        for lesson in module.lessons:
            yield from _text("lesson", rows[lesson.slug], rows[lesson.slug].intro)
    meetings = select(
        HandbookSession.slug,
        HandbookSession.title,
        HandbookSession.script,
        HandbookSession.html,
        HandbookSession.passages,
    )
    ordered = meetings.where(HandbookSession.edition_id == edition_id).order_by(HandbookSession.number)
    for row in db.execute(ordered):
        top, *parts = script_passages(row.slug, row.title, row.script)
        yield from _text("session", row, top.words, parts)


def _text(kind: str, row: Any, top: str, parts: Sequence[Passage] = ()) -> Iterator[Passage]:
    """A text after its top and the parts of its script, each paragraph by the id that is nearest above it."""
    anchor, found = "", []
    for id_, words in row.passages or paragraphs(row.html):
        anchor = id_ or anchor
        if anchor:
            found.append(Passage(kind, row.slug, row.title, anchor, words))
        else:
            top = f"{top} {words}"
    yield Passage(kind, row.slug, row.title, "", top)
    yield from parts
    yield from found
