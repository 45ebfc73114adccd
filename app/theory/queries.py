"""Reading theory: what somebody did, and the pages that show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    ScalarSelect,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.courses.editions import Edition, edition_of, editions_of
from app.courses.queries import Reading, reading_of
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, Outline, OutlineModule
from app.people.rules import Viewer
from app.theory.active_minutes import own_minutes
from app.theory.done import done_by, steps_of
from app.theory.reading import Lock, Steps, lock_of
from app.theory.rules import (
    NextLesson,
    TheoryProgress,
    lesson_href,
    module_done,
    on_day,
    progress,
    quiz_href,
)
from app.theory.tables import ChangedLesson, UpdateTask


def open_task(
    person_id: InstrumentedAttribute[int], intervention_id: InstrumentedAttribute[int], what: InstrumentedAttribute[Any]
) -> ScalarSelect[Any]:
    """Something of what a trainer still has to read for an intervention, as a column beside her: at most one task."""
    return (
        select(what)
        .where(
            UpdateTask.person_id == person_id,
            UpdateTask.intervention_id == intervention_id,
            UpdateTask.done_at.is_(None),
            UpdateTask.replaced_at.is_(None),
        )
        .scalar_subquery()
    )


def opened_again(enrolment_id: InstrumentedAttribute[int]) -> ScalarSelect[Any]:
    """When a lesson that was done last became something to read again, as a column beside a training; NULL: none."""
    moment = select(func.max(ChangedLesson.made_at)).where(
        ChangedLesson.enrolment_id == enrolment_id, ChangedLesson.done_at.is_(None)
    )
    return moment.scalar_subquery()


def progress_of(db: Session, enrolments: Collection[EnrolmentFacts]) -> dict[int, TheoryProgress]:
    """How far each enrolment is with theory, by id: one statement, however many there are.

    The next thing to do is the first in the order of the course, alone as well as in a list.
    """
    known = editions_of(db, (one.edition_id for one in enrolments))
    done = done_by(db, [one.id for one in enrolments])
    return {
        one.id: progress(
            known[one.edition_id].outline,
            lessons=done.lessons[one.id],
            quizzes=done.quizzes[one.id],
            days=done.days[one.id],
            days_needed=known[one.edition_id].policy.training_days_min,
        )
        for one in enrolments
    }


def own_progress(db: Session, enrolment: EnrolmentFacts) -> TheoryProgress:
    """How far somebody is, for her own pages: the next thing to do is where she stopped reading."""
    return progress_in(edition_of(db, enrolment.edition_id), steps_of(db, enrolment.id))


def progress_in(edition: Edition, steps: Steps) -> TheoryProgress:
    """How far somebody is in an edition who did these steps."""
    return progress(
        edition.outline,
        lessons=steps.lessons,
        quizzes=steps.quizzes,
        place=steps.place,
        days=steps.days,
        days_needed=edition.policy.training_days_min,
    )


# Pages


ModuleState = Literal["done", "busy", "open", "later", "locked"]
SPARE_MOTIFS = ("oog", "boek", "ster", "slinger", "vogel")


@dataclass(frozen=True)
class Item:
    """One lesson or check in a list."""

    kind: Literal["lesson", "quiz"]
    title: str
    href: str
    minutes: int
    done: bool
    now: bool
    optional: bool


@dataclass(frozen=True)
class ModuleCard:
    """A module as the course page shows it. `later`: nothing of it is published yet; `lock`: what opens it."""

    slug: str
    number: int
    title: str
    summary: str
    motif: str
    state: ModuleState
    safety: bool
    items: tuple[Item, ...]
    lessons: int
    lessons_done: int
    minutes: int
    minutes_left: int
    current: bool
    lock: Lock | None


@dataclass(frozen=True)
class AssignmentLine:
    """A practical assignment beside the theory."""

    number: int
    title: str
    summary: str


@dataclass(frozen=True)
class CoursePage:
    """The course of somebody who follows it, or a preview for who may read along.

    `active_minutes`: her own, where the course measures them.
    """

    slug: str
    title: str
    summary: str
    sample: bool
    enrolment: EnrolmentFacts | None
    progress: TheoryProgress
    modules: tuple[ModuleCard, ...]
    assignments: tuple[AssignmentLine, ...]
    safety_title: str
    handbook: bool
    active_minutes: int | None

    @property
    def preview(self) -> bool:
        return self.enrolment is None


def course_page(db: Session, viewer: Viewer, course_slug: str, *, today: date) -> CoursePage:
    """The course with what is done. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    steps = steps_in(db, reading)
    lessons, quizzes = steps.lessons, steps.quizzes
    state = progress_in(reading.edition, steps)
    if reading.enrolment is not None:
        state = on_day(reading.outline, state, starts_on=reading.enrolment.starts_on, today=today)
    motifs = reading.edition.motifs
    step = None if reading.preview or state.opens_on is not None else state.next
    return CoursePage(
        slug=course_slug,
        title=reading.outline.title,
        summary=reading.outline.summary,
        sample=reading.sample,
        enrolment=reading.enrolment,
        progress=state,
        modules=tuple(
            _card(
                reading.outline,
                module,
                motifs,
                lessons=lessons,
                quizzes=quizzes,
                step=step,
                lock=lock_in(reading, module, steps, today=today),
            )
            for module in reading.outline.modules
        ),
        assignments=tuple(
            AssignmentLine(number, definition.title, definition.summary)
            for number, (_, definition) in enumerate(_assignments(db, reading), start=1)
        ),
        safety_title=next((module.title for module in reading.outline.modules if module.safety), ""),
        handbook=bool(reading.outline.sessions),
        active_minutes=own_minutes(db, reading.outline, reading.enrolment),
    )


