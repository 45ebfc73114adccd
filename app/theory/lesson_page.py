"""One lesson to read: its text, what the page fills in, and what the reader did with it so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import JSON, Row, bindparam, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.courses.changes import blocks_alike
from app.courses.handbook_parts import fresh_ids
from app.courses.queries import Reading, reading_of
from app.courses.tables import Lesson
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.tables import UTCDateTime
from app.people.rules import Viewer
from app.theory.active_minutes import is_announced
from app.theory.lesson_parts import FilePlace, LessonPicture, Part, Work, parts_of, picture_of
from app.theory.queries import Item, items_of, lock_in, steps_in
from app.theory.reading import Lock
from app.theory.rules import lesson_href
from app.theory.tables import LessonCompletion, LessonNote, LessonWork, ReadingPlace


@dataclass(frozen=True)
class OwnNote:
    """A saved passage or note of the reader. `here`: its paragraph still stands in the text as it was."""

    id: int
    anchor: str
    quote: str
    words: str
    version: int
    here: bool


@dataclass(frozen=True)
class LessonPage:
    """A lesson to read. When `lock` is there, nothing else of it is shown.

    `measured`: how long she is active in it is counted; `announced`: she was told so before. `again`: she did it in an
    edition in which it read differently; `new_ids`: of the paragraphs that are new to her then.
    """

    edition_id: int
    course_slug: str
    course_title: str
    sample: bool
    preview: bool
    slug: str
    title: str
    minutes: int
    intro: str
    parts: tuple[Part, ...]
    headings: tuple[tuple[str, str], ...]
    picture: LessonPicture | None
    module_title: str
    module_number: int
    motif: str
    items: tuple[Item, ...]
    number: int
    of: int
    previous: str
    following: str
    last: bool
    leads_to_quiz: bool
    lock: Lock | None
    place: str
    notes: tuple[OwnNote, ...]
    measured: bool
    announced: bool
    again: bool
    new_ids: frozenset[str]


_IDS: Final = re.compile(r' id="([a-z0-9-]+)"')
_LESSON: Final = select(
    Lesson.slug,
    Lesson.edition_id,
    Lesson.title,
    Lesson.minutes,
    Lesson.intro,
    Lesson.html,
    Lesson.headings,
    Lesson.image,
    Lesson.blocks,
).where(Lesson.edition_id == bindparam("edition"), Lesson.slug == bindparam("lesson"))
_NO_MOMENT: Final = null().cast(UTCDateTime)
_OWN: Final = union_all(
    select(
        literal("work").label("what"),
        LessonWork.id,
        LessonWork.block_id.label("key"),
        LessonWork.words,
        literal("").label("quote"),
        LessonWork.edition_id,
        LessonWork.facts,
        LessonWork.version,
        LessonWork.saved_at.label("at"),
        LessonWork.done_at,
        LessonWork.shared_at,
    ).where(LessonWork.enrolment_id == bindparam("enrolment"), LessonWork.lesson_slug == bindparam("lesson")),
    select(
        literal("note"),
        LessonNote.id,
        LessonNote.anchor,
        LessonNote.words,
        LessonNote.quote,
        LessonNote.edition_id,
        null().cast(JSON),
        LessonNote.version,
        LessonNote.made_at,
        _NO_MOMENT,
        _NO_MOMENT,
    ).where(LessonNote.enrolment_id == bindparam("enrolment"), LessonNote.lesson_slug == bindparam("lesson")),
    select(
        literal("place"),
        ReadingPlace.id,
        ReadingPlace.anchor,
        literal(""),
        literal(""),
        literal(0),
        null().cast(JSON),
        literal(0),
        ReadingPlace.seen_at,
        _NO_MOMENT,
        _NO_MOMENT,
    ).where(ReadingPlace.enrolment_id == bindparam("enrolment"), ReadingPlace.lesson_slug == bindparam("lesson")),
)


@dataclass(frozen=True)
class _Own:
    """What the reader did in this lesson."""

    work: Mapping[str, Work]
    notes: tuple[Row[Any], ...]
    place: str

    @classmethod
    def of(cls, db: Session, reading: Reading, lesson_slug: str) -> _Own:
        if reading.enrolment is None:
            return cls({}, (), "")
        rows = fetch(db, _OWN, enrolment=reading.enrolment.id, lesson=lesson_slug).all()
        edition_id = reading.edition.id
        alike = {
            id_: blocks_alike(db, lesson_slug, id_, edition_id)
            for id_ in {row.edition_id for row in rows if row.what == "work"} - {edition_id}
        }
        return cls(
            {
                row.key: Work(
                    row.words,
                    (row.facts or {}) if row.edition_id == edition_id or row.key in alike[row.edition_id] else {},
                    row.version,
                    row.at,
                    row.done_at is not None,
                    row.shared_at,
                )
                for row in rows
                if row.what == "work"
            },
            tuple(sorted((row for row in rows if row.what == "note"), key=lambda row: row.id)),
            next((row.key for row in rows if row.what == "place"), ""),
        )


_READ_BEFORE: Final = (
    select(Lesson.html)
    .join(LessonCompletion, LessonCompletion.edition_id == Lesson.edition_id)
    .where(
        LessonCompletion.enrolment_id == bindparam("enrolment"),
        LessonCompletion.lesson_slug == bindparam("lesson"),
        Lesson.slug == bindparam("lesson"),
    )
)


def _new_to(db: Session, reading: Reading, lesson: Row[Any]) -> frozenset[str]:
    """The paragraphs of a lesson that were not there when she did it."""
    enrolment_id = reading.enrolment.id if reading.enrolment is not None else 0
    before = fetch(db, _READ_BEFORE, enrolment=enrolment_id, lesson=lesson.slug).scalar()
    return fresh_ids(before, lesson.html) if before is not None else frozenset()


def lesson_page(db: Session, viewer: Viewer, course_slug: str, lesson_slug: str, *, today: date) -> LessonPage:
    """One lesson with its place in the course. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    lesson = fetch(db, _LESSON, edition=reading.edition.id, lesson=lesson_slug).first()
    module = reading.outline.module_of(lesson_slug)
    if lesson is None or module is None:
        raise NotFound
    steps = steps_in(db, reading)
    lock = lock_in(reading, module, steps, today=today)
    own = _Own.of(db, reading, lesson_slug)
    measures = reading.outline.active_minutes and not lock and lesson_slug not in steps.lessons
    slugs = [each.slug for each in module.lessons]
    index = slugs.index(lesson_slug)
    every = [each.slug for one in reading.outline.open_modules for each in one.lessons]
    place = every.index(lesson_slug)
    last = index == len(slugs) - 1
    ids, shelf = set(_IDS.findall(lesson.html)), FilePlace.of(lesson.edition_id)
    return LessonPage(
        edition_id=lesson.edition_id,
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        preview=reading.preview,
        slug=lesson_slug,
        title=lesson.title,
        minutes=lesson.minutes,
        intro=lesson.intro,
        parts=()
        if lock
        else tuple(parts_of(lesson.html, lesson.blocks, shelf, needs=module.lessons[index].needs, work=own.work)),
        headings=() if lock else tuple((str(id_), str(title)) for id_, title in lesson.headings),
        picture=picture_of(shelf, lesson.image) if lesson.image else None,
        module_title=module.title,
        module_number=reading.outline.modules.index(module) + 1,
        motif=reading.edition.motifs.get(module.core_element or "", "hand"),
        items=items_of(reading.outline, module, lessons=steps.lessons, quizzes=steps.quizzes, now=lesson_slug),
        number=index + 1,
        of=len(slugs),
        previous=lesson_href(course_slug, every[place - 1]) if place else "",
        following=lesson_href(course_slug, every[place + 1]) if place + 1 < len(every) else "",
        last=place == len(every) - 1,
        leads_to_quiz=last and module.quiz is not None and module.quiz.slug not in steps.quizzes,
        lock=lock,
        place=own.place if own.place in ids and lesson_slug not in steps.lessons else "",
        again=lesson_slug in steps.again,
        new_ids=_new_to(db, reading, lesson) if lesson_slug in steps.again and not lock else frozenset(),
        notes=tuple(
            OwnNote(row.id, row.key, row.quote, row.words, row.version, not row.key or row.key in ids)
            for row in own.notes
        ),
        measured=measures and reading.enrolment is not None,
        announced=measures and reading.enrolment is not None and is_announced(db, reading.enrolment),
    )
