"""The files of a draft or an edition, for whoever reads a course: rows as files, pictures by what we know of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, case, select
from sqlalchemy.orm import Session

from app.courses.differing import Side
from app.courses.drafts.tables import DraftFile
from app.courses.tables import CourseFile, CourseImage
from app.kit.db import fetch, kept
from app.kit.storage import Storage

if TYPE_CHECKING:
    from app.courses.files.folder import File
    from app.courses.files.problems import Problem
    from app.courses.files.writing import Library

CHECKS_KEPT: Final = 16


@dataclass(frozen=True)
class Stored:
    """A file as its row has it. `width` and `height` of a picture."""

    path: str
    sha256: str
    size: int
    media_type: str
    text: str | None
    storage_key: str | None
    width: int | None
    height: int | None

    @property
    def side(self) -> Side:
        return Side(self.sha256, self.text)


_OF_DRAFT: Final = (
    select(
        DraftFile.path,
        DraftFile.sha256,
        DraftFile.size,
        DraftFile.media_type,
        DraftFile.text,
        DraftFile.storage_key,
        DraftFile.width,
        DraftFile.height,
    )
    .where(DraftFile.draft_id == bindparam("draft"), DraftFile.removed_at.is_(None))
    .order_by(DraftFile.path)
)
_OF_EDITION: Final = (
    select(
        CourseFile.path,
        CourseFile.sha256,
        CourseFile.size,
        CourseFile.media_type,
        CourseFile.text,
        CourseFile.storage_key,
        CourseImage.width,
        CourseImage.height,
    )
    .outerjoin(
        CourseImage,
        and_(CourseImage.edition_id == CourseFile.edition_id, CourseFile.path == "images/" + CourseImage.name),
    )
    .where(CourseFile.edition_id == bindparam("edition"))
    .order_by(CourseFile.path)
)


_NAMED: Final = _OF_DRAFT.with_only_columns(
    DraftFile.path,
    DraftFile.sha256,
    DraftFile.size,
    DraftFile.media_type,
    case((DraftFile.path == "course.yaml", DraftFile.text)),
    DraftFile.storage_key,
    DraftFile.width,
    DraftFile.height,
)


def named_in_draft(db: Session, draft_id: int) -> dict[str, Stored]:
    """As `stored_in_draft`, without the texts but for the one that says the title: for who asks what there is."""
    return {row[0]: Stored(*row) for row in fetch(db, _NAMED, draft=draft_id)}


def stored_in_draft(db: Session, draft_id: int) -> dict[str, Stored]:
    """The files of a draft that were not taken away, by path."""
    return {row.path: Stored(*row) for row in fetch(db, _OF_DRAFT, draft=draft_id)}


def stored_in_edition(db: Session, edition_id: int) -> dict[str, Stored]:
    """The files of an edition by path; none for one that was made before editions kept their files."""
    return {row.path: Stored(*row) for row in fetch(db, _OF_EDITION, edition=edition_id)}


def sides(files: Mapping[str, Stored]) -> dict[str, Side]:
    return {path: file.side for path, file in files.items()}


def as_files(stored: Mapping[str, Stored], storage: Storage) -> dict[str, File]:
    """What a reader of courses takes; pictures and media are not opened, since they were when they came in."""
    return {path: _file(one, storage) for path, one in stored.items()}


def _file(one: Stored, storage: Storage) -> File:
    from app.courses.files.folder import File  # noqa: PLC0415 - few requests read courses

    if one.storage_key is None:
        return File.of((one.text or "").encode())
    return File(one.size, partial(storage.get, one.storage_key), _known(one, storage))


def _known(one: Stored, storage: Storage) -> Any:
    from app.courses.files.models import ImageContent, MediaContent  # noqa: PLC0415

    if one.storage_key is None:
        return None
    read = partial(storage.get, one.storage_key)
    if one.width and one.height:
        return ImageContent(read, one.sha256, one.size, one.width, one.height, one.storage_key)
    return MediaContent(read, one.sha256, one.size, one.media_type, one.storage_key)


def library_of(stored: Mapping[str, Stored], storage: Storage) -> Library:
    """The pictures and media that a text may name."""
    from app.courses.files.models import ImageContent, MediaContent  # noqa: PLC0415
    from app.courses.files.writing import Library  # noqa: PLC0415

    known = {path: _known(one, storage) for path, one in stored.items()}
    return Library(
        {path.removeprefix("images/"): one for path, one in known.items() if isinstance(one, ImageContent)},
        {path.removeprefix("media/"): one for path, one in known.items() if isinstance(one, MediaContent)},
    )


class Checks:
    """What was found in the drafts that somebody looked at last. What a version of a draft holds never changes."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[int, int], tuple[Problem, ...]] = OrderedDict()
        self._guard = Lock()

    def problems(self, draft: tuple[int, int], stored: Mapping[str, Stored], storage: Storage) -> tuple[Problem, ...]:
        """Everything that stands in the way of publishing a draft, by its id and version."""
        from app.courses.files.reader import read_files  # noqa: PLC0415

        with self._guard:
            if (known := self._found.get(draft)) is not None:
                self._found.move_to_end(draft)
                return known
        _, found = read_files(as_files(stored, storage))
        with self._guard:
            self._found[draft] = tuple(found)
            while len(self._found) > CHECKS_KEPT:
                self._found.popitem(last=False)
        return tuple(found)


def checks_of(db: Session) -> Checks:
    """Those of this database and process."""
    made: Checks = kept(db).setdefault(Checks, Checks())
    return made
