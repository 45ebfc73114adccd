"""Files and the rows that name them: no row without its file, no file for long without a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from app.certification.tables import Certificate
from app.courses.drafts.tables import CourseIntake, DraftFile
from app.courses.tables import CourseFile, CourseImage
from app.kit.storage import Entry, Storage
from app.people.tables import Export
from app.practice.tables.evidence import Evidence, UploadPiece

ORPHAN_AGE: Final = timedelta(hours=24)  # a file is written before its row; security.md I-7
AREAS: Final = ("evidence/", "certificates/", "courses/", "exports/", "incoming/", "intake/")
"""Where every file has a row. What stands elsewhere, such as the erasure list, is not ours to judge."""
NAMES: Final[tuple[tuple[InstrumentedAttribute[Any], ColumnElement[bool] | None], ...]] = (
    (Evidence.storage_key, Evidence.removed_at.is_(None)),
    (Evidence.thumb_key, Evidence.removed_at.is_(None)),
    (UploadPiece.storage_key, None),
    (Certificate.pdf_key, None),
    (CourseImage.storage_key, None),
    (CourseFile.storage_key, CourseFile.storage_key.is_not(None)),
    (DraftFile.storage_key, DraftFile.storage_key.is_not(None)),
    (CourseIntake.storage_key, CourseIntake.storage_key.is_not(None)),
    (Export.storage_key, Export.removed_at.is_(None)),
)
"""Every column that names a file, and when it still does; a test finds one that is not here."""


def named(db: Session) -> set[str]:
    """The keys that rows name."""
    keys: set[str] = set()
    for column, still in NAMES:
        query = select(column).where(column != "")
        keys.update(db.scalars(query if still is None else query.where(still)))
    return keys


def removed(storage: Storage, key: str, *, before: datetime) -> bool:
    """Remove a file that no row named, unless it was written again since."""
    try:
        if storage.last_modified(key) >= before:
            return False
    except FileNotFoundError:
        return False
    storage.delete(key)
    return True


def orphans(entries: Iterable[Entry], keys: set[str], *, now: datetime) -> list[str]:
    """The files that no row names, older than a day: a younger one may wait for its row."""
    return [
        entry.key
        for entry in entries
        if entry.key.startswith(AREAS) and entry.key not in keys and entry.last_modified < now - ORPHAN_AGE
    ]
