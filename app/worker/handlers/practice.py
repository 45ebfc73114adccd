"""Keeping the files of practice no longer than promised, and the reminders of visits right."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.kit.localtime import local_day
from app.practice.actions import keeping, reminding
from app.worker.work import Handler, Periodic, Work


def remove_photo(work: Work, payload: dict[str, Any]) -> None:
    """Delete the files of a photo that was taken back, and copies that hold it; harmless when repeated."""
    with work.database.reading() as db:
        keys = keeping.files_of(db, int(payload["evidence_id"]))
    for key in (*keys, *payload.get("copies", ())):
        work.storage.delete(key)


def expire_files(work: Work, _payload: dict[str, Any]) -> None:
    """Rows first, files after: what fails in between is an orphan, which the cleaner finds."""
    with work.database.writing() as db:
        expired = keeping.expire_files(db, now=work.now)
    for key in expired.keys:
        work.storage.delete(key)


def remove_orphans(work: Work, _payload: dict[str, Any]) -> None:
    """Delete files that no photo uses and that are older than a day."""
    old = keeping.old_keys(work.storage.keys(keeping.AREA), now=work.now)
    with work.database.reading() as db:
        unused = keeping.orphans(db, old)
    for key in unused:
        work.storage.delete(key)


def remind(work: Work, _payload: dict[str, Any]) -> None:
    """The reminders of visits that are near stand in the outbox, also of those that were handed over or moved."""
    with work.database.writing() as db:
        reminding.remind_of_coming(db, now=work.now)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {
    "practice.remove_photo": remove_photo,
    "practice.expire_files": expire_files,
    "practice.remove_orphans": remove_orphans,
    "practice.remind": remind,
}
PERIODIC: Final = (
    Periodic("practice.expire_files", _nightly),
    Periodic("practice.remove_orphans", _nightly),
    Periodic("practice.remind", _nightly),
)
