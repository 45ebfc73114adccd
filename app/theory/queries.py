"""Reading theory: what somebody did, and the pages that show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from markupsafe import Markup
from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.courses.editions import editions_of
from app.courses.queries import Reading, reading_of
from app.courses.rules import EnrolmentFacts, Outline, OutlineModule
from app.courses.tables import Lesson
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.people.rules import Viewer
from app.theory.rules import (
    NextLesson,
    TheoryProgress,
    lesson_href,
    module_done,
    progress,
    quiz_href,
)
from app.theory.tables import LessonCompletion, QuizAttempt

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
)


def progress_of(db: Session, enrolments: Collection[EnrolmentFacts]) -> dict[int, TheoryProgress]:
    """How far each enrolment is with theory, by id: one statement, however many there are."""
    lessons, quizzes = done_by(db, [one.id for one in enrolments])
    known = editions_of(db, (one.edition_id for one in enrolments))
    return {
        one.id: progress(known[one.edition_id].outline, lessons=lessons[one.id], quizzes=quizzes[one.id])
        for one in enrolments
    }


def done_by(db: Session, enrolment_ids: Collection[int]) -> tuple[dict[int, Moments], dict[int, Moments]]:
    """When each lesson was done and each check first passed, by enrolment and slug: one statement."""
    lessons: dict[int, Moments] = defaultdict(dict)
    quizzes: dict[int, Moments] = defaultdict(dict)
    if enrolment_ids:
        for enrolment_id, kind, slug, moment in fetch(db, _DONE, enrolments=list(enrolment_ids)):
            (lessons if kind == "lesson" else quizzes)[enrolment_id][slug] = moment
    return lessons, quizzes


# Pages


ModuleState = Literal["done", "busy", "open", "later"]
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
    """A module as the course page shows it. `later`: nothing of it is published yet."""

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


@dataclass(frozen=True)
class AssignmentLine:
    """A practical assignment beside the theory."""

    number: int
    title: str
    summary: str


@dataclass(frozen=True)
class CoursePage:
    """The course of somebody who follows it, or a preview for who may read along."""

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

    @property
    def preview(self) -> bool:
        return self.enrolment is None


def course_page(db: Session, viewer: Viewer, course_slug: str) -> CoursePage:
    """The course with what is done. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    lessons, quizzes = _done(db, reading)
    state = progress(reading.outline, lessons=lessons, quizzes=quizzes)
    motifs = reading.edition.motifs
    step = None if reading.preview else state.next
    return CoursePage(
        slug=course_slug,
        title=reading.outline.title,
        summary=reading.outline.summary,
        sample=reading.sample,
        enrolment=reading.enrolment,
        progress=state,
        modules=tuple(
            _card(reading.outline, module, motifs, lessons=lessons, quizzes=quizzes, step=step)
            for module in reading.outline.modules
        ),
        assignments=tuple(
            AssignmentLine(number, definition.title, definition.summary)
            for number, (_, definition) in enumerate(reading.edition.assignments, start=1)
        ),
        safety_title=next((module.title for module in reading.outline.modules if module.safety), ""),
        handbook=bool(reading.outline.sessions),
    )


def _done(db: Session, reading: Reading) -> tuple[Moments, Moments]:
    if reading.enrolment is None:
        return {}, {}
    lessons, quizzes = done_by(db, [reading.enrolment.id])
    return lessons[reading.enrolment.id], quizzes[reading.enrolment.id]


def _card(
    outline: Outline,
    module: OutlineModule,
    motifs: Mapping[str, str],
    *,
    lessons: Moments,
    quizzes: Moments,
    step: NextLesson | None,
) -> ModuleCard:
    number = outline.modules.index(module) + 1
    items = _items(outline, module, lessons=lessons, quizzes=quizzes, now=step.slug if step else "")
    read = sum(lesson.slug in lessons for lesson in module.lessons)
    if not module.available:
        state: ModuleState = "later"
    elif module_done(module, lessons=lessons, quizzes=quizzes):
        state = "done"
    else:
        state = "busy" if read or any(item.done or item.now for item in items) else "open"
    return ModuleCard(
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
    )


def _items(
    outline: Outline, module: OutlineModule, *, lessons: Moments, quizzes: Moments, now: str
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


@dataclass(frozen=True)
class LessonPicture:
    """The picture of a lesson; an empty alt is a picture that tells nothing."""

    href: str
    alt: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class LessonPage:
    """A lesson to read. `html` was cleaned when it was published."""

    course_slug: str
    course_title: str
    sample: bool
    preview: bool
    slug: str
    title: str
    minutes: int
    intro: str
    html: Markup
    headings: tuple[tuple[str, str], ...]
    picture: LessonPicture | None
    module_title: str
    module_number: int
    motif: str
    items: tuple[Item, ...]
    number: int
    of: int
    previous: str
    last: bool
    leads_to_quiz: bool


_LESSON: Final = select(
    Lesson.edition_id, Lesson.title, Lesson.minutes, Lesson.intro, Lesson.html, Lesson.headings, Lesson.image
).where(Lesson.edition_id == bindparam("edition"), Lesson.slug == bindparam("lesson"))


def lesson_page(db: Session, viewer: Viewer, course_slug: str, lesson_slug: str) -> LessonPage:
    """One lesson with its place in the course. Raises: NotFound."""
    reading = reading_of(db, viewer, course_slug)
    lesson = fetch(db, _LESSON, edition=reading.edition.id, lesson=lesson_slug).first()
    module = reading.outline.module_of(lesson_slug)
    if lesson is None or module is None:
        raise NotFound
    lessons, quizzes = _done(db, reading)
    slugs = [each.slug for each in module.lessons]
    index = slugs.index(lesson_slug)
    every = [each.slug for one in reading.outline.open_modules for each in one.lessons]
    place = every.index(lesson_slug)
    motifs = reading.edition.motifs
    last = index == len(slugs) - 1
    return LessonPage(
        course_slug=course_slug,
        course_title=reading.outline.title,
        sample=reading.sample,
        preview=reading.preview,
        slug=lesson_slug,
        title=lesson.title,
        minutes=lesson.minutes,
        intro=lesson.intro,
        html=Markup(lesson.html),  # noqa: S704 - cleaned against an allow-list when it was published
        headings=tuple((str(id_), str(title)) for id_, title in lesson.headings),
        picture=_picture(lesson),
        module_title=module.title,
        module_number=reading.outline.modules.index(module) + 1,
        motif=motifs.get(module.core_element or "", "hand"),
        items=_items(reading.outline, module, lessons=lessons, quizzes=quizzes, now=lesson_slug),
        number=index + 1,
        of=len(slugs),
        previous=lesson_href(course_slug, every[place - 1]) if place else "",
        last=place == len(every) - 1,
        leads_to_quiz=last and module.quiz is not None and module.quiz.slug not in quizzes,
    )


def _picture(lesson: Any) -> LessonPicture | None:
    image = lesson.image
    if image is None:
        return None
    href = f"/opleiding/beeld/{lesson.edition_id}/{image['name']}"
    return LessonPicture(href, image["alt"], image["caption"], image["width"], image["height"])
