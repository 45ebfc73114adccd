"""What somebody may open of all courses, and where: her lessons, the handbook she uses, and what she reads again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.courses.editions import Edition, editions_of
from app.courses.queries import Reading, courses_for, courses_to_read, reading_of
from app.courses.tables import Course, CourseEdition
from app.kit.db import fetch
from app.people.rules import Viewer
from app.theory.handbook import Held, keeps_her_edition
from app.theory.queries import lock_in, steps_in
from app.theory.reading import Steps
from app.theory.rules import lesson_href
from app.theory.tables import UpdateItem, UpdateTask
from app.theory.updates import update_href


@dataclass(frozen=True)
class Shelf:
    """An edition with the address of each lesson and meeting of it that may be opened, by kind and slug."""

    edition: Edition
    hrefs: Mapping[tuple[str, str], str]

    @property
    def closed(self) -> frozenset[tuple[str, str]]:
        """What else the edition has."""
        outline = self.edition.outline
        every = {("lesson", lesson.slug) for module in outline.modules for lesson in module.lessons}
        return frozenset(every | {("session", session.slug) for session in outline.sessions}) - self.hrefs.keys()


class _Place(NamedTuple):
    """One lesson or meeting that may be opened."""

    edition_id: int
    course_slug: str
    kind: str
    slug: str
    href: str


_TO_READ: Final = (
    select(UpdateTask.edition_id, Course.slug.label("course_slug"), UpdateItem.kind, UpdateItem.slug, UpdateTask.id)
    .join(UpdateItem, UpdateItem.task_id == UpdateTask.id)
    .join(CourseEdition, CourseEdition.id == UpdateTask.edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(UpdateTask.person_id == bindparam("person"), UpdateTask.replaced_at.is_(None))
)


def shelves_of(db: Session, viewer: Viewer, held: Held, *, today: date) -> list[Shelf]:
    """All that a viewer may open now. Of a lesson or meeting in two editions it is the newer one.

    Trainers have the newest handbook, also who was taken over and follows nothing here.
    """
    found: dict[tuple[str, str, str], _Place] = {}
    for place in _places(db, viewer, held, today=today):
        known = found.get(place[1:4])
        if known is None or place.edition_id > known.edition_id:
            found[place[1:4]] = place
    hrefs: dict[int, dict[tuple[str, str], str]] = defaultdict(dict)
    for place in found.values():
        hrefs[place.edition_id][place.kind, place.slug] = place.href
    editions = editions_of(db, hrefs)
    return [Shelf(editions[id_], hrefs[id_]) for id_ in hrefs]


def _places(db: Session, viewer: Viewer, held: Held, *, today: date) -> Iterator[_Place]:
    """Her own pages first, so that they count when what she reads again is of the same edition."""
    newest = {one.slug: one.edition_id for one in courses_for(db, held.intervention_ids)}
    for line in courses_to_read(db, viewer):
        reading = reading_of(db, viewer, line.slug)
        yield from _lessons(db, reading, today=today)
        if line.slug not in newest or keeps_her_edition(reading, trainer=True):
            newest.pop(line.slug, None)
            yield from _sessions(reading.edition)
    for edition in editions_of(db, newest.values()).values():
        yield from _sessions(edition)
    for row in fetch(db, _TO_READ, person=viewer.id):
        yield _Place(row.edition_id, row.course_slug, row.kind, row.slug, update_href(row.id, row.kind, row.slug))


def _lessons(db: Session, reading: Reading, *, today: date) -> Iterator[_Place]:
    """The lessons that are not locked for the reader."""
    modules, course = reading.outline.open_modules, reading.outline.slug
    locks = any(module.after or module.opens_on or module.opens_after_days for module in modules)
    steps = steps_in(db, reading) if locks else Steps({}, {})
    for module in modules:
        if locks and lock_in(reading, module, steps, today=today):
            continue
        for lesson in module.lessons:
            yield _Place(reading.edition.id, course, "lesson", lesson.slug, lesson_href(course, lesson.slug))


def _sessions(edition: Edition) -> Iterator[_Place]:
    """The meetings of a handbook."""
    course = edition.outline.slug
    for session in edition.outline.sessions:
        yield _Place(edition.id, course, "session", session.slug, f"/handboek/{course}/{session.slug}")
