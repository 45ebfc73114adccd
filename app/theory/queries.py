"""Reading theory: what somebody did, and the pages that show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.courses.editions import edition_of, editions_of
from app.courses.queries import Reading, reading_of
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, Outline, OutlineModule
from app.courses.tables import Enrolment
from app.kit.db import fetch
from app.people.rules import Viewer
from app.theory.active_minutes import own_minutes
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
from app.theory.tables import ChangedLesson, LessonCompletion, LessonWork, QuizAttempt, ReadingPlace, UpdateTask

Moments = dict[str, datetime]


_DONE: Final = union_all(
    select(
        LessonCompletion.enrolment_id,
        literal("lesson").label("kind"),
        LessonCompletion.lesson_slug.label("slug"),
        LessonCompletion.completed_at.label("moment"),
    ).where(LessonCompletion.enrolment_id.in_(bindparam("enrolments", expanding=True))),
    select(
        QuizAttempt.enrolment_id,
        literal("quiz"),
        QuizAttempt.quiz_slug,
        func.min(QuizAttempt.submitted_at),
    )
    .where(QuizAttempt.enrolment_id.in_(bindparam("enrolments", expanding=True)), QuizAttempt.passed)
    .group_by(QuizAttempt.enrolment_id, QuizAttempt.quiz_slug),
    select(
        ChangedLesson.enrolment_id,
        case((ChangedLesson.done_at.is_(None), "due"), else_="again"),
        ChangedLesson.lesson_slug,
        func.coalesce(ChangedLesson.done_at, ChangedLesson.made_at),
    ).where(ChangedLesson.enrolment_id.in_(bindparam("enrolments", expanding=True))),
)


_all_done = _DONE.subquery()
_STEPS: Final = union_all(
    select(_all_done, literal("").label("anchor")),
    select(
        ReadingPlace.enrolment_id,
        literal("place"),
        ReadingPlace.lesson_slug,
        ReadingPlace.seen_at,
        ReadingPlace.anchor,
    ).where(ReadingPlace.enrolment_id.in_(bindparam("enrolments", expanding=True))),
    select(LessonWork.enrolment_id, literal("work"), LessonWork.lesson_slug, func.max(LessonWork.saved_at), literal(""))
    .where(LessonWork.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .group_by(LessonWork.enrolment_id, LessonWork.lesson_slug),
)


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
    lessons, quizzes = done_by(db, [one.id for one in enrolments])
    return {
        one.id: progress(known[one.edition_id].outline, lessons=lessons[one.id], quizzes=quizzes[one.id])
        for one in enrolments
    }


def own_progress(db: Session, enrolment: EnrolmentFacts) -> TheoryProgress:
    """How far somebody is, for her own pages: the next thing to do is where she stopped reading."""
    steps = steps_of(db, enrolment.id)
    outline = edition_of(db, enrolment.edition_id).outline
    return progress(outline, lessons=steps.lessons, quizzes=steps.quizzes, place=steps.place)


def done_by(db: Session, enrolment_ids: Collection[int]) -> tuple[dict[int, Moments], dict[int, Moments]]:
    """When each lesson was done and each check first passed, by enrolment and slug: one statement.

    A lesson that has to be read again since a move is not done; one that was read again is done from then on.
    """
    return _sorted(fetch(db, _DONE, enrolments=list(enrolment_ids)).all()) if enrolment_ids else _sorted(())


def _sorted(rows: Iterable[Any]) -> tuple[dict[int, Moments], dict[int, Moments]]:
    """Lessons and checks apart, from rows that begin with those of `_DONE`."""
    lessons: dict[int, Moments] = defaultdict(dict)
    quizzes: dict[int, Moments] = defaultdict(dict)
    again: list[Any] = []
    due: list[Any] = []
    places = {"lesson": lessons, "quiz": quizzes}
    later = {"again": again, "due": due}
    for row in rows:
        kind = row[1]
        if kind in places:
            places[kind][row[0]][row[2]] = row[3]
        elif kind in later:
            later[kind].append(row)
    for row in again:
        own = lessons[row[0]]
        own[row[2]] = max(row[3], own.get(row[2], row[3]))
    for row in due:
        lessons[row[0]].pop(row[2], None)
    return lessons, quizzes


_BEGUN: Final = union(
    select(LessonWork.enrolment_id, LessonWork.lesson_slug).where(
        LessonWork.enrolment_id.in_(bindparam("enrolments", expanding=True))
    ),
    select(ReadingPlace.enrolment_id, ReadingPlace.lesson_slug).where(
        ReadingPlace.enrolment_id.in_(bindparam("enrolments", expanding=True))
    ),
)


def begun_by(db: Session, enrolment_ids: Collection[int]) -> dict[int, set[str]]:
    """The lessons in which each enrolment did something, as `Steps.begun`: one statement."""
    found: dict[int, set[str]] = defaultdict(set)
    for enrolment_id, slug in fetch(db, _BEGUN, enrolments=list(enrolment_ids)):
        found[enrolment_id].add(slug)
    return found


def steps_of(db: Session, enrolment_id: int) -> Steps:
    """What one person did in her training: one statement."""
    rows = fetch(db, _STEPS, enrolments=[enrolment_id]).all()
    lessons, quizzes = _sorted(rows)
    last = max((row for row in rows if row.kind == "place"), key=lambda row: row.moment, default=None)
    return Steps(
        lessons=lessons[enrolment_id],
        quizzes=quizzes[enrolment_id],
        again=frozenset(row.slug for row in rows if row.kind == "due"),
        begun=frozenset(row.slug for row in rows if row.kind in {"place", "work"}),
        place=(last.slug, last.anchor) if last is not None else None,
    )


def read_since(moment: datetime) -> ColumnElement[bool]:
    """A condition on `Enrolment`: a lesson was done, or a check passed, at or after a moment."""
    return or_(
        exists().where(LessonCompletion.enrolment_id == Enrolment.id, LessonCompletion.completed_at >= moment),
        exists().where(
            QuizAttempt.enrolment_id == Enrolment.id, QuizAttempt.passed, QuizAttempt.submitted_at >= moment
        ),
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
    state = progress(reading.outline, lessons=lessons, quizzes=quizzes, place=steps.place)
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
