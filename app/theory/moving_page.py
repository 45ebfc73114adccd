"""What an admin sees of an edition: what is new in it, who could move to it, and what that would do to each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.courses.changes import EditionLine, differences
from app.courses.comparing import Differences, LessonChange
from app.courses.editions import edition_of
from app.kit.db import fetch
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.theory.moving import BEHIND, Effect, among, edition_in, effects_of


@dataclass(frozen=True)
class Follower:
    """Somebody who follows an older edition."""

    enrolment_id: int
    person: PersonCard
    number: int


@dataclass(frozen=True)
class CohortFollowers:
    """The people of one cohort who follow an older edition."""

    id: int
    name: str
    people: tuple[Follower, ...]


@dataclass(frozen=True)
class EditionPage:
    """One edition: what is new in it, and who could move to it.

    `since`: the edition that `changes` compares with, None for the first. `changed`: the lessons that somebody who
    moves may have to read again, whichever older edition she comes from.
    """

    course_slug: str
    edition: EditionLine
    since: EditionLine | None
    changes: Differences | None
    newest: bool
    update_days: int
    cohorts: tuple[CohortFollowers, ...]
    changed: tuple[LessonChange, ...]

    @property
    def sample(self) -> bool:
        return self.edition.sample

    @property
    def people(self) -> tuple[Follower, ...]:
        return tuple(one for cohort in self.cohorts for one in cohort.people)


@dataclass(frozen=True)
class MoveLine:
    """What a move does to one person, to look at first."""

    person: PersonCard
    number: int
    effect: Effect


@dataclass(frozen=True)
class MovePage:
    """A move that was chosen and did not happen yet."""

    course_slug: str
    edition: EditionLine
    lines: tuple[MoveLine, ...]
    enrolment_ids: tuple[int, ...]
    lesson_slugs: tuple[str, ...]

    @property
    def sample(self) -> bool:
        return self.edition.sample


def edition_page(db: Session, viewer: Viewer, course_slug: str, number: int) -> EditionPage:
    """One edition with who follows an older one; the statements do not grow with the people. Raises: NotFound."""
    editions, edition = edition_in(db, viewer, course_slug, number)
    since = next((one for one in editions if one.number < number), None)
    rows = fetch(db, BEHIND, course=course_slug, number=number).all()
    people = cards(db, {row.person_id for row in rows})
    groups: dict[int, list[Follower]] = defaultdict(list)
    for row in rows:
        groups[row.cohort_id].append(Follower(row.id, people[row.person_id], row.number))
    return EditionPage(
        course_slug=course_slug,
        edition=edition,
        since=since,
        changes=differences(db, since.id, edition.id) if since else None,
        newest=edition is editions[0],
        update_days=edition_of(db, edition.id).policy.handbook_upgrade_days,
        cohorts=tuple(
            CohortFollowers(id_, name, tuple(sorted(groups[id_], key=lambda one: one.person.name)))
            for id_, name in {row.cohort_id: row.cohort for row in rows}.items()
        ),
        changed=_changed(db, {row.edition_id for row in rows}, edition.id),
    )


def move_page(
    db: Session,
    viewer: Viewer,
    course_slug: str,
    number: int,
    *,
    enrolment_ids: Collection[int],
    chosen: Collection[str],
    today: date,
) -> MovePage:
    """What would happen to each of these people. Raises: NotFound; Refused("nobody_to_move" | "too_many_to_move")."""
    _, edition = edition_in(db, viewer, course_slug, number)
    rows = among(fetch(db, BEHIND, course=course_slug, number=number).all(), enrolment_ids)
    people = cards(db, {row.person_id for row in rows})
    effects = effects_of(db, rows, edition.id, chosen, today=today)
    lines = [MoveLine(people[row.person_id], row.number, effects[row.id]) for row in rows]
    return MovePage(
        course_slug=course_slug,
        edition=edition,
        lines=tuple(sorted(lines, key=lambda line: line.person.name)),
        enrolment_ids=tuple(row.id for row in rows),
        lesson_slugs=tuple(sorted(chosen)),
    )


def _changed(db: Session, old_ids: Iterable[int], new_id: int) -> tuple[LessonChange, ...]:
    """The lessons that read differently for somebody, each once, in the order of the new edition."""
    found: dict[str, LessonChange] = {}
    for old_id in sorted(old_ids):
        for one in differences(db, old_id, new_id).lessons:
            if one.reads_differently:
                found.setdefault(one.slug, one)
    order = [lesson.slug for module in edition_of(db, new_id).outline.open_modules for lesson in module.lessons]
    return tuple(sorted(found.values(), key=lambda one: order.index(one.slug)))
