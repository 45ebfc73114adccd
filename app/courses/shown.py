"""The pictures, films, sounds and papers of editions, for who may read the course."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from app.courses.queries import reads_along
from app.courses.tables import Course, CourseEdition, CourseFile, CourseImage, Enrolment, Intervention
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.people.rules import Viewer

Kept = Callable[[], Collection[int]]
"""Made above: the interventions whose handbook somebody reads as a trainer. Asked only where nothing else opens it."""


@dataclass(frozen=True)
class Stored:
    """A film, sound, captions or paper: where it is, and what is told of it before it comes."""

    key: str
    size: int
    media_type: str
    sha256: str


_FOLLOWS: Final = exists().where(
    Enrolment.course_id == Course.id,
    Enrolment.person_id == bindparam("person"),
    Enrolment.withdrawn_at.is_(None),
    Enrolment.expired_at.is_(None),
)
"""Any edition of a course that she follows: a page that she opened before she moved has the pictures of the older."""


def _of_course(query: Select[*tuple[Any, ...]], edition: Any) -> Select[*tuple[Any, ...]]:
    return (
        query.add_columns(Course.intervention_id, Intervention.slug, _FOLLOWS.label("follows"))
        .join(CourseEdition, CourseEdition.id == edition)
        .join(Course, Course.id == CourseEdition.course_id)
        .join(Intervention, Intervention.id == Course.intervention_id)
        .where(edition == bindparam("edition"))
    )


_PICTURE: Final = _of_course(select(CourseImage.storage_key), CourseImage.edition_id).where(
    CourseImage.name == bindparam("name")
)
_FILE: Final = _of_course(
    select(CourseFile.storage_key, CourseFile.size, CourseFile.media_type, CourseFile.sha256), CourseFile.edition_id
).where(CourseFile.path == bindparam("name"))


def picture_key(db: Session, viewer: Viewer, edition_id: int, name: str, kept: Kept) -> str:
    """Where a picture of an edition is stored: one statement, a trainer takes one more. Raises: NotFound."""
    key: str = _found(db, _PICTURE, viewer, kept, edition=edition_id, name=name).storage_key
    return key


def media_of(db: Session, viewer: Viewer, edition_id: int, name: str, kept: Kept) -> Stored:
    """A film, sound, captions or paper of an edition: as `picture_key`. Raises: NotFound."""
    row = _found(db, _FILE, viewer, kept, edition=edition_id, name=f"media/{name}")
    return Stored(row.storage_key, row.size, row.media_type, row.sha256)


def _found(db: Session, query: Select[*tuple[Any, ...]], viewer: Viewer, kept: Kept, **place: Any) -> Any:
    row = fetch(db, query, person=viewer.person_id, **place).first()
    if row is None or row.storage_key is None:
        raise NotFound
    if row.follows or reads_along(viewer, row.slug) or row.intervention_id in kept():
        return row
    raise NotFound
