"""The notes of coaches about a training: the professional reads all of them, and so does a next coach."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Date,
    Select,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.courses.rules import CoachRoom
from app.courses.tables import CoachAssignment, CoachProfile, Enrolment, EnrolmentExtension
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.text import first_name
from app.people.queries import person_names
from app.people.rules import Viewer
from app.people.tables import Person
from app.practice.tables.coaching import CoachNote


@dataclass(frozen=True)
class NoteView:
    """One note. `come_back_on` is a day that still waits; `own`: the viewer wrote it, so she may change it."""

    id: int
    text: str
    author: str
    own: bool
    written_at: datetime
    changed_at: datetime | None
    come_back_on: date | None
    settled_at: datetime | None


def notes_of(db: Session, enrolment_id: int, *, viewer_id: int) -> tuple[NoteView, ...]:
    """The notes about one training, the latest first."""
    rows = db.scalars(
        select(CoachNote)
        .where(CoachNote.enrolment_id == enrolment_id)
        .order_by(CoachNote.written_at.desc(), CoachNote.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    names = person_names(db, {row.author_id for row in rows})
    return tuple(
        NoteView(
            row.id,
            row.text,
            names.get(row.author_id, ""),
            row.author_id == viewer_id,
            row.written_at,
            row.changed_at,
            None if row.settled_at else row.come_back_on,
            row.settled_at if row.come_back_on else None,
        )
        for row in rows
    )


@dataclass(frozen=True)
class DueRow:
    """A note whose day has come."""

    id: int
    enrolment_id: int
    day: date
    text: str


@dataclass(frozen=True)
class Beside:
    """What a coach's work list shows beside the work itself.

    `due`: notes to come back to, the oldest first, until somebody did. `added`: days that were added to a training, by
    enrolment. `room`: how much the coach can take on; when she is away does not count here.
    """

    due: tuple[DueRow, ...]
    added: dict[int, int]
    room: CoachRoom


def _number(kind: str, of: Any, number: Any) -> Select[Any]:
    """A part of `_BESIDE` that holds a number, of an enrolment or of the coach."""
    return select(of, literal(kind), number, cast(null(), Date), literal(""))


_ENROLMENTS: Final[BindParameter[Any]] = bindparam("enrolments", expanding=True)
_OWN: Final = CoachProfile.person_id == bindparam("coach")
_BESIDE: Final[CompoundSelect[Any]] = union_all(
    select(
        CoachNote.enrolment_id.label("of"),
        literal("note").label("kind"),
        CoachNote.id.label("number"),
        CoachNote.come_back_on.label("day"),
        CoachNote.text.label("text"),
    ).where(
        CoachNote.enrolment_id.in_(_ENROLMENTS),
        CoachNote.come_back_on <= bindparam("day"),
        CoachNote.settled_at.is_(None),
    ),
    _number("added", EnrolmentExtension.enrolment_id, func.sum(EnrolmentExtension.days))
    .where(EnrolmentExtension.enrolment_id.in_(_ENROLMENTS))
    .group_by(EnrolmentExtension.enrolment_id),
    _number("people", CoachProfile.person_id, CoachProfile.people_max).where(_OWN),
    _number("visits", CoachProfile.person_id, CoachProfile.visits_per_week).where(_OWN),
)


def beside_of(db: Session, enrolment_ids: Collection[int], *, coach_id: int, on: date) -> Beside:
    """One statement for three small things: the work list has a limit of eight."""
    due, added, numbers = [], {}, {}
    for row in fetch(db, _BESIDE, enrolments=list(enrolment_ids), coach=coach_id, day=on):
        if row.kind == "note":
            due.append(DueRow(int(row.number), row.of, row.day, row.text))
        elif row.kind == "added":
            added[row.of] = int(row.number)
        else:
            numbers[row.kind] = int(row.number)
    room = CoachRoom(coach_id)
    if numbers:
        room = CoachRoom(coach_id, numbers["people"], numbers["visits"], told=True)
    return Beside(tuple(sorted(due, key=lambda one: (one.day, one.id))), added, room)


@dataclass(frozen=True)
class NotePage:
    """A note of one's own, to change or to take away."""

    enrolment_id: int
    note_id: int
    name: str
    first_name: str
    text: str
    come_back_on: date | None
    version: int


def note_page(db: Session, viewer: Viewer, *, enrolment_id: int, note_id: int) -> NotePage:
    """Raises: NotFound when the viewer did not write it, or coaches this person no longer."""
    row = db.execute(
        select(CoachNote, Person.name)
        .join(Enrolment, Enrolment.id == CoachNote.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(CoachAssignment, CoachAssignment.enrolment_id == Enrolment.id)
        .where(
            CoachNote.id == note_id,
            CoachNote.enrolment_id == enrolment_id,
            CoachNote.author_id == viewer.id,
            CoachAssignment.coach_id == viewer.id,
            CoachAssignment.until.is_(None),
        )
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    note = row.CoachNote
    return NotePage(enrolment_id, note_id, row.name, first_name(row.name), note.text, note.come_back_on, note.version)
