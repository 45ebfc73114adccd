"""Zips that authors send: kept as they came, read by a job, and then a draft or a list of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.courses.drafts.actions import SILENT, must_write
from app.courses.drafts.tables import CourseIntake
from app.courses.drafts.taking_in import Taken, become_draft
from app.jobs.actions import enqueue
from app.kit.errors import NotFound
from app.ledger.actions import record
from app.people.rules import Viewer

if TYPE_CHECKING:
    from app.courses.files.problems import Problem

AREA: Final = "intake"
JOB: Final = "courses.take_in"
ZIP_BYTES: Final = 100_000_000
KEPT: Final = timedelta(days=1)
SHOWN: Final = 100
"""So many of its faults are kept: who sent a zip of something else needs no list of all of it."""


class State(StrEnum):
    """What became of a zip."""

    WAITING = "waiting"
    REFUSED = "refused"
    READY = "ready"


def send(
    db: Session, *, by: Viewer, key: str, size: int, replaces: bool, sent_key: str | None, now: datetime
) -> tuple[int, bool]:
    """A zip that stands in the store under `key` waits to be read; gives its intake, and whether its file is kept.

    The same one sent twice is one, and needs no second file.
    """
    must_write(by)
    known = db.scalar(select(CourseIntake.id).where(CourseIntake.sent_key == sent_key)) if sent_key else None
    if known is not None:
        return known, False
    intake = CourseIntake(
        sent_at=now, sent_by_id=by.id, size=size, replaces=replaces, storage_key=key, sent_key=sent_key
    )
    db.add(intake)
    db.flush()
    enqueue(db, JOB, now=now, key=f"{JOB}:{intake.id}", intake_id=intake.id)
    record(db, "courses.zip_sent", actor_id=by.id, subject=("course_intake", intake.id), now=now, bytes=size)
    return intake.id, True


@dataclass(frozen=True)
class Waiting:
    """A zip to be read."""

    storage_key: str


def waiting(db: Session, intake_id: int) -> Waiting | None:
    """The zip, unless it was read already or is gone."""
    found = db.get(CourseIntake, intake_id)
    if found is None or found.read_at is not None or found.storage_key is None:
        return None
    return Waiting(found.storage_key)


def finish(db: Session, intake_id: int, found: Taken, *, now: datetime) -> None:
    """What was found in it becomes a draft. Raises: Refused when there is one with other things in it."""
    intake = _held(db, intake_id)
    if intake is None:
        return
    become_draft(db, found, by_id=intake.sent_by_id, replace=intake.replaces, now=now)
    intake.read_at, intake.slug = now, found.slug


def refuse(
    db: Session, intake_id: int, code: str, *, now: datetime, slug: str = "", problems: Sequence[Problem] = ()
) -> None:
    """Note why nothing came of it."""
    intake = _held(db, intake_id)
    if intake is None:
        return
    intake.read_at, intake.refused, intake.slug = now, code, slug
    intake.problems = [asdict(one) for one in problems[:SHOWN]]


def _held(db: Session, intake_id: int) -> CourseIntake | None:
    """The row, locked; None when somebody was first, or it is gone."""
    return db.scalar(
        select(CourseIntake).where(CourseIntake.id == intake_id, CourseIntake.read_at.is_(None)).with_for_update()
    )


@dataclass(frozen=True)
class Fault:
    """One thing to mend in the files, and where; an empty `file` is about the whole zip."""

    file: str
    line: int
    sentence: str
    hint: str


@dataclass(frozen=True)
class IntakePage:
    """How it stands with a zip. `refused`: a code; `slug`: the course that it holds, once it was read."""

    id: int
    state: State
    sent_at: datetime
    kilobytes: int
    slug: str
    refused: str
    faults: tuple[Fault, ...]


def intake_page(db: Session, viewer: Viewer, intake_id: int) -> IntakePage:
    """Every author may look. Raises: Forbidden, NotFound."""
    must_write(viewer)
    found = db.get(CourseIntake, intake_id)
    if found is None:
        raise NotFound
    faults = tuple(_fault(one) for one in found.problems)
    state = State.WAITING if found.read_at is None else State.REFUSED if found.refused else State.READY
    return IntakePage(
        found.id, state, found.sent_at, max(1, round(found.size / 1000)), found.slug, found.refused, faults
    )


def _fault(facts: Mapping[str, Any]) -> Fault:
    return Fault(facts["file"], facts["line"], facts["sentence"], facts["hint"])


def files_to_clear(db: Session, *, now: datetime) -> list[tuple[int, str]]:
    """(intake, file) of what was read, and of what nobody read within a day."""
    rows = db.execute(
        select(CourseIntake.id, CourseIntake.storage_key).where(
            CourseIntake.storage_key.is_not(None),
            or_(CourseIntake.read_at.is_not(None), CourseIntake.sent_at < now - KEPT),
        )
    )
    return [(id_, key) for id_, key in rows if key is not None]


def forget_files(db: Session, ids: Iterable[int], *, now: datetime) -> None:
    """Their files are gone; what was not read by now is refused, and old rows go too."""
    gone = update(CourseIntake).where(CourseIntake.id.in_(list(ids)))
    db.execute(gone.values(storage_key=None).execution_options(**SILENT))
    late = update(CourseIntake).where(CourseIntake.read_at.is_(None), CourseIntake.storage_key.is_(None))
    db.execute(late.values(read_at=now, refused="intake_lost").execution_options(**SILENT))
    old = delete(CourseIntake).where(CourseIntake.read_at < now - KEPT, CourseIntake.storage_key.is_(None))
    db.execute(old.execution_options(**SILENT))


def intakes_of(db: Session, person_id: int) -> list[dict[str, Any]]:
    """For the copy of somebody's own data: zips that she sent of late."""
    rows = db.execute(
        select(CourseIntake.sent_at, CourseIntake.size)
        .where(CourseIntake.sent_by_id == person_id)
        .order_by(CourseIntake.id)
    )
    return [{"at": row.sent_at.isoformat(), "bytes": row.size} for row in rows]
