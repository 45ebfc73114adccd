"""What a trainer reads again: the list, one lesson or meeting of it, and how far all of them are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from app.courses.changes import EditionLine, differences, editions_in
from app.courses.editions import Edition, edition_of
from app.courses.handbook_parts import fresh_ids
from app.courses.tables import Lesson
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.people.queries import person_names
from app.people.rules import Viewer
from app.theory.handbook import SessionPage, script
from app.theory.lesson_parts import FilePlace, LessonPicture, Part, parts_of, picture_of
from app.theory.tables import TrainerUpdate, UpdateItem, UpdateTask
from app.theory.updating import Piece


@dataclass(frozen=True)
class UpdateLine:
    """One lesson or meeting to read. `minutes` is 0 for a meeting: it is looked at, not studied."""

    kind: str
    slug: str
    title: str
    minutes: int
    new: bool
    parts: tuple[str, ...]
    href: str
    read: bool


@dataclass(frozen=True)
class UpdatePage:
    """What is new to one trainer, until when, and how far she is. `next`: the first that she did not read."""

    id: int
    course_title: str
    sample: bool
    due_on: date
    late: bool
    done_at: datetime | None
    handbook_version: str
    handbook_notes: str
    notes: str
    lines: tuple[UpdateLine, ...]

    @property
    def left(self) -> int:
        return sum(not line.read for line in self.lines)

    @property
    def minutes_left(self) -> int:
        return sum(line.minutes for line in self.lines if not line.read)

    @property
    def next(self) -> UpdateLine | None:
        return next((line for line in self.lines if not line.read), None)


KINDS: Final = ("lesson", "session")
_TASK: Final = select(
    UpdateTask.id,
    UpdateTask.edition_id,
    UpdateTask.since_edition_id,
    UpdateTask.due_on,
    UpdateTask.done_at,
    UpdateTask.replaced_at,
).where(UpdateTask.id == bindparam("task"), UpdateTask.person_id == bindparam("person"))


def update_page(db: Session, viewer: Viewer, task_id: int, *, today: date) -> UpdatePage:
    """The own task. Raises: NotFound, also for one that a newer edition replaced."""
    task = _own(db, viewer, task_id)
    edition = edition_of(db, task.edition_id)
    outline = edition.outline
    return UpdatePage(
        id=task.id,
        course_title=outline.title,
        sample=edition.sample,
        due_on=task.due_on,
        late=task.done_at is None and task.due_on < today,
        done_at=task.done_at,
        handbook_version=outline.handbook_version,
        handbook_notes=outline.handbook_notes if outline.handbook_notes != outline.notes else "",
        notes=outline.notes,
        lines=tuple(_line(db, task, edition, row) for row in _items(db, task.id)),
    )


def task_instead(db: Session, viewer: Viewer, task_id: int) -> int | None:
    """The own task that stands where a newer edition replaced this one; None when nothing is left to read.

    Raises: NotFound for a task of somebody else, and for one that was not replaced.
    """
    newer = aliased(UpdateTask)
    row = db.execute(
        select(newer.id)
        .select_from(UpdateTask)
        .outerjoin(
            newer,
            and_(
                newer.person_id == UpdateTask.person_id,
                newer.intervention_id == UpdateTask.intervention_id,
                newer.done_at.is_(None),
                newer.replaced_at.is_(None),
            ),
        )
        .where(UpdateTask.id == task_id, UpdateTask.person_id == viewer.id, UpdateTask.replaced_at.is_not(None))
    ).first()
    if row is None:
        raise NotFound
    found: int | None = row.id
    return found


def _own(db: Session, viewer: Viewer, task_id: int) -> Any:
    task = db.execute(_TASK, {"task": task_id, "person": viewer.id}).first()
    if task is None or task.replaced_at is not None:
        raise NotFound
    return task


def _items(db: Session, task_id: int) -> Sequence[Any]:
    return db.execute(
        select(UpdateItem.kind, UpdateItem.slug, UpdateItem.read_at)
        .where(UpdateItem.task_id == task_id)
        .order_by(UpdateItem.position)
    ).all()


def _line(db: Session, task: Any, edition: Edition, row: Any) -> UpdateLine:
    found = differences(db, task.since_edition_id, edition.id)
    changes: Mapping[str, Any] = {one.slug: one for one in (found.lessons if row.kind == "lesson" else found.sessions)}
    change = changes[row.slug]
    return UpdateLine(
        kind=row.kind,
        slug=row.slug,
        title=change.title,
        minutes=change.minutes if row.kind == "lesson" else 0,
        new=change.change == "new",
        parts=change.parts,
        href=update_href(task.id, row.kind, row.slug),
        read=row.read_at is not None,
    )


def update_href(task_id: int, kind: str, slug: str) -> str:
    return f"/bijlezen/{task_id}/{'les' if kind == 'lesson' else 'bijeenkomst'}/{slug}"


@dataclass(frozen=True)
class UpdateLesson:
    """One lesson that a trainer reads again, as it is in the newer edition.

    `new_ids`: the paragraphs that she does not know; `new`: all of it is.
    """

    course_title: str
    sample: bool
    title: str
    minutes: int
    intro: str
    picture: LessonPicture | None
    parts: tuple[Part, ...]
    new: bool
    new_ids: frozenset[str]
    motif: str

    @property
    def preview(self) -> bool:
        """She reads and looks; what she would write or answer belongs to who follows the training."""
        return True


@dataclass(frozen=True)
class UpdatePlace:
    """Where a piece stands in the own task."""

    task_id: int
    href: str
    number: int
    of: int
    read: bool


_LESSONS: Final = select(
    Lesson.edition_id, Lesson.title, Lesson.minutes, Lesson.intro, Lesson.html, Lesson.image, Lesson.blocks
).where(Lesson.edition_id.in_(bindparam("editions", expanding=True)), Lesson.slug == bindparam("lesson"))


def update_lesson(db: Session, viewer: Viewer, task_id: int, slug: str) -> tuple[UpdateLesson, UpdatePlace]:
    """One of the lessons of the own task. Raises: NotFound."""
    task = _own(db, viewer, task_id)
    place = _place(db, task.id, ("lesson", slug))
    edition = edition_of(db, task.edition_id)
    rows = {
        row.edition_id: row for row in fetch(db, _LESSONS, editions=[edition.id, task.since_edition_id], lesson=slug)
    }
    module = edition.outline.module_of(slug)
    if edition.id not in rows or module is None:
        raise NotFound
    lesson, before = rows[edition.id], rows.get(task.since_edition_id)
    page = UpdateLesson(
        course_title=edition.outline.title,
        sample=edition.sample,
        title=lesson.title,
        minutes=lesson.minutes,
        intro=lesson.intro,
        picture=picture_of(FilePlace.of(lesson.edition_id), lesson.image) if lesson.image else None,
        parts=tuple(parts_of(lesson.html, lesson.blocks, FilePlace.of(lesson.edition_id))),
        new=before is None,
        new_ids=fresh_ids(before.html, lesson.html) if before is not None else frozenset(),
        motif=edition.motifs.get(module.core_element or "", "hand"),
    )
    return page, place


def update_session(db: Session, viewer: Viewer, task_id: int, slug: str) -> tuple[SessionPage, UpdatePlace]:
    """One of the meetings of the own task. Raises: NotFound."""
    task = _own(db, viewer, task_id)
    place = _place(db, task.id, ("session", slug))
    edition = edition_of(db, task.edition_id)
    since = next(one for one in editions_in(db, edition.outline.slug) if one.id == task.since_edition_id)
    return script(db, edition, since, slug), place


def _place(db: Session, task_id: int, piece: Piece) -> UpdatePlace:
    """Where a piece stands in a task. Raises: NotFound."""
    rows = _items(db, task_id)
    for number, row in enumerate(rows, start=1):
        if (row.kind, row.slug) == piece:
            return UpdatePlace(task_id, update_href(task_id, *piece), number, len(rows), read=row.read_at is not None)
    raise NotFound


@dataclass(frozen=True)
class Behind:
    """A trainer who still has to read, and until when."""

    person_id: int
    name: str
    due_on: date
    late: bool


@dataclass(frozen=True)
class UpdateProgress:
    """How far all trainers are with what an edition asked of them. `behind`: only who still has a certificate."""

    asked_on: datetime
    due_on: date
    done: int
    behind: tuple[Behind, ...]

    @property
    def total(self) -> int:
        return self.done + len(self.behind)


def update_progress(db: Session, edition_id: int, trainers: Collection[int], *, today: date) -> UpdateProgress | None:
    """How far everybody is; None when nobody was asked. The statements do not grow with the people."""
    asked = db.execute(
        select(TrainerUpdate.made_at, TrainerUpdate.due_on).where(TrainerUpdate.edition_id == edition_id)
    ).first()
    if asked is None:
        return None
    tasks = db.execute(
        select(UpdateTask.person_id, UpdateTask.due_on, UpdateTask.done_at).where(
            UpdateTask.edition_id == edition_id, UpdateTask.replaced_at.is_(None)
        )
    ).all()
    left = [task for task in tasks if task.done_at is None and task.person_id in trainers]
    names = person_names(db, [task.person_id for task in left])
    behind = [
        Behind(task.person_id, names[task.person_id], task.due_on, late=task.due_on < today)
        for task in left
        if task.person_id in names
    ]
    return UpdateProgress(
        asked_on=asked.made_at,
        due_on=asked.due_on,
        done=sum(task.done_at is not None for task in tasks),
        behind=tuple(sorted(behind, key=lambda one: (one.due_on, one.name))),
    )


@dataclass(frozen=True)
class Offer:
    """What trainers could be asked to read of an edition: every piece that is news since the one before it."""

    lessons: tuple[tuple[str, str], ...]
    sessions: tuple[tuple[str, str], ...]
    usual: tuple[Piece, ...]

    @property
    def all(self) -> frozenset[Piece]:
        lessons = (("lesson", slug) for slug, _ in self.lessons)
        return frozenset([*lessons, *(("session", slug) for slug, _ in self.sessions)])


def offer(db: Session, editions: Sequence[EditionLine], edition: EditionLine) -> Offer | None:
    """What is news in the newest of all editions; None for an older one, the first, and one without news."""
    if edition.id != editions[0].id or len(editions) == 1:
        return None
    found: dict[Piece, tuple[str, bool]] = {}
    for older in editions[:0:-1]:  # from the first on, so that the nearest one has the last word
        changes = differences(db, older.id, edition.id)
        for lesson in changes.lessons:
            if lesson.news:
                found["lesson", lesson.slug] = (lesson.title, lesson.required)
        for session in changes.sessions:
            if session.news:
                found["session", session.slug] = (session.title, True)
    if not found:
        return None
    named = {kind: [(slug, title) for (of, slug), (title, _) in found.items() if of == kind] for kind in KINDS}
    return Offer(
        lessons=tuple(named["lesson"]),
        sessions=tuple(named["session"]),
        usual=tuple(piece for piece, (_, usual) in found.items() if usual),
    )