def _assignments(db: Session, reading: Reading) -> tuple[tuple[int, AssignmentDefinition], ...]:
    """The practical assignments beside this theory: of the edition in which she began with them."""
    if reading.enrolment is None:
        return reading.edition.assignments
    return edition_of(db, reading.enrolment.practice_edition_id).assignments


def steps_in(db: Session, reading: Reading) -> Steps:
    """What the reader did; nothing for who looks along."""
    return Steps({}, {}) if reading.enrolment is None else steps_of(db, reading.enrolment.id)


def _card(
    outline: Outline,
    module: OutlineModule,
    motifs: Mapping[str, str],
    *,
    lessons: Mapping[str, datetime],
    quizzes: Mapping[str, datetime],
    step: NextLesson | None,
    lock: Lock | None,
) -> ModuleCard:
    number = outline.modules.index(module) + 1
    items = items_of(outline, module, lessons=lessons, quizzes=quizzes, now=step.slug if step else "")
    read = sum(lesson.slug in lessons for lesson in module.lessons)
    if not module.available:
        state: ModuleState = "later"
    elif lock is not None:
        state = "locked"
    elif module_done(module, lessons=lessons, quizzes=quizzes):
        state = "done"
    else:
        state = "busy" if read or any(item.done or item.now for item in items) else "open"
    return ModuleCard(
        slug=module.slug,
        number=number,
        title=module.title,
        summary=module.summary,
        motif=motifs.get(module.core_element or "", SPARE_MOTIFS[(number - 1) % len(SPARE_MOTIFS)]),
        state=state,
        safety=module.safety,
        items=items,
        lessons=len(module.lessons),
        lessons_done=read,
        minutes=module.minutes,
        minutes_left=sum(item.minutes for item in items if not item.done),
        current=any(item.now for item in items),
        lock=lock,
    )


def lock_in(reading: Reading, module: OutlineModule, steps: Steps, *, today: date) -> Lock | None:
    """What keeps a module closed for the reader; who looks along finds everything open."""
    if reading.enrolment is None:
        return None
    return lock_of(reading.outline, module, steps, starts_on=reading.enrolment.starts_on, today=today)


def items_of(
    outline: Outline,
    module: OutlineModule,
    *,
    lessons: Mapping[str, datetime],
    quizzes: Mapping[str, datetime],
    now: str,
) -> tuple[Item, ...]:
    found = [
        Item(
            "lesson",
            lesson.title,
            lesson_href(outline.slug, lesson.slug),
            lesson.minutes,
            done=lesson.slug in lessons,
            now=lesson.slug == now,
            optional=not lesson.required,
        )
        for lesson in module.lessons
    ]
    quiz = module.quiz
    if quiz is not None:
        href = quiz_href(outline.slug, quiz.slug)
        done, here = quiz.slug in quizzes, quiz.slug == now
        found.append(Item("quiz", quiz.title, href, quiz.minutes, done=done, now=here, optional=False))
    return tuple(found)
