"""Rules of reading: which modules are locked and by what, and when a block of a lesson is done. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from app.courses.rules import Outline, OutlineModule
from app.theory.rules import module_done, next_in, opening_day

WATCHED_ENOUGH: Final = 0.9  # choice: nobody has to sit through the last titles
PARTS_MOST: Final = 200
NEXT_TO: Final = 1.0  # seconds: a player tells where it is a few times a second


@dataclass(frozen=True)
class Lock:
    """Why a module is not open yet: a module before it (`title`, and `href` of what to do there), or a day."""

    kind: Literal["after", "day"]
    title: str = ""
    href: str = ""
    step: str = ""
    opens_on: date | None = None


@dataclass(frozen=True)
class Steps:
    """What one person did in her training, by slug.

    `lessons` and `quizzes`: what is done, and when. `again`: lessons that were done and have to be read again.
    `begun`: lessons in which she stopped somewhere, wrote, answered or played something. `place`: the lesson that she
    last read, and the paragraph where she was. `days`: the scholingsdagen that she had.
    """

    lessons: Mapping[str, datetime]
    quizzes: Mapping[str, datetime]
    again: Collection[str] = ()
    begun: Collection[str] = ()
    place: tuple[str, str] | None = None
    days: Mapping[str, datetime] = field(default_factory=dict)


def lock_of(outline: Outline, module: OutlineModule, steps: Steps, *, starts_on: date, today: date) -> Lock | None:
    """What keeps a module closed today; None when it is open. `starts_on`: when the cohort began.

    A lock that came later takes nothing away: a module stays open in which something was begun, and a lesson that has
    to be read again closes nothing.
    """
    lessons = {*steps.lessons, *steps.again}
    if any(lesson.slug in lessons or lesson.slug in steps.begun for lesson in module.lessons):
        return None
    known = {one.slug: one for one in outline.modules}
    for slug in module.after:
        before = known[slug]
        if not module_done(before, lessons=lessons, quizzes=steps.quizzes):
            step = next_in(outline, before, lessons=lessons, quizzes=steps.quizzes)
            return Lock("after", before.title, step.href if step else "", step.title if step else "")
    opens_on = opening_day(module, starts_on)
    return Lock("day", opens_on=opens_on) if opens_on is not None and today < opens_on else None


def credited(seconds: int, *, until: datetime, since: datetime, today: int, most: int) -> int:
    """How many of the seconds that a page tells can be true. `today`: what counted that day already, of at most `most`.

    No more than passed between the last time that counted (`since`) and the moment that they were over (`until`).
    """
    passed = int((until - since).total_seconds())
    return max(0, min(seconds, passed, most - today))


def joined(parts: Iterable[tuple[float, float]], *, length: float) -> tuple[tuple[float, float], ...]:
    """Played stretches in order, within the length, those that touch made one: the whole only grows."""
    found: list[tuple[float, float]] = []
    for start, end in sorted((max(0.0, start), min(end, length)) for start, end in parts):
        if end <= start:
            continue
        if found and start <= found[-1][1] + NEXT_TO:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    while len(found) > PARTS_MOST:  # nothing that was played is forgotten: the two nearest become one
        at = min(range(1, len(found)), key=lambda place: found[place][0] - found[place - 1][1])
        found[at - 1 : at + 1] = [(found[at - 1][0], found[at][1])]
    return tuple(found)


def in_pairs(given: Sequence[float]) -> list[tuple[float, float]]:
    """From and to, two by two; a loose end is nothing."""
    return list(zip(given[::2], given[1::2], strict=False))


def played_enough(parts: Iterable[tuple[float, float]], *, length: float) -> bool:
    """Whether a film or sound counts as done."""
    return length > 0 and sum(end - start for start, end in parts) >= WATCHED_ENOUGH * length
