"""Reading what differs between editions: the texts of both, and the list of editions with their handbooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.courses import comparing
from app.courses.comparing import CheckText, Differences, EditionText, LessonText, compare
from app.courses.handbook_parts import SessionText
from app.courses.tables import Course, CourseEdition, CourseFile, CourseImage, HandbookSession, Lesson, Quiz
from app.kit.db import fetch, kept
from app.kit.errors import NotFound

PLAYED: Final = ("file", "captions", "poster")
"""Facts of a block that name a file of the edition."""


@dataclass(frozen=True)
class EditionLine:
    """One edition of a course, with what was said of it and what its handbook says of itself."""

    id: int
    number: int
    title: str
    sample: bool
    published_at: datetime
    handbook_version: str
    handbook_notes: str
    intervention_id: int
    notes: str | None


_OF_COURSE: Final = (
    select(
        CourseEdition.id,
        CourseEdition.number,
        CourseEdition.title,
        CourseEdition.sample,
        CourseEdition.published_at,
        CourseEdition.outline["handbook_version"].as_string(),
        CourseEdition.outline["handbook_notes"].as_string(),
        Course.intervention_id,
        CourseEdition.outline["notes"].as_string(),
    )
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Course.slug == bindparam("course"))
    .order_by(CourseEdition.number.desc())
)


def editions_in(db: Session, course_slug: str) -> tuple[EditionLine, ...]:
    """Every edition of a course, newest first: one statement. Raises: NotFound for a course that is not there."""
    found = tuple(EditionLine(*row) for row in fetch(db, _OF_COURSE, course=course_slug))
    if not found:
        raise NotFound
    return found


def differences(db: Session, old_id: int, new_id: int) -> Differences:
    """What the newer edition makes of the older; both never change, so a process finds it out once."""
    place = kept(db)
    if (Differences, old_id, new_id) not in place:
        texts = texts_of(db, {old_id, new_id})
        place[Differences, old_id, new_id] = compare(texts[old_id], texts[new_id])
    found: Differences = place[Differences, old_id, new_id]
    return found


_BLOCKS: Final = select(Lesson.edition_id, Lesson.blocks).where(
    Lesson.slug == bindparam("lesson"), Lesson.edition_id.in_(bindparam("editions", expanding=True))
)


def blocks_alike(db: Session, lesson_slug: str, old_id: int, new_id: int) -> frozenset[str]:
    """The blocks of a lesson, by id, of which both editions ask or play the same; a process finds it out once."""
    place, key = kept(db), (blocks_alike, lesson_slug, old_id, new_id)
    if key not in place:
        digests = _digests(db, [old_id, new_id])
        blocks = {
            row.edition_id: row.blocks for row in fetch(db, _BLOCKS, lesson=lesson_slug, editions=[old_id, new_id])
        }
        place[key] = comparing.blocks_alike(
            blocks.get(old_id, ()), blocks.get(new_id, ()), (digests[old_id], digests[new_id])
        )
    found: frozenset[str] = place[key]
    return found


_LESSONS: Final = (
    select(
        Lesson.edition_id,
        Lesson.slug,
        Lesson.title,
        Lesson.module_slug,
        Lesson.minutes,
        Lesson.required,
        Lesson.intro,
        Lesson.source,
        Lesson.image,
        Lesson.blocks,
    )
    .where(Lesson.edition_id.in_(bindparam("editions", expanding=True)))
    .order_by(Lesson.position)
)
_CHECKS: Final = (
    select(Quiz.edition_id, Quiz.slug, Quiz.title, Quiz.intro, Quiz.questions)
    .where(Quiz.edition_id.in_(bindparam("editions", expanding=True)))
    .order_by(Quiz.id)
)
_SESSIONS: Final = (
    select(
        HandbookSession.edition_id,
        HandbookSession.slug,
        HandbookSession.number,
        HandbookSession.title,
        HandbookSession.script,
        HandbookSession.html,
    )
    .where(HandbookSession.edition_id.in_(bindparam("editions", expanding=True)))
    .order_by(HandbookSession.number, HandbookSession.id)
)


def texts_of(db: Session, edition_ids: Collection[int]) -> dict[int, EditionText]:
    """The texts of editions, by id: a fixed number of statements."""
    editions = list(edition_ids)
    digests = _digests(db, editions)
    lessons: dict[int, list[LessonText]] = defaultdict(list)
    for row in fetch(db, _LESSONS, editions=editions):
        lessons[row.edition_id].append(_lesson(row, digests[row.edition_id]))
    checks: dict[int, list[CheckText]] = defaultdict(list)
    for row in fetch(db, _CHECKS, editions=editions):
        checks[row.edition_id].append(CheckText(row.slug, row.title, row.intro, tuple(row.questions)))
    return {
        id_: EditionText(tuple(lessons[id_]), tuple(checks[id_]), sessions)
        for id_, sessions in sessions_of(db, editions).items()
    }


def sessions_of(db: Session, edition_ids: Collection[int]) -> dict[int, tuple[SessionText, ...]]:
    """The handbooks of editions, by id; each asked for is in the answer."""
    found: dict[int, list[SessionText]] = {id_: [] for id_ in edition_ids}
    for row in fetch(db, _SESSIONS, editions=list(edition_ids)):
        found[row.edition_id].append(SessionText(row.slug, row.number, row.title, row.script, row.html))
    return {id_: tuple(sessions) for id_, sessions in found.items()}


def _digests(db: Session, edition_ids: list[int]) -> dict[int, dict[str, str]]:
    """The digests of pictures and other files by edition and name: what is seen or played, whatever it is called."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for table, name in ((CourseImage, CourseImage.name), (CourseFile, CourseFile.path)):
        rows = select(table.edition_id, name, table.sha256).where(table.edition_id.in_(edition_ids))
        for edition_id, path, sha256 in db.execute(rows):
            found[edition_id][path.rpartition("/")[2]] = sha256
    return found


def _lesson(row: Any, digests: dict[str, str]) -> LessonText:
    image = row.image
    named = [(block["kind"], str(block[fact])) for block in row.blocks for fact in PLAYED if block.get(fact)]
    return LessonText(
        slug=row.slug,
        title=row.title,
        module=row.module_slug,
        minutes=row.minutes,
        required=row.required,
        intro=row.intro,
        source=row.source,
        picture=(digests.get(image["name"], ""), image["alt"], image["caption"]) if image else None,
        files=tuple(digests.get(name, name) for kind, name in named if kind != "picture"),
        pictures=tuple(digests.get(name, name) for kind, name in named if kind == "picture"),
    )
