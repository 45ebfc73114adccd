"""The notes of coaches and admins about a training: the professional reads all of them, and so does a next coach."""

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

from app.courses.queries import enrolments_visible_to
from app.courses.rules import CoachRoom
from app.courses.tables import CoachProfile, Enrolment, EnrolmentExtension
from app.delivery.seeking import enrolments_looking
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.kit.text import first_name
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.people.tables import Person
from app.practice.tables.coaching import CoachNote
from app.theory.shared import UNREAD
from app.theory.tables import LessonWork, OpenAnswer


@dataclass(frozen=True)
class NoteView:
    """One note. `come_back_on` is a day that still waits; `own`: the viewer wrote it, so she may change it.

    `settles`: it waits for the viewer to come back to it.
    """

    id: int
    text: str
    author: str
    by_admin: bool
    own: bool
    settles: bool
    written_at: datetime
    changed_at: datetime | None
    come_back_on: date | None
    settled_at: datetime | None


def notes_of(db: Session, enrolment_id: int, *, viewer_id: int, settles: Collection[bool] = ()) -> tuple[NoteView, ...]:
    """The notes about one training, the latest first: one statement.

    `settles`: those by admins or not that the viewer settles.
    """
    rows = db.execute(
        select(CoachNote, Person.name)
        .join(Person, Person.id == CoachNote.author_id)
        .where(CoachNote.enrolment_id == enrolment_id)
        .order_by(CoachNote.written_at.desc(), CoachNote.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    return tuple(
        NoteView(
            row.id,
            row.text,
            name,
            row.by_admin,
            row.author_id == viewer_id,
            row.come_back_on is not None and row.settled_at is None and row.by_admin in settles,
            row.written_at,
            row.changed_at,
            None if row.settled_at else row.come_back_on,
            row.settled_at if row.come_back_on else None,
        )
        for row, name in rows
    )


def marks_of_notes(db: Session, enrolment_ids: Collection[int]) -> dict[int, str]:
    """Something that is another once a note was written, changed or taken away, by enrolment: one statement."""
    rows = db.execute(
        select(
            CoachNote.enrolment_id,
            func.count().label("number"),
            func.max(CoachNote.id).label("latest"),
            func.sum(CoachNote.version).label("versions"),
        )
        .where(CoachNote.enrolment_id.in_(enrolment_ids))
        .group_by(CoachNote.enrolment_id)
    )
    return {row.enrolment_id: f"{row.number}-{row.latest}-{row.versions}" for row in rows}


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
    enrolment. `answers`: how many open answers of a check nobody read yet, the same; `shared`: what was written in
    lessons and shared with the coach, and not opened yet. `looks`: enrolments that wait for a group. `room`: how much
    the coach can take on; when she is away does not count here.
    """

    due: tuple[DueRow, ...]
    added: dict[int, int]
    answers: dict[int, int]
    shared: dict[int, int]
    looks: frozenset[int]
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
        CoachNote.by_admin.is_(False),
    ),
    _number("added", EnrolmentExtension.enrolment_id, func.sum(EnrolmentExtension.days))
    .where(EnrolmentExtension.enrolment_id.in_(_ENROLMENTS))
    .group_by(EnrolmentExtension.enrolment_id),
    _number("answers", OpenAnswer.enrolment_id, func.count())
    .where(OpenAnswer.enrolment_id.in_(_ENROLMENTS), OpenAnswer.read_at.is_(None))
    .group_by(OpenAnswer.enrolment_id),
    _number("shared", LessonWork.enrolment_id, func.count())
    .where(LessonWork.enrolment_id.in_(_ENROLMENTS), UNREAD)
    .group_by(LessonWork.enrolment_id),
    _number("looks", Enrolment.id, literal(1)).where(
        Enrolment.id.in_(_ENROLMENTS), Enrolment.id.in_(enrolments_looking())
    ),
    _number("people", CoachProfile.person_id, CoachProfile.people_max).where(_OWN),
    _number("visits", CoachProfile.person_id, CoachProfile.visits_per_week).where(_OWN),
)


def beside_of(db: Session, enrolment_ids: Collection[int], *, coach_id: int, on: date) -> Beside:
    """One statement for six small things: the work list has a limit of eight."""
    due, looks, numbers = [], set(), {}
    by_enrolment: dict[str, dict[int, int]] = {"added": {}, "answers": {}, "shared": {}}
    for row in fetch(db, _BESIDE, enrolments=list(enrolment_ids), coach=coach_id, day=on):
        if row.kind == "note":
            due.append(DueRow(int(row.number), row.of, row.day, row.text))
        elif row.kind in by_enrolment:
            by_enrolment[row.kind][row.of] = int(row.number)
        elif row.kind == "looks":
            looks.add(row.of)
        else:
            numbers[row.kind] = int(row.number)
    room = CoachRoom(coach_id)
    if numbers:
        room = CoachRoom(coach_id, numbers["people"], numbers["visits"], told=True)
    due.sort(key=lambda one: (one.day, one.id))
    return Beside(tuple(due), **by_enrolment, looks=frozenset(looks), room=room)


@dataclass(frozen=True)
class NotePage:
    """A note of one's own, to change or to take away. `by_admin`: its day stands on the work list of admins."""

    enrolment_id: int
    note_id: int
    name: str
    first_name: str
    text: str
    come_back_on: date | None
    by_admin: bool
    version: int


def note_page(db: Session, viewer: Viewer, *, enrolment_id: int, note_id: int) -> NotePage:
    """Raises: NotFound when the viewer did not write it, or coaches this person no longer and is no admin."""
    row = db.execute(
        select(CoachNote, Person.name)
        .join(Enrolment, Enrolment.id == CoachNote.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            CoachNote.id == note_id,
            CoachNote.enrolment_id == enrolment_id,
            CoachNote.author_id == viewer.id,
            CoachNote.enrolment_id.in_(enrolments_visible_to(viewer)),
        )
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    note: CoachNote = row.CoachNote
    return NotePage(
        enrolment_id,
        note_id,
        row.name,
        first_name(row.name),
        note.text,
        note.come_back_on,
        note.by_admin,
        note.version,
    )


@dataclass(frozen=True)
class DueNote:
    """A note whose day has come. `href`: the page of the person whom it is about."""

    id: int
    href: str
    person_id: int
    person: str
    organisation: str
    text: str
    since: date


def due_for_admins(db: Session, *, on: date, but: int | None = None) -> tuple[DueNote, ...]:
    """What admins wrote down to come back to, about trainings that go on; the oldest first.

    `but`: leaves out what is about this person: she reads it as who follows the training.
    """
    rows = db.execute(
        select(CoachNote, Enrolment.person_id)
        .join(Enrolment, Enrolment.id == CoachNote.enrolment_id)
        .where(
            CoachNote.by_admin,
            CoachNote.come_back_on <= on,
            CoachNote.settled_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.expired_at.is_(None),
            Enrolment.person_id != (but or 0),
        )
        .order_by(CoachNote.come_back_on, CoachNote.id)
    ).all()
    people = cards(db, {row.person_id for row in rows}, on)
    return tuple(_due(row.CoachNote, people[row.person_id]) for row in rows)


def _due(note: CoachNote, card: PersonCard) -> DueNote:
    day = note.come_back_on or local_day(note.written_at)
    return DueNote(note.id, f"/coach/mensen/{note.enrolment_id}", card.id, card.name, card.organisation, note.text, day)
