"""Reading the zips that authors send, and clearing away what came of that."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from app.courses.actions import indexing
from app.courses.drafts import intakes
from app.courses.drafts.taking_in import Taken
from app.courses.training_days import actions as training_days
from app.jobs.actions import enqueue
from app.kit.child import ChildFailed
from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.kit.storage import whole_of
from app.worker.work import Handler, LastResort, Periodic, Work

INDEX: Final = "courses.index_edition"
ROOM: Final = "inlezen-"
"""How the folders begin in which a zip is unpacked, beside the data."""


def take_in(work: Work, payload: dict[str, Any]) -> None:
    """Unpack in a child process, keep the files, then make the draft in one transaction.

    Cut off anywhere, it begins anew: files in the store without a row go at night, and so do folders.
    """
    intake_id = int(payload["intake_id"])
    with work.database.reading() as db:
        sent = intakes.waiting(db, intake_id)
    if sent is not None:
        _become(work, intake_id, sent.storage_key)
    clear(work, {})


def _become(work: Work, intake_id: int, key: str) -> None:
    try:
        found = _unpacked(work, key)
    except FileNotFoundError:  # put back from a backup, which has no zips
        return _refuse(work, intake_id, "intake_lost")
    except ChildFailed:
        return _refuse(work, intake_id, "zip_too_hard")
    if found.problems:
        return _refuse(work, intake_id, "zip_problems", found)
    try:
        with work.database.writing() as db:
            intakes.finish(db, intake_id, found, now=work.now)
    except Refused as refused:
        _refuse(work, intake_id, refused.code, found)
    return None


def _unpacked(work: Work, key: str) -> Taken:
    from app.courses.drafts.unpacking import unpacked  # noqa: PLC0415 - few jobs read courses

    with tempfile.TemporaryDirectory(dir=work.settings.data_dir, prefix=ROOM) as room:
        source = Path(room) / "opleiding.zip"
        with source.open("wb") as into:
            for piece in whole_of(work.storage, key):
                into.write(piece)
        return unpacked(source, Path(room) / "uit", work.storage)


def _refuse(work: Work, intake_id: int, code: str, found: Taken | None = None) -> None:
    with work.database.writing() as db:
        slug, problems = (found.slug, found.problems) if found is not None else ("", ())
        intakes.refuse(db, intake_id, code, slug=slug, problems=problems, now=work.now)


def give_up(work: Work, payload: dict[str, Any], _wrong: Exception) -> None:
    """Nobody waits for ever."""
    _refuse(work, int(payload["intake_id"]), "intake_lost")


def clear(work: Work, _payload: dict[str, Any]) -> None:
    """Remove the zips that were read, or that nobody read within a day; then rows, and folders that a crash left."""
    with work.database.reading() as db:
        files = intakes.files_to_clear(db, now=work.now)
    for _, key in files:
        work.storage.delete(key)
    with work.database.writing() as db:
        intakes.forget_files(db, [id_ for id_, _ in files], now=work.now)
    for room in work.settings.data_dir.glob(f"{ROOM}*"):
        if datetime.fromtimestamp(room.stat().st_mtime, UTC) < work.now - intakes.KEPT:
            rmtree(room, ignore_errors=True)


def index_older(work: Work, _payload: dict[str, Any]) -> None:
    """See which editions are from before there was an index; each is a piece of work of its own."""
    with work.database.reading() as db:
        editions = indexing.without_index(db)
    with work.database.writing() as db:
        for edition_id in editions:
            enqueue(db, INDEX, now=work.now, key=f"{INDEX}:{edition_id}", edition_id=edition_id)


def index_edition(work: Work, payload: dict[str, Any]) -> None:
    """Make the index while nothing is locked."""
    edition_id = int(payload["edition_id"])
    with work.database.reading() as db:
        index = indexing.made_index(db, edition_id)
    with work.database.writing() as db:
        indexing.keep_index(db, edition_id, index)


def give_seats(work: Work, payload: dict[str, Any]) -> None:
    """A seat on the scholingsdagen ahead for everybody of a cohort who is in training."""
    with work.database.writing() as db:
        training_days.give_seats(db, cohort_id=int(payload["cohort_id"]), keyring=work.keyring, now=work.now)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {
    intakes.JOB: take_in,
    "courses.clear_zips": clear,
    "courses.index_older": index_older,
    INDEX: index_edition,
    training_days.SEATS: give_seats,
}
LAST_RESORT: Final[dict[str, LastResort]] = {intakes.JOB: give_up}
PERIODIC: Final = (Periodic("courses.clear_zips", _nightly), Periodic("courses.index_older", _nightly))
