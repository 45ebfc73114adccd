"""How long people are active in lessons, where their course measures it: what each may see of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median_high
from typing import Final

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.rules import EnrolmentFacts, Outline
from app.kit.db import fetch
from app.theory.tables import LessonCompletion, LessonTime

LEAST: Final = 5  # choice: with fewer answers or people a number says more about them than about the course


_OWN: Final = select(func.sum(LessonTime.seconds)).where(LessonTime.enrolment_id == bindparam("enrolment"))
_ANY: Final = select(exists().where(LessonTime.enrolment_id == bindparam("enrolment")))


def own_minutes(db: Session, outline: Outline, enrolment: EnrolmentFacts | None) -> int | None:
    """The minutes of somebody in all lessons together, for herself; None where nothing is measured."""
    if enrolment is None or not outline.active_minutes:
        return None
    return int(fetch(db, _OWN, enrolment=enrolment.id).scalar_one() or 0) // 60


def is_announced(db: Session, enrolment: EnrolmentFacts) -> bool:
    """Whether something was counted before: then she read on the page that it is."""
    return bool(fetch(db, _ANY, enrolment=enrolment.id).scalar_one())


@dataclass(frozen=True)
class LessonMinutes:
    """A lesson as its author sees it: what it says, and what half of the people need at most; None below `LEAST`."""

    title: str
    minutes: int
    people: int
    median: int | None


def minutes_per_lesson(db: Session, edition_id: int) -> tuple[LessonMinutes, ...]:
    """How long lessons take who finished them in this edition; never who. Nothing where it is not measured."""
    outline = edition_of(db, edition_id).outline
    if not outline.active_minutes:
        return ()
    taken: dict[str, list[int]] = defaultdict(list)
    rows = db.execute(
        select(LessonTime.lesson_slug, LessonTime.seconds)
        .join(
            LessonCompletion,
            (LessonCompletion.enrolment_id == LessonTime.enrolment_id)
            & (LessonCompletion.lesson_slug == LessonTime.lesson_slug),
        )
        .where(LessonCompletion.edition_id == edition_id)
    )
    for slug, seconds in rows:
        taken[slug].append(seconds)
    return tuple(
        LessonMinutes(lesson.title, lesson.minutes, len(taken[lesson.slug]), _median(taken[lesson.slug]))
        for module in outline.open_modules
        for lesson in module.lessons
    )


def _median(seconds: list[int]) -> int | None:
    return max(1, round(median_high(seconds) / 60)) if len(seconds) >= LEAST else None
