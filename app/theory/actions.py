"""What somebody does in theory: finish a lesson. Checks are in `theory.answering`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.courses.actions.cohorts import confirm_enrolments
from app.courses.editions import edition_of
from app.courses.queries import enrolment_of
from app.courses.rules import EnrolmentFacts, OutlineLesson
from app.courses.tables import CourseEdition, Lesson
from app.kit.db import fetch
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.people.rules import Viewer
from app.theory.queries import done_by
from app.theory.reading import lock_of
from app.theory.rules import after_lesson, progress
from app.theory.tables import ChangedLesson, LessonCompletion, LessonWork

_FINISH: Final = {
    dialect: insert(LessonCompletion)
    .values({name: bindparam(name) for name in ("enrolment_id", "edition_id", "lesson_slug", "completed_at")})
    .on_conflict_do_nothing(index_elements=["enrolment_id", "lesson_slug"])
    .returning(LessonCompletion.id)
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgres_insert))
}

_WORKED: Final = select(LessonWork.block_id).where(
    LessonWork.enrolment_id == bindparam("enrolment"),
    LessonWork.lesson_slug == bindparam("lesson"),
    LessonWork.done_at.is_not(None),
)


def finish_lesson(db: Session, *, by: Viewer, course_slug: str, lesson_slug: str, now: datetime, ago_s: int = 0) -> str:
    """The lesson is done; gives the address of what follows. Again changes nothing.

    `ago_s`: so many seconds before now, when it was done without a connection; never before the training began.
    Who had a lesson before her that her new edition dropped, goes on to the course.
    Raises: NotFound; Refused("module_locked" | "blocks_first").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    outline = edition_of(db, enrolment.edition_id).outline
    module = outline.module_of(lesson_slug)
    lesson = next((each for each in module.lessons if each.slug == lesson_slug), None) if module else None
    if module is None or lesson is None:
        if _was_there(db, enrolment, lesson_slug):
            return f"/opleiding/{course_slug}"
        raise NotFound
    every_lesson, every_quiz = done_by(db, [enrolment.id])
    lessons, quizzes = every_lesson[enrolment.id], every_quiz[enrolment.id]
    if lesson_slug in lessons:
        return after_lesson(outline, lesson_slug, lessons=lessons, quizzes=quizzes)
    today, starts_on = local_day(now), enrolment.starts_on
    if lock_of(outline, module, lessons=lessons, quizzes=quizzes, starts_on=starts_on, today=today):
        raise Refused("module_locked")
    if lesson.needs:
        _must_be_worked(db, enrolment, lesson)
    moment = max(now - timedelta(seconds=ago_s), enrolment.confirmed_at or enrolment.created_at)
    made = fetch(
        db,
        _FINISH[db.get_bind().dialect.name],
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        lesson_slug=lesson_slug,
        completed_at=moment,
    ).first()
    news = made is not None or _read_again(db, enrolment, lesson_slug, now=now)
    lessons[lesson_slug] = moment
    if news and lesson.required and progress(outline, lessons=lessons, quizzes=quizzes).complete:
        note_completion(db, enrolment, now=now)
    return after_lesson(outline, lesson_slug, lessons=lessons, quizzes=quizzes)


def _must_be_worked(db: Session, enrolment: EnrolmentFacts, lesson: OutlineLesson) -> None:
    """Raises: Refused with the first block that is still to do."""
    done = set(fetch(db, _WORKED, enrolment=enrolment.id, lesson=lesson.slug).scalars())
    for block_id in lesson.needs:
        if block_id not in done:
            raise Refused("blocks_first", f"blok-{block_id}")


def _was_there(db: Session, enrolment: EnrolmentFacts, lesson_slug: str) -> bool:
    """Whether another edition of the course has a lesson of this name."""
    course_id = select(CourseEdition.course_id).where(CourseEdition.id == enrolment.edition_id).scalar_subquery()
    lesson = (
        select(Lesson.id)
        .join(CourseEdition, CourseEdition.id == Lesson.edition_id)
        .where(CourseEdition.course_id == course_id, Lesson.slug == lesson_slug)
    )
    return db.scalar(lesson.limit(1)) is not None


_READ_AGAIN: Final = (
    update(ChangedLesson)
    .where(
        ChangedLesson.enrolment_id == bindparam("enrolment"),
        ChangedLesson.lesson_slug == bindparam("lesson"),
        ChangedLesson.done_at.is_(None),
    )
    .values(done_at=bindparam("moment"))
    .returning(ChangedLesson.id)
    .execution_options(synchronize_session=False)
)


def _read_again(db: Session, enrolment: EnrolmentFacts, lesson_slug: str, *, now: datetime) -> bool:
    """Whether a lesson that a move had opened again is done with this."""
    return fetch(db, _READ_AGAIN, enrolment=enrolment.id, lesson=lesson_slug, moment=now).first() is not None


def own_enrolment(db: Session, by: Viewer, course_slug: str, *, now: datetime) -> EnrolmentFacts:
    """The open enrolment of the viewer herself, locked: one thing at a time for one person.

    Who starts to learn has come in, also when the invitation was never opened.
    """
    enrolment = enrolment_of(db, by.id, course_slug, to_change=True)
    if enrolment is None:
        raise NotFound
    if enrolment.confirmed_at is None:
        confirm_enrolments(db, person_id=by.id, now=now)
    return enrolment


def note_completion(db: Session, enrolment: EnrolmentFacts, *, now: datetime) -> None:
    """Write down that theory became complete with this step: again after each move that opened it."""
    record(
        db,
        "theory.completed",
        actor_id=enrolment.person_id,
        subject=("enrolment", enrolment.id),
        now=now,
        edition_id=enrolment.edition_id,
    )
