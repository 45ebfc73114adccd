"""What somebody saved and wrote while she read: her notes and passages, lesson by lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.courses.queries import reading_of
from app.courses.tables import Lesson
from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.theory.rules import lesson_href
from app.theory.tables import LessonNote, LessonWork


@dataclass(frozen=True)
class SavedNote:
    """A saved passage or a note. `href` leads to the paragraph; `changed`: it no longer stands there as it was."""

    id: int
    quote: str
    words: str
    version: int
    made_at: datetime
    href: str
    changed: bool


@dataclass(frozen=True)
class WrittenWork:
    """What she wrote at a reflection question, and whether her coach may read it."""

    title: str
    words: str
    href: str
    shared: bool


@dataclass(frozen=True)
class NotedLesson:
    """A lesson with what she saved of it; a lesson that the edition no longer has keeps its notes."""

    title: str
    module_title: str
    notes: tuple[SavedNote, ...]
    written: tuple[WrittenWork, ...]


@dataclass(frozen=True)
class NotebookPage:
    """All of it, in the order of the course."""

    course_slug: str
    course_title: str
    sample: bool
    lessons: tuple[NotedLesson, ...]


def notebook_page(db: Session, viewer: Viewer, course_slug: str) -> NotebookPage:
    """Her own notes in one training; nobody else reads them. Raises: NotFound, also for who looks along."""
    reading = reading_of(db, viewer, course_slug)
    if reading.enrolment is None:
        raise NotFound
    own = reading.enrolment.id
    notes = db.scalars(select(LessonNote).where(LessonNote.enrolment_id == own).order_by(LessonNote.id)).all()
    written = db.scalars(
        select(LessonWork).where(LessonWork.enrolment_id == own, LessonWork.words != "").order_by(LessonWork.id)
    ).all()
    slugs = {one.lesson_slug for one in notes} | {one.lesson_slug for one in written}
    known = {
        row.slug: row
        for row in db.execute(
            select(Lesson.slug, Lesson.html, Lesson.blocks).where(
                Lesson.edition_id == reading.edition.id, Lesson.slug.in_(slugs)
            )
        )
    }
    order = [
        (each.slug, each.title, module.title) for module in reading.outline.open_modules for each in module.lessons
    ]
    order += [(slug, "", "") for slug in sorted(slugs - set(known))]
    found = []
    for slug, title, module_title in order:
        if slug in slugs:
            own_notes = [one for one in notes if one.lesson_slug == slug]
            own_words = [one for one in written if one.lesson_slug == slug]
            place = _Place.of(known.get(slug), lesson_href(course_slug, slug))
            saved, words = (tuple(map(place.note, own_notes)), tuple(map(place.written, own_words)))
            found.append(NotedLesson(title, module_title, saved, words))
    return NotebookPage(course_slug, reading.outline.title, reading.sample, tuple(found))


@dataclass(frozen=True)
class _Place:
    """A lesson as notes point into it; without address and text when the edition no longer has it."""

    href: str
    html: str
    titles: Mapping[str, str]

    @classmethod
    def of(cls, lesson: Row[Any] | None, href: str) -> _Place:
        if lesson is None:
            return cls("", "", {})
        return cls(href, lesson.html, {block["id"]: block["title"] for block in lesson.blocks if "title" in block})

    def note(self, note: LessonNote) -> SavedNote:
        here = not note.anchor or f' id="{note.anchor}"' in self.html
        to = f"{self.href}#{note.anchor}" if self.href and note.anchor and here else self.href
        return SavedNote(note.id, note.quote, note.words, note.version, note.made_at, to, changed=not here)

    def written(self, work: LessonWork) -> WrittenWork:
        known = work.block_id in self.titles
        to = f"{self.href}#blok-{work.block_id}" if self.href and known else self.href
        return WrittenWork(self.titles.get(work.block_id, ""), work.words, to, shared=work.shared_at is not None)
