"""A whole module on one page: to print, or to keep as a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import reading_of
from app.courses.tables import Lesson
from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.theory.lesson_parts import FilePlace, LessonPicture, Part, parts_of, picture_of
from app.theory.queries import lock_in, steps_in
from app.theory.reading import Lock


@dataclass(frozen=True)
class PrintedLesson:
    """A lesson as it stands on paper."""

    title: str
    minutes: int
    intro: str
    picture: LessonPicture | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class ModulePage:
    """A module with all its lessons; none of them while `lock` keeps it closed."""

    course_slug: str
    course_title: str
    sample: bool
    title: str
    summary: str
    number: int
    minutes: int
    motif: str
    lock: Lock | None
    lessons: tuple[PrintedLesson, ...]


def module_page(db: Session, viewer: Viewer, course_slug: str, module_slug: str, *, today: date) -> ModulePage:
    """The module as the reader's edition has it. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    module = next((one for one in reading.outline.open_modules if one.slug == module_slug), None)
    if module is None:
        raise NotFound
    steps = steps_in(db, reading)
    lock = lock_in(reading, module, steps, today=today)
    rows = db.scalars(
        select(Lesson)
        .where(Lesson.edition_id == reading.edition.id, Lesson.module_slug == module_slug)
        .order_by(Lesson.position)
    )
    return ModulePage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        title=module.title,
        summary=module.summary,
        number=reading.outline.modules.index(module) + 1,
        minutes=module.minutes,
        motif=reading.edition.motifs.get(module.core_element or "", "hand"),
        lock=lock,
        lessons=()
        if lock
        else tuple(
            PrintedLesson(
                row.title,
                row.minutes,
                row.intro,
                picture_of(FilePlace.of(row.edition_id), row.image) if row.image else None,
                tuple(parts_of(row.html, row.blocks, FilePlace.of(row.edition_id))),
            )
            for row in rows
        ),
    )
