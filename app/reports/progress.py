"""Voortgang: who of a cohort, or of a coach, is where, whose turn it is, and what stops people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import median_high
from typing import Final

from sqlalchemy.orm import Session

from app.courses.cohorts import CohortName, cohort_name
from app.courses.editions import edition_of
from app.courses.rules import EnrolmentStage
from app.kit.localtime import local_day
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.practice.rules.progress import NextCode
from app.practice.rules.states import RecordState
from app.practice.rules.turns import Awaited, Turn
from app.reports.following import Following, coached_by, in_cohort
from app.theory.rules import Kind, NextLesson
from app.theory.stumbling import CheckResult, check_results

SHOWN: Final = 100
NAMES: Final = 3
DAYS: Final = (7, 14, 30)
"""After how many quiet days somebody can be asked for; beside the number of the policy."""


class Show(StrEnum):
    """Who is shown, as the address has it."""

    EVERYBODY = "iedereen"
    STILL = "stil"
    NOT_BEGUN = "begin"
    THEORY_DONE = "theorie"
    COACH = "coach"
    ADMIN = "beheerder"
    PAUSED = "pauze"


@dataclass(frozen=True)
class Asked:
    """Which people, from which one on. `days`: after how many quiet days; None: as the policy says."""

    show: Show = Show.EVERYBODY
    days: int | None = None
    start: int = 0


@dataclass(frozen=True)
class Row:
    """One person. `day`: of a visit that is planned, or on which a module opens; `begun`: she made a first step.

    `act_href`: where an admin does what waits for her; empty for a coach, and where others are to act.
    """

    enrolment_id: int
    href: str
    person: PersonCard
    coach: str
    lesson: NextLesson | None
    lessons_done: int
    lessons_total: int
    theory_done: bool
    practice: NextCode | None
    signed_off: int
    required: int
    awaited: Awaited
    turn: Turn
    act_href: str
    day: date | None
    last_step: date | None
    quiet: int
    still: bool
    begun: bool


@dataclass(frozen=True)
class Stop:
    """A step of theory where people are now, by how many. `half`: half of them are there so many days or longer."""

    kind: Kind
    title: str
    module: str
    people: int
    names: tuple[str, ...]
    half: int


@dataclass(frozen=True)
class Check:
    """How one check went, with its name."""

    title: str
    module: str
    result: CheckResult


@dataclass(frozen=True)
class ProgressPage:
    """Everybody, or those who were asked for. `days`: the number of quiet days that counts; 0 when policies differ.

    `start`, `previous`, `next`: where this page begins and where others do; None at the ends.
    """

    cohort: CohortName | None
    total: int
    counts: dict[Show, int]
    show: Show
    days: int
    choices: tuple[int, ...]
    rows: tuple[Row, ...]
    start: int
    previous: int | None
    next: int | None
    stops: tuple[Stop, ...]
    checks: tuple[Check, ...]
    sample: bool

    @property
    def found(self) -> int:
        return self.counts[self.show]

    @property
    def last(self) -> int:
        return self.start + len(self.rows)


def cohort_progress(db: Session, viewer: Viewer, cohort_id: int, asked: Asked, *, now: datetime) -> ProgressPage:
    """Everybody of a cohort, for admins; the number of statements does not grow with them. Raises: NotFound."""
    cohort = cohort_name(db, viewer, cohort_id)
    return _page(db, in_cohort(db, cohort_id, now=now), asked, cohort=cohort, now=now)


def coach_progress(db: Session, viewer: Viewer, asked: Asked, *, now: datetime) -> ProgressPage:
    """Everybody whom the viewer coaches."""
    return _page(db, coached_by(db, viewer, now=now), asked, cohort=None, now=now)


def asked_for(
    db: Session, viewer: Viewer, cohort_id: int | None, asked: Asked, *, now: datetime
) -> tuple[Following, ...]:
    """The people of a filter, by name: of a cohort, or of the viewer as a coach. The caller checks the first."""
    everybody = coached_by(db, viewer, now=now) if cohort_id is None else in_cohort(db, cohort_id, now=now)
    return tuple(one for one in everybody if _shown(one, asked.show, asked.days))


def _shown(one: Following, show: Show, days: int | None) -> bool:
    match show:
        case Show.STILL:
            return one.stands_still(days)
        case Show.NOT_BEGUN:
            return one.last_step is None and one.turn is not Turn.NOBODY
        case Show.THEORY_DONE:
            return one.theory.complete and one.turn is not Turn.NOBODY
        case Show.COACH:
            return one.turn is Turn.COACH
        case Show.ADMIN:
            return one.turn is Turn.ADMIN
        case Show.PAUSED:
            return one.enrolment.stage is EnrolmentStage.PAUSED
    return True


def _page(
    db: Session, everybody: Sequence[Following], asked: Asked, *, cohort: CohortName | None, now: datetime
) -> ProgressPage:
    found = [one for one in everybody if _shown(one, asked.show, asked.days)]
    if asked.show is Show.STILL:
        found.sort(key=lambda one: (-one.quiet, one.enrolment.id))
    shown = found[asked.start : asked.start + SHOWN]
    at = _where(everybody)
    named = [one for there in at.values() for one in there[:NAMES]]
    people = cards(db, _people([*shown, *named]), local_day(now))
    waits = {one.wait for one in everybody}
    usual = waits.pop() if len(waits) == 1 else 0
    return ProgressPage(
        cohort=cohort,
        total=len(everybody),
        counts={show: sum(_shown(one, show, asked.days) for one in everybody) for show in Show},
        show=asked.show,
        days=asked.days or usual,
        choices=tuple(sorted({*DAYS, usual} - {0})),
        rows=tuple(_row(one, people, asked.days, of_coach=cohort is None) for one in shown),
        start=asked.start,
        previous=max(asked.start - SHOWN, 0) if asked.start else None,
        next=asked.start + SHOWN if len(found) > asked.start + SHOWN else None,
        stops=_stops(at, people, now=now),
        checks=_checks(db, everybody),
        sample=any(one.enrolment.sample for one in everybody),
    )


def _people(shown: Iterable[Following]) -> set[int]:
    ids = {id_ for one in shown for id_ in (one.enrolment.person_id, one.enrolment.coach_id)}
    return {id_ for id_ in ids if id_ is not None}


def _row(one: Following, people: Mapping[int, PersonCard], days: int | None, *, of_coach: bool) -> Row:
    enrolment, practice = one.enrolment, one.practice
    coach = people.get(enrolment.coach_id or 0)
    return Row(
        enrolment_id=enrolment.id,
        href=f"/coach/mensen/{enrolment.id}" if of_coach else f"/beheer/mensen/{enrolment.person_id}",
        person=people[enrolment.person_id],
        coach=coach.name if coach else "",
        lesson=one.theory.next,
        lessons_done=one.theory.lessons_done,
        lessons_total=one.theory.lessons_total,
        theory_done=one.theory.complete,
        practice=practice.next.code if practice.next else None,
        signed_off=practice.signed_off,
        required=practice.required,
        awaited=one.awaited,
        turn=one.turn,
        act_href="" if of_coach else _act_href(one),
        day=one.theory.opens_on if one.awaited is Awaited.OPENING else practice.next.day if practice.next else None,
        last_step=one.last_step,
        quiet=one.quiet,
        still=one.stands_still(days),
        begun=one.last_step is not None,
    )


def _act_href(one: Following) -> str:
    """Where an admin does what this training waits for."""
    enrolment = one.enrolment
    cohort = f"/beheer/opleidingsgroepen/{enrolment.cohort_id}"
    match one.awaited:
        case Awaited.INVITE:
            return f"{cohort}/uitnodigen"
        case Awaited.INVITE_AGAIN:
            return f"{cohort}/uitnodigen/{enrolment.id}"
        case Awaited.COACH:
            return cohort
        case Awaited.BRING_TOGETHER:
            return "/beheer/groepen"
        case Awaited.DECIDE:
            return f"/beheer/besluiten/{enrolment.id}"
        case Awaited.TALK:
            record = (item.record_id for item in one.practice.assignments if item.state is RecordState.NOT_MET)
            return f"/beheer/praktijk/{next(record)}"
        case Awaited.MORE_TIME:
            return f"/beheer/mensen/{enrolment.person_id}"
    return ""


# What stops people


Place = tuple[str, str]
"""A course and a lesson or check of it; editions of one course count together."""


def _where(everybody: Iterable[Following]) -> dict[Place, list[Following]]:
    """Who is at which step of theory now; longest first."""
    at: dict[Place, list[Following]] = defaultdict(list)
    for one in everybody:
        step = None if one.theory.complete or one.theory.opens_on is not None else one.theory.next
        if step is not None and one.enrolment.stage is EnrolmentStage.FOLLOWING:
            at[one.enrolment.course_slug, step.slug].append(one)
    for there in at.values():
        there.sort(key=lambda one: (one.theory_since, one.enrolment.id))
    return at


def _stops(
    at: Mapping[Place, Sequence[Following]], people: Mapping[int, PersonCard], *, now: datetime
) -> tuple[Stop, ...]:
    """Where most people are first; of equals where they are longest."""
    found = []
    for there in at.values():
        step = there[0].theory.next
        if step is None:
            continue
        days = [(local_day(now) - local_day(one.theory_since)).days for one in there]
        names = tuple(people[one.enrolment.person_id].name for one in there[:NAMES])
        found.append(Stop(step.kind, step.title, step.module_title, len(there), names, median_high(days)))
    return tuple(sorted(found, key=lambda stop: (-stop.people, -stop.half, stop.title)))


def _checks(db: Session, everybody: Collection[Following]) -> tuple[Check, ...]:
    """The checks that somebody made, in the order of their course."""
    results = {(one.course_slug, one.slug): one for one in check_results(db, [each.enrolment for each in everybody])}
    found: dict[Place, Check] = {}
    for edition_id in sorted({one.enrolment.edition_id for one in everybody}, reverse=True):
        outline = edition_of(db, edition_id).outline
        for module in outline.open_modules:
            if module.quiz is not None and (outline.slug, module.quiz.slug) in results:
                place = (outline.slug, module.quiz.slug)
                found.setdefault(place, Check(module.quiz.title, module.title, results[place]))
    return tuple(found.values())
