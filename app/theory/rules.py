"""What counts as done in theory, and what comes next. Pure: the outline and what somebody did go in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from app.courses.rules import Outline, OutlineModule
from app.kit.localtime import local_day

Kind = Literal["lesson", "quiz"]


@dataclass(frozen=True)
class NextLesson:
    """The first thing that is still to do. `number` and `of` count the lessons of the module.

    `begun`: something of that module was done, so that no lock keeps her out of it.
    """

    kind: Kind
    module_title: str
    slug: str
    title: str
    minutes: int
    href: str
    number: int
    of: int
    begun: bool = False


@dataclass(frozen=True)
class TheoryProgress:
    """How far somebody is with reading and checks. `last_at`: when she last did something of it.

    `ahead`: the first thing to do in each module that is not done. `opens_on`: the day on which `next` opens, where
    nothing is open before it; only `on_day` knows that. `days_missing`: scholingsdagen that are still to be had.
    """

    lessons_done: int
    lessons_total: int
    quizzes_passed: int
    quizzes_total: int
    minutes_left: int
    complete: bool
    completed_on: date | None
    safety_done: bool
    next: NextLesson | None
    last_at: datetime | None = None
    ahead: tuple[NextLesson, ...] = ()
    opens_on: date | None = None
    days_missing: int = 0

    @property
    def read(self) -> bool:
        """Whether all that can be done alone is done."""
        return self.complete or (self.days_missing > 0 and not self.ahead)


def progress(
    outline: Outline,
    *,
    lessons: Mapping[str, datetime],
    quizzes: Mapping[str, datetime],
    place: tuple[str, str] | None = None,
    days: Mapping[str, datetime] = MappingProxyType({}),
    days_needed: int = 0,
) -> TheoryProgress:
    """How far somebody is. `lessons`: when each lesson was done; `quizzes`: when each check was first passed.

    `place`: the lesson that she last read and the paragraph where she was; she goes on there while it is not done.
    `days`: when each scholingsdag was had, of which the training needs `days_needed`.

    Optional lessons count in the numbers and never keep theory from being complete. Theory of which nothing
    is published yet is not complete.
    """
    modules = outline.open_modules
    everything = [lesson for module in modules for lesson in module.lessons]
    checks = [module.quiz for module in modules if module.quiz is not None]
    needed = [lessons.get(lesson.slug) for lesson in everything if lesson.required]
    needed += [quizzes.get(quiz.slug) for quiz in checks]
    done = [moment for moment in needed if moment is not None]
    had = sorted(days.values())[:days_needed]
    complete = bool(needed) and len(done) == len(needed) and len(had) == days_needed
    steps = (next_in(outline, module, lessons=lessons, quizzes=quizzes) for module in modules)
    ahead = tuple(step for step in steps if step is not None)
    return TheoryProgress(
        lessons_done=sum(lesson.slug in lessons for lesson in everything),
        lessons_total=len(everything),
        quizzes_passed=sum(quiz.slug in quizzes for quiz in checks),
        quizzes_total=len(checks),
        minutes_left=sum(lesson.minutes for lesson in everything if lesson.required and lesson.slug not in lessons)
        + sum(quiz.minutes for quiz in checks if quiz.slug not in quizzes),
        complete=complete,
        completed_on=local_day(max([*done, *had])) if complete else None,
        safety_done=all(
            module_done(module, lessons=lessons, quizzes=quizzes) for module in outline.modules if module.safety
        ),
        next=_resumed(outline, lessons, place) or next(iter(ahead), None),
        last_at=max([*lessons.values(), *quizzes.values()], default=None),
        ahead=ahead,
        days_missing=days_needed - len(had),
    )


def module_done(module: OutlineModule, *, lessons: Collection[str], quizzes: Collection[str]) -> bool:
    """Whether all required lessons of a module are done and its check is passed."""
    if not module.available:
        return False
    read = all(lesson.slug in lessons for lesson in module.lessons if lesson.required)
    return read and (module.quiz is None or module.quiz.slug in quizzes)


def _resumed(outline: Outline, lessons: Mapping[str, datetime], place: tuple[str, str] | None) -> NextLesson | None:
    """The lesson in which somebody stopped, at her paragraph; None when it is done or no longer there."""
    slug, anchor = place or ("", "")
    module = outline.module_of(slug)
    if module is None or slug in lessons:
        return None
    for number, lesson in enumerate(module.lessons, start=1):
        if lesson.slug == slug:
            href = f"{lesson_href(outline.slug, slug)}#{anchor}"
            of, begun = len(module.lessons), any(each.slug in lessons for each in module.lessons)
            return NextLesson("lesson", module.title, slug, lesson.title, lesson.minutes, href, number, of, begun)
    return None


def next_in(
    outline: Outline, module: OutlineModule, *, lessons: Collection[str], quizzes: Collection[str]
) -> NextLesson | None:
    """The first required lesson or check of a module that is still to do."""
    of = len(module.lessons)
    begun = any(lesson.slug in lessons for lesson in module.lessons)
    for number, lesson in enumerate(module.lessons, start=1):
        if lesson.required and lesson.slug not in lessons:
            href = lesson_href(outline.slug, lesson.slug)
            minutes = lesson.minutes
            return NextLesson("lesson", module.title, lesson.slug, lesson.title, minutes, href, number, of, begun)
    quiz = module.quiz
    if quiz is not None and quiz.slug not in quizzes:
        href = quiz_href(outline.slug, quiz.slug)
        return NextLesson("quiz", module.title, quiz.slug, quiz.title, quiz.minutes, href, of, of, begun)
    return None


def on_day(outline: Outline, state: TheoryProgress, *, starts_on: date, today: date) -> TheoryProgress:
    """How far somebody is, with as `next` what is open to her that day. `starts_on`: of the cohort.

    Where she stopped goes before the order of the course. When nothing is open, `next` is what opens first and
    `opens_on` says when; it is None when that is not known, because it waits for a module that is not published.
    """
    undone = {module.slug for step in state.ahead if (module := outline.module_of(step.slug)) is not None}
    done = {module.slug for module in outline.open_modules if module.slug not in undone}

    def opens(step: NextLesson) -> date | None:
        module = outline.module_of(step.slug)
        if step.begun or module is None:
            return today
        day = opening_day(module, starts_on) or today
        return max(day, today) if done.issuperset(module.after) else None

    days = [(day, step) for step in (state.next, *state.ahead) if step is not None and (day := opens(step)) is not None]
    if not days:
        return replace(state, next=None)
    day, step = min(days, key=lambda one: one[0])  # of equals the first
    return replace(state, next=step, opens_on=day if day > today else None)


def opening_day(module: OutlineModule, starts_on: date) -> date | None:
    """The day on which a module opens for a cohort that began on a day; None when no day keeps it closed."""
    days = [module.opens_on] if module.opens_on else []
    if module.opens_after_days:
        days.append(starts_on + timedelta(days=module.opens_after_days))
    return max(days, default=None)


def lesson_href(course_slug: str, lesson_slug: str) -> str:
    return f"/opleiding/{course_slug}/{lesson_slug}"


def quiz_href(course_slug: str, quiz_slug: str) -> str:
    return f"/opleiding/{course_slug}/toets/{quiz_slug}"


# What follows after a lesson


def after_lesson(
    outline: Outline,
    lesson_slug: str,
    *,
    lessons: Mapping[str, datetime],
    quizzes: Mapping[str, datetime],
    locked: Collection[str] = (),
) -> str:
    """Where somebody goes after a lesson: the next lesson, the check that is not passed yet, or the course.

    Never into one of the modules in `locked`.
    """
    modules = outline.open_modules
    for number, module in enumerate(modules):
        slugs = [lesson.slug for lesson in module.lessons]
        if lesson_slug not in slugs:
            continue
        later = slugs[slugs.index(lesson_slug) + 1 :]
        if later:
            return lesson_href(outline.slug, later[0])
        if module.quiz is not None and module.quiz.slug not in quizzes:
            return quiz_href(outline.slug, module.quiz.slug)
        for following in modules[number + 1 :]:
            shut = following.slug in locked or module_done(following, lessons=lessons, quizzes=quizzes)
            if not shut and following.lessons:
                unread = [lesson.slug for lesson in following.lessons if lesson.slug not in lessons]
                return lesson_href(outline.slug, unread[0] if unread else following.lessons[-1].slug)
    return f"/opleiding/{outline.slug}"
