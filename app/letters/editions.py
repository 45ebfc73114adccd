"""Letters about a newer edition of a course."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certification.keeping_up import held_by
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentStage
from app.kit.localtime import local_day
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.theory.moving import MOVED
from app.theory.tables import ChangedLesson, UpdateItem, UpdateTask
from app.theory.updating import REMINDER, REQUIRED

OPEN: Final = frozenset({EnrolmentStage.INVITED, EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})


def moved(db: Session, message: Message, desk: Desk) -> Draft:
    """Her training goes on in a newer edition: what she reads again, and what is new."""
    enrolment = enrolment_facts(db, [int(message.data["enrolment_id"])]).get(int(message.data["enrolment_id"]))
    if enrolment is None or enrolment.stage not in OPEN:
        raise NotDue("Deze inschrijving is gestopt of al afgerond.")
    if enrolment.edition_id != int(message.data["edition_id"]):
        raise NotDue("Deze persoon volgt intussen een andere editie.")
    due = set(
        db.scalars(
            select(ChangedLesson.lesson_slug).where(
                ChangedLesson.enrolment_id == enrolment.id, ChangedLesson.done_at.is_(None)
            )
        )
    )
    outline = edition_of(db, enrolment.edition_id).outline
    pieces = [
        ("lesson", lesson.title, lesson.minutes)
        for module in outline.open_modules
        for lesson in module.lessons
        if lesson.slug in due
    ]
    added = set(message.data.get("fresh", ()))
    fresh = [
        ("lesson", lesson.title, lesson.minutes)
        for module in outline.open_modules
        for lesson in module.lessons
        if lesson.slug in added
    ]
    return Draft(
        "edition_moved",
        {
            "course": enrolment.course_title,
            "pieces": pieces,
            "fresh": fresh,
            "practice": enrolment.practice_edition_id != enrolment.edition_id,
            "notes": outline.notes,
            "link": desk.link(f"/opleiding/{enrolment.course_slug}"),
        },
    )


def to_read(db: Session, message: Message, desk: Desk) -> Draft:
    """A trainer reads what is new, until a day. Also the reminder of it. Only while her certificate holds."""
    task = db.get(UpdateTask, int(message.data["task_id"]))
    if task is None or task.replaced_at is not None:
        raise NotDue("Er is intussen een nieuwere editie om te lezen.")
    if task.done_at is not None:
        raise NotDue("Deze persoon heeft alles al gelezen.")
    if task.intervention_id not in held_by(db, task.person_id, local_day(desk.now)).intervention_ids:
        raise NotDue("Het certificaat van deze persoon geldt niet meer.")
    items = db.execute(
        select(UpdateItem.kind, UpdateItem.slug)
        .where(UpdateItem.task_id == task.id, UpdateItem.read_at.is_(None))
        .order_by(UpdateItem.position)
    ).all()
    outline = edition_of(db, task.edition_id).outline
    named = {
        ("lesson", one.slug): (one.title, one.minutes) for module in outline.open_modules for one in module.lessons
    }
    named |= {("session", one.slug): (one.title, one.minutes) for one in outline.sessions}
    return Draft(
        "updates_to_read",
        {
            "course": outline.title,
            "pieces": [(item.kind, *named[item.kind, item.slug]) for item in items],
            "notes": outline.notes,
            "due_on": task.due_on,
            "reminder": message.kind == REMINDER,
            "link": desk.link(f"/bijlezen/{task.id}"),
        },
    )


KINDS: Final[dict[str, Kind]] = {MOVED: moved, REQUIRED: to_read, REMINDER: to_read}
