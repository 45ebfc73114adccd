"""What somebody does in theory: come into a lesson, and finish it. Checks are in `theory.answering`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.courses.actions.cohorts import confirm_enrolments
from app.courses.changes import differences
from app.courses.comparing import LessonChange
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts, enrolment_of
from app.courses.rules import EnrolmentFacts, Outline, OutlineLesson
from app.courses.tables import CourseEdition, Lesson
from app.courses.training_days.queries import open_enrolments_of
from app.kit.db import fetch
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.tables import UTCDateTime
from app.ledger.actions import record
from app.ledger.tables import LedgerEvent
from app.people.rules import Viewer
from app.theory.done import steps_of
from app.theory.queries import progress_in, progress_of
from app.theory.reading import Steps, lock_of
from app.theory.rules import after_lesson, lesson_href
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


@dataclass(frozen=True)
class Ended:
    """A lesson that somebody ended: where to go on, and what became of it.

    gone: her edition does not have it any more. renewed: it reads differently there, so that she reads it again.
    """

    to: str
    outcome: Literal["done", "gone", "renewed"]


def finish_lesson(
    db: Session,
    *,
    by: Viewer,
    course_slug: str,
    lesson_slug: str,
    now: datetime,
    ago_s: int = 0,
    edition_id: int | None = None,
) -> Ended:
    """The lesson is done. Again changes nothing.

    `ago_s`: so many seconds before now, when it was done without a connection; never before the training began.
    `edition_id`: the edition that she read it in, where she may have been moved since; else the one she follows. It is
    done in that edition. What reads differently in hers has to be read again, and is not read by this.
    Raises: NotFound; Refused("module_locked" | "blocks_first").
    """
    enrolment = own_enrolment(db, by, course_slug, now=now)
    edition_id = edition_id or enrolment.edition_id
    outline = edition_of(db, enrolment.edition_id).outline
    lesson, onward = outline.lesson_of(lesson_slug), f"/opleiding/{course_slug}"
    opened = open_lesson(db, enrolment, lesson_slug, now=now, edition_id=edition_id if lesson else None)
    if opened is None or lesson is None:
        return Ended(onward, "gone")
    lessons = dict(opened.steps.lessons)
    if lesson_slug not in lessons:
        changed = _change(db, lesson_slug, edition_id, enrolment.edition_id)
        if lesson_slug in opened.steps.again and changed and changed.reads_differently:
            return Ended(lesson_href(course_slug, lesson_slug), "renewed")
        if opened.lesson.needs:
            _must_be_worked(db, enrolment, opened.lesson)
        moment = max(now - timedelta(seconds=ago_s), enrolment.confirmed_at or enrolment.created_at)
        made = _complete(db, enrolment, lesson_slug, edition_id, moment)
        if made and changed and changed.to_read_again:
            _open_again(db, enrolment, lesson_slug, now=now)
            return Ended(lesson_href(course_slug, lesson_slug), "renewed")
        news = made or _read_again(db, enrolment, lesson_slug, moment)
        lessons[lesson_slug] = moment
        steps = replace(opened.steps, lessons=lessons)
        if news and lesson.required and progress_in(edition_of(db, enrolment.edition_id), steps).complete:
            note_completion(db, enrolment, now=now)
    return Ended(_onward(enrolment, outline, lesson_slug, replace(opened.steps, lessons=lessons), now=now), "done")


def _onward(enrolment: EnrolmentFacts, outline: Outline, lesson_slug: str, steps: Steps, *, now: datetime) -> str:
    """Where she goes after a lesson, past what is locked."""
    when = {"starts_on": enrolment.starts_on, "today": local_day(now)}
    locked = {module.slug for module in outline.open_modules if lock_of(outline, module, steps, **when)}
    return after_lesson(outline, lesson_slug, lessons=steps.lessons, quizzes=steps.quizzes, locked=locked)


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


def _change(db: Session, lesson_slug: str, read_id: int, now_id: int) -> LessonChange | None:
    """What became of a lesson since the edition in which it was read; None when that is the one of now."""
    if read_id == now_id:
        return None
    return next(one for one in differences(db, read_id, now_id).lessons if one.slug == lesson_slug)


def _complete(db: Session, enrolment: EnrolmentFacts, lesson_slug: str, edition_id: int, moment: datetime) -> bool:
    """Whether the lesson was done for the first time with this."""
    made = fetch(
        db,
        _FINISH[db.get_bind().dialect.name],
        enrolment_id=enrolment.id,
        edition_id=edition_id,
        lesson_slug=lesson_slug,
        completed_at=moment,
    )
    return made.first() is not None


def _open_again(db: Session, enrolment: EnrolmentFacts, lesson_slug: str, *, now: datetime) -> None:
    """She did it in an edition that reads differently: as if she had done it before she was moved."""
    again = ChangedLesson(
        enrolment_id=enrolment.id, edition_id=enrolment.edition_id, lesson_slug=lesson_slug, made_at=now
    )
    db.add(again)
    db.flush()


_MOMENT: Final = bindparam("moment", type_=UTCDateTime())
_READ_AGAIN: Final = (
    update(ChangedLesson)
    .where(
        ChangedLesson.enrolment_id == bindparam("enrolment"),
        ChangedLesson.lesson_slug == bindparam("lesson"),
        ChangedLesson.done_at.is_(None),
    )
    .values(done_at=case((ChangedLesson.made_at > _MOMENT, ChangedLesson.made_at), else_=_MOMENT))
    .returning(ChangedLesson.id)
    .execution_options(synchronize_session=False)
)


def _read_again(db: Session, enrolment: EnrolmentFacts, lesson_slug: str, moment: datetime) -> bool:
    """Whether a lesson that a move had opened again is done with this; never before it was opened."""
    return fetch(db, _READ_AGAIN, enrolment=enrolment.id, lesson=lesson_slug, moment=moment).first() is not None


@dataclass(frozen=True)
class Opened:
    """A lesson that is open to who follows it, and what she did so far in her training."""

    lesson: OutlineLesson
    steps: Steps


def open_lesson(
    db: Session, enrolment: EnrolmentFacts, lesson_slug: str, *, now: datetime, edition_id: int | None = None
) -> Opened | None:
    """The one way into what somebody does in a lesson; None when only another edition than hers has it.

    `edition_id`: the edition that she reads it in, where that is an older one. Raises: NotFound;
    Refused("module_locked").
    """
    outline = edition_of(db, edition_id or enrolment.edition_id).outline
    module, lesson = outline.module_of(lesson_slug), outline.lesson_of(lesson_slug)
    if outline.slug != enrolment.course_slug:
        raise NotFound
    if module is None or lesson is None:
        if _was_there(db, enrolment, lesson_slug):
            return None
        raise NotFound
    steps = steps_of(db, enrolment.id)
    if lock_of(outline, module, steps, starts_on=enrolment.starts_on, today=local_day(now)):
        raise Refused("module_locked")
    return Opened(lesson, steps)


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


def note_completed(db: Session, *, person_ids: Collection[int], now: datetime) -> None:
    """Write down that theory became complete with a scholingsdag; once, also when it is noted again."""
    known = enrolment_facts(db, open_enrolments_of(db, person_ids))
    for id_, state in progress_of(db, known.values()).items():
        done = state.complete and edition_of(db, known[id_].edition_id).policy.training_days_min
        if done and not _noted(db, known[id_]):
            note_completion(db, known[id_], now=now)


def _noted(db: Session, enrolment: EnrolmentFacts) -> bool:
    """Whether it was noted since she last had something to read again."""
    since = db.scalar(select(func.max(ChangedLesson.made_at)).where(ChangedLesson.enrolment_id == enrolment.id))
    query = select(LedgerEvent.id).where(
        LedgerEvent.action == "theory.completed",
        LedgerEvent.subject_kind == "enrolment",
        LedgerEvent.subject_id == enrolment.id,
    )
    if since is not None:
        query = query.where(LedgerEvent.at >= since)
    return db.scalar(query.limit(1)) is not None
