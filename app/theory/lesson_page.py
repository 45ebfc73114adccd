"""One lesson to read: its text, what the page fills in, and what the reader did with it so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from markupsafe import Markup
from sqlalchemy import JSON, Row, bindparam, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.courses.changes import blocks_alike
from app.courses.queries import Reading, reading_of
from app.courses.rules import SPOT
from app.courses.tables import Lesson
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.tables import UTCDateTime
from app.people.rules import Viewer
from app.theory.queries import Item, items_of, lock_in, steps_in
from app.theory.questions import Question
from app.theory.reading import Lock
from app.theory.rules import lesson_href
from app.theory.tables import LessonNote, LessonWork, ReadingPlace


@dataclass(frozen=True)
class LessonPicture:
    """A picture; an empty alt is one that tells nothing."""

    href: str
    alt: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class Shelf:
    """Where the pictures and files of a text stand: how their addresses begin."""

    images: str
    files: str

    @classmethod
    def of(cls, edition_id: int) -> Shelf:
        return cls(f"/opleiding/beeld/{edition_id}/", f"/opleiding/bestand/{edition_id}/")


@dataclass(frozen=True)
class Text:
    """A stretch of text that was cleaned when it was published."""

    html: Markup
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Picture:
    """A picture in the text."""

    id: str
    picture: LessonPicture
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Playable:
    """A film or a sound. `parts` and `at`: the seconds that were played, and where she was."""

    id: str
    title: str
    href: str
    media_type: str
    captions: str
    poster: str
    transcript: Markup
    needed: bool
    done: bool
    parts: str
    at: float
    kind: Literal["video", "audio"]


@dataclass(frozen=True)
class Paper:
    """Something to download, with its size in kilobytes."""

    id: str
    title: str
    href: str
    kilobytes: int
    html: Markup
    kind: Literal["download"] = "download"


@dataclass(frozen=True)
class Reflecting:
    """A question to write about, with what she wrote. `version` is 0 before the first word."""

    id: str
    title: str
    heading: str
    html: Markup
    needed: bool
    done: bool
    words: str
    version: int
    saved_at: datetime | None
    shared_at: datetime | None
    kind: Literal["reflection"] = "reflection"


@dataclass(frozen=True)
class Asked:
    """A question in the text, with what she chose last time; `right` is None before that."""

    id: str
    question: Question
    needed: bool
    done: bool
    chosen: tuple[int, ...]
    right: bool | None
    kind: Literal["question"] = "question"


Part = Text | Picture | Playable | Paper | Reflecting | Asked


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
    """A lesson to read. When `lock` is there, nothing else of it is shown."""

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
    module_slug: str
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


_IDS: Final = re.compile(r' id="([a-z0-9-]+)"')
_LESSON: Final = select(
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
class Work:
    """What the reader did with a block. `facts` are empty where they were about a block that became another one."""

    words: str
    facts: Mapping[str, Any]
    version: int
    saved_at: datetime
    done: bool
    shared_at: datetime | None


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
    slugs = [each.slug for each in module.lessons]
    index = slugs.index(lesson_slug)
    every = [each.slug for one in reading.outline.open_modules for each in one.lessons]
    place = every.index(lesson_slug)
    last = index == len(slugs) - 1
    ids, shelf = set(_IDS.findall(lesson.html)), Shelf.of(lesson.edition_id)
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
        module_slug=module.slug,
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
        notes=tuple(
            OwnNote(row.id, row.key, row.quote, row.words, row.version, not row.key or row.key in ids)
            for row in own.notes
        ),
    )


def parts_of(
    html: str,
    blocks: Iterable[Mapping[str, Any]],
    shelf: Shelf,
    *,
    needs: tuple[str, ...] = (),
    work: Mapping[str, Work] = MappingProxyType({}),
) -> Iterator[Part]:
    """The text cut where something else stands in it, in order. `html` and what is in `blocks` were cleaned.

    In a text that is not right yet two blocks may have one name: each stands where its author put it.
    """
    known: dict[str, list[Mapping[str, Any]]] = {}
    for block in blocks:
        known.setdefault(block["id"], []).append(block)
    for place, piece in enumerate(SPOT.split(html)):
        if place % 2 == 0:
            if piece.strip():
                yield Text(Markup(piece))  # noqa: S704 - cleaned against an allow-list when it was rendered
        elif named := known.get(piece):
            block = named.pop(0) if len(named) > 1 else named[0]
            yield _part(shelf, block, needed=piece in needs, work=work.get(piece))


def _part(shelf: Shelf, block: Mapping[str, Any], *, needed: bool, work: Work | None) -> Part:
    id_, done = block["id"], work is not None and work.done
    facts = work.facts if work else {}
    match block["kind"]:
        case "picture":
            return Picture(id_, picture_of(shelf, {**block, "name": block["file"]}))
        case "download":
            href, kilobytes = shelf.files + block["file"], max(1, block["size"] // 1000)
            return Paper(id_, block["title"], href, kilobytes, Markup(block["html"]))  # noqa: S704 - cleaned too
        case "reflection":
            return Reflecting(
                id_,
                block["title"],
                block["heading"],
                Markup(block["html"]),  # noqa: S704 - cleaned too
                needed=needed,
                done=done,
                words=work.words if work else "",
                version=work.version if work else 0,
                saved_at=work.saved_at if work else None,
                shared_at=work.shared_at if work else None,
            )
        case "question":
            question = Question.from_facts({**block["question"], "id": id_})
            chosen = tuple(facts.get("chosen", ()))
            right = question.is_right(chosen) if chosen else None
            return Asked(id_, question, needed=needed, done=done, chosen=chosen, right=right)
        case _:
            return _playable(shelf, block, facts, needed=needed, done=done)


def _playable(
    shelf: Shelf, block: Mapping[str, Any], facts: Mapping[str, Any], *, needed: bool, done: bool
) -> Playable:
    captions, poster = block.get("captions"), block.get("poster")
    return Playable(
        id=block["id"],
        title=block["title"],
        href=shelf.files + block["file"],
        media_type=block["media_type"],
        captions=shelf.files + captions if captions else "",
        poster=shelf.images + poster if poster else "",
        transcript=Markup(block["transcript"]),  # noqa: S704 - cleaned when it was published
        needed=needed,
        done=done,
        parts=",".join(f"{start:g},{end:g}" for start, end in facts.get("parts", ())),
        at=float(facts.get("at", 0)),
        kind=block["kind"],
    )


def picture_of(shelf: Shelf, image: Mapping[str, Any]) -> LessonPicture:
    href = shelf.images + image["name"]
    return LessonPicture(href, image["alt"], image["caption"], image["width"], image["height"])
