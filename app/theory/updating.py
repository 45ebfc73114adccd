"""Trainers read what changed since they learned it (domain.md 8.3): asking them, and reading it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.courses.changes import EditionLine, differences, editions_in
from app.courses.editions import edition_of
from app.courses.tables import Course, CourseEdition, Enrolment
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record, record_each
from app.outbox.actions import post
from app.people.rules import Viewer
from app.theory.staying import TRAINERS, stands
from app.theory.tables import TrainerUpdate, UpdateItem, UpdateTask

REQUIRED: Final = "theory.upgrade_required"
COMPLETED: Final = "theory.upgrade_completed"
REMINDER: Final = "theory.upgrade_reminder"
REMIND_DAYS: Final = (30, 7)
ONE_DAY: Final = timedelta(days=1)
Piece = tuple[str, str]
"""What is read: ("lesson" or "session", slug)."""


@dataclass(frozen=True)
class Trainers:
    """Made above from the certificates: who may run an intervention now, and so keeps up with it."""

    intervention_id: int
    person_ids: frozenset[int]


@dataclass(frozen=True)
class Known:
    """What somebody knows of a course: the edition she learned it from, and what she read of newer ones since."""

    edition_id: int
    read: Mapping[Piece, int] = field(default_factory=dict)
    sure: bool = True
    """Not for who was taken over and read nothing here yet: that she knows the edition before is a guess."""

    def of(self, piece: Piece) -> int:
        """The newest edition of which she knows a lesson or meeting."""
        return max(self.edition_id, self.read.get(piece, 0))


def pieces(db: Session, known: Known, new_id: int, chosen: Collection[Piece]) -> tuple[Piece, ...]:
    """What of the chosen lessons and meetings is news for somebody, in the order of the edition.

    Nothing that she knows of this edition or of a later one: she may have been trained in a later one than was asked.
    """
    return tuple(
        piece
        for piece in in_order(db, known.edition_id, new_id)
        if piece in chosen and piece in news(db, known.of(piece), new_id)
    )


def in_order(db: Session, old_id: int, new_id: int) -> tuple[Piece, ...]:
    """Every lesson and meeting of the newer edition."""
    found = differences(db, old_id, new_id)
    return (*(("lesson", one.slug) for one in found.lessons), *(("session", one.slug) for one in found.sessions))


def news(db: Session, old_id: int, new_id: int) -> frozenset[Piece]:
    """What reads differently in the newer edition, or is new in it; nothing when it is not the newer one."""
    if old_id >= new_id:
        return frozenset()
    found = differences(db, old_id, new_id)
    return frozenset(
        [("lesson", one.slug) for one in found.lessons if one.news]
        + [("session", one.slug) for one in found.sessions if one.news]
    )


def before(editions: Iterable[EditionLine], edition: EditionLine) -> int:
    """The edition before this one, of all editions of a course; the first itself."""
    return next((one.id for one in editions if one.number < edition.number), edition.id)


def known_by(db: Session, before_id: int, course_slug: str, person_ids: Collection[int]) -> dict[int, Known]:
    """What people know of a course: two statements. Who was taken over without a training knows `before_id`."""
    finished = (
        select(Enrolment.person_id, func.max(Enrolment.edition_id).label("edition_id"))
        .join(Course, Course.id == Enrolment.course_id)
        .where(Course.slug == course_slug, Enrolment.person_id.in_(person_ids), Enrolment.completed_at.is_not(None))
        .group_by(Enrolment.person_id)
    )
    learned: dict[int, int] = {row.person_id: row.edition_id for row in db.execute(finished)}
    read: dict[int, dict[Piece, int]] = defaultdict(dict)
    whole: dict[int, int] = {}
    for row in db.execute(
        select(UpdateTask.person_id, UpdateTask.edition_id, UpdateTask.done_at, UpdateItem.kind, UpdateItem.slug)
        .join(UpdateItem, UpdateItem.task_id == UpdateTask.id)
        .join(CourseEdition, CourseEdition.id == UpdateTask.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == course_slug, UpdateTask.person_id.in_(person_ids), UpdateItem.read_at.is_not(None))
        .order_by(UpdateTask.edition_id)
    ):
        read[row.person_id][row.kind, row.slug] = row.edition_id
        if row.done_at is not None:
            whole[row.person_id] = row.edition_id
    return {
        id_: Known(
            max(learned.get(id_, 0), whole.get(id_, 0)) or before_id, read[id_], sure=id_ in learned or id_ in whole
        )
        for id_ in person_ids
    }


def ask(
    db: Session,
    *,
    by: Viewer,
    course_slug: str,
    number: int,
    chosen: Collection[Piece],
    trainers: Trainers,
    now: datetime,
) -> int:
    """Trainers read the chosen lessons and meetings of the newest edition; gives how many have something to read.

    Each gets only what is news to her. Who still had something to read of an older edition reads it in this one,
    beside what is chosen now, and keeps the day it was due.

    Raises: Forbidden; NotFound; Refused("not_newest" | "asked_already" | "need_not_read" | "nothing_chosen" |
    "nobody_to_ask").
    """
    if not by.is_admin:
        raise Forbidden
    _course_held(db, course_slug, trainers)
    editions = editions_in(db, course_slug)
    edition = next((one for one in editions if one.number == number), None)
    if edition is None:
        raise NotFound
    if edition is not editions[0]:
        raise Refused("not_newest")
    if db.scalar(select(TrainerUpdate.edition_id).where(TrainerUpdate.edition_id == edition.id)) is not None:
        raise Refused("asked_already")
    if stands(db, edition.id, TRAINERS):
        raise Refused("need_not_read")
    if not chosen:
        raise Refused("nothing_chosen", "pieces")
    due_on = local_day(now) + timedelta(days=edition_of(db, edition.id).policy.handbook_upgrade_days)
    asked = TrainerUpdate(
        edition_id=edition.id,
        made_at=now,
        made_by_id=by.id,
        due_on=due_on,
        chosen=sorted([kind, slug] for kind, slug in chosen),
    )
    db.add(asked)
    db.flush()
    made = _give(db, asked, edition, course_slug, trainers, by_id=by.id, due_on=due_on, now=now)
    if not made:
        raise Refused("nobody_to_ask")
    return made


def ask_newcomer(db: Session, *, person_id: int, intervention_id: int, now: datetime) -> None:
    """Somebody has a certificate from now on: she reads what trainers were asked to read, as far as it is news."""
    found = db.execute(
        select(TrainerUpdate, Course.slug, CourseEdition.number)
        .join(CourseEdition, CourseEdition.id == TrainerUpdate.edition_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id == intervention_id)
        .order_by(TrainerUpdate.edition_id.desc())
        .limit(1)
    ).first()
    if found is None:
        return
    asked, course_slug, number = found
    edition = next(one for one in editions_in(db, course_slug) if one.number == number)
    due_on = local_day(now) + timedelta(days=edition_of(db, edition.id).policy.handbook_upgrade_days)
    only = Trainers(intervention_id, frozenset({person_id}))
    _give(db, asked, edition, course_slug, only, by_id=None, due_on=due_on, now=now)


def _course_held(db: Session, course_slug: str, trainers: Trainers) -> None:
    """Hold the course: who asks and who publishes come one after the other. Raises: NotFound for other trainers."""
    course = db.scalar(select(Course).where(Course.slug == course_slug).with_for_update())
    if course is None or course.intervention_id != trainers.intervention_id:
        raise NotFound


def _give(
    db: Session,
    asked: TrainerUpdate,
    edition: EditionLine,
    course_slug: str,
    trainers: Trainers,
    *,
    by_id: int | None,
    due_on: date,
    now: datetime,
) -> int:
    """Give each of these trainers what is news to her; gives to how many.

    What was open goes along, or falls away where the edition holds nothing of it that she does not know.
    """
    people = sorted(trainers.person_ids)
    open_ones = _open_held(db, people, trainers.intervention_id)
    left = _left(db, open_ones.values())
    chosen = {(kind, slug) for kind, slug in asked.chosen}
    known = known_by(db, before(editions_in(db, course_slug), edition), course_slug, people)
    wanted = {id_: pieces(db, known[id_], edition.id, chosen | left.get(id_, set())) for id_ in people}
    same = {id_ for id_, task in open_ones.items() if task.edition_id == edition.id and left[id_] == set(wanted[id_])}
    wanted = {id_: found for id_, found in wanted.items() if found and id_ not in same}
    replaced = [task.id for id_, task in open_ones.items() if id_ not in same]
    if replaced:
        db.execute(update(UpdateTask).where(UpdateTask.id.in_(replaced)).values(replaced_at=now))
    tasks = [
        UpdateTask(
            edition_id=edition.id,
            person_id=id_,
            intervention_id=trainers.intervention_id,
            since_edition_id=known[id_].edition_id,
            due_on=min(due_on, open_ones[id_].due_on) if id_ in open_ones else due_on,
            made_at=now,
        )
        for id_ in wanted
    ]
    db.add_all(tasks)
    db.flush()
    items = [
        {"task_id": task.id, "position": position, "kind": kind, "slug": slug}
        for task in tasks
        for position, (kind, slug) in enumerate(wanted[task.person_id], start=1)
    ]
    if items:
        db.execute(insert(UpdateItem), items)
    _tell(db, tasks, wanted, by_id=by_id, now=now)
    return len(tasks)


def _open_held(db: Session, people: Collection[int], intervention_id: int) -> dict[int, UpdateTask]:
    """What these people still have to read, by person; held, so that nobody reads in it meanwhile."""
    rows = db.scalars(
        select(UpdateTask)
        .where(
            UpdateTask.person_id.in_(people),
            UpdateTask.intervention_id == intervention_id,
            UpdateTask.done_at.is_(None),
            UpdateTask.replaced_at.is_(None),
        )
        .order_by(UpdateTask.id)
        .with_for_update()
    )
    return {row.person_id: row for row in rows}


def _left(db: Session, tasks: Iterable[UpdateTask]) -> dict[int, set[Piece]]:
    """What of these tasks is not read yet, by person."""
    people = {task.id: task.person_id for task in tasks}
    found: dict[int, set[Piece]] = defaultdict(set)
    rows = select(UpdateItem.task_id, UpdateItem.kind, UpdateItem.slug).where(
        UpdateItem.task_id.in_(people), UpdateItem.read_at.is_(None)
    )
    for row in db.execute(rows) if people else ():
        found[people[row.task_id]].add((row.kind, row.slug))
    return found


def _tell(
    db: Session,
    tasks: Iterable[UpdateTask],
    wanted: Mapping[int, tuple[Piece, ...]],
    *,
    by_id: int | None,
    now: datetime,
) -> None:
    """An event and a letter for each."""
    about = [
        (
            ("update_task", task.id),
            {
                "person_id": task.person_id,
                "edition_id": task.edition_id,
                "due_on": task.due_on.isoformat(),
                "pieces": [list(piece) for piece in wanted[task.person_id]],
            },
        )
        for task in tasks
    ]
    record_each(db, REQUIRED, actor_id=by_id, about=about, now=now)
    for task in tasks:
        post(
            db,
            REQUIRED,
            person_id=task.person_id,
            key=f"{REQUIRED}:{task.id}",
            data={"task_id": task.id},
            now=now,
            reply_to_id=by_id,
        )


def read(db: Session, *, by: Viewer, task_id: int, piece: Piece, now: datetime) -> None:
    """She read one of them; with the last one she is up to date. Again changes nothing. Raises: NotFound."""
    task = db.scalar(
        select(UpdateTask).where(UpdateTask.id == task_id, UpdateTask.person_id == by.id).with_for_update()
    )
    if task is None:
        raise NotFound
    items = {
        (item.kind, item.slug): item for item in db.scalars(select(UpdateItem).where(UpdateItem.task_id == task_id))
    }
    if piece not in items:
        raise NotFound
    if items[piece].read_at is not None or task.replaced_at is not None:
        return
    items[piece].read_at = now
    if all(item.read_at is not None for item in items.values()):
        task.done_at = now
        record(
            db,
            COMPLETED,
            actor_id=by.id,
            subject=("update_task", task.id),
            now=now,
            person_id=by.id,
            edition_id=task.edition_id,
        )
    db.flush()


def remind(db: Session, *, now: datetime) -> None:
    """Write to who still has to read and is near the day it is due: once for each of `REMIND_DAYS`."""
    today = local_day(now)
    for days, sooner in zip(REMIND_DAYS, (*REMIND_DAYS[1:], -1), strict=True):
        due = select(UpdateTask.id, UpdateTask.person_id).where(
            UpdateTask.done_at.is_(None),
            UpdateTask.replaced_at.is_(None),
            UpdateTask.due_on <= today + timedelta(days=days),
            UpdateTask.due_on > today + timedelta(days=sooner),
            UpdateTask.made_at < now - ONE_DAY,  # the letter that asked is a day old at least
        )
        for task_id, person_id in db.execute(due).all():
            key = f"{REMINDER}:{task_id}:{days}"
            post(db, REMINDER, person_id=person_id, key=key, data={"task_id": task_id}, now=now)
