"""What an admin sees of an edition: what is new in it, who could move to it, and what that would do to each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.courses.changes import EditionLine, differences
from app.courses.comparing import Differences, LessonChange
from app.courses.editions import edition_of
from app.kit.db import fetch
from app.people.queries import cards
from app.people.rules import PersonCard, Viewer
from app.theory.moving import BEHIND, Deciding, Effect, among, edition_in, effects_of, held_back


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
    """What a move does to one person, to look at first.

    `waits_since`: she waits for a decision about her certificate, which the move would put off. `toggle`: the address
    of the same page with her going along after all, or staying after all.
    """

    person: PersonCard
    number: int
    effect: Effect
    enrolment_id: int
    waits_since: date | None = None
    toggle: str = ""


@dataclass(frozen=True)
class Choice:
    """Who is chosen to move, and what is read again, as it stands in an address. People are named by enrolment."""

    groups: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    lessons: tuple[str, ...] = ()
    also: frozenset[int] = frozenset()

    @property
    def query(self) -> str:
        """The choice as it stands in an address."""
        named = {"group": self.groups, "who": self.people, "read": self.lessons, "also": sorted(self.also)}
        given = {name: ",".join(str(one) for one in all_) for name, all_ in named.items() if all_}
        return urlencode({"do": "look"} | given, safe=",")

    def turned(self, enrolment_id: int) -> Choice:
        """The same, where somebody who waits for a decision goes along after all, or stays after all."""
        return replace(self, also=self.also ^ {enrolment_id})


@dataclass(frozen=True)
class MovePage:
    """A move that was chosen and did not happen yet. `held`: who stays, since she waits for a decision."""

    course_slug: str
    edition: EditionLine
    lines: tuple[MoveLine, ...]
    held: tuple[MoveLine, ...]
    choice: Choice

    @property
    def sample(self) -> bool:
        return self.edition.sample

    @property
    def also(self) -> tuple[int, ...]:
        """Who goes along although she waits."""
        return tuple(line.enrolment_id for line in self.lines if line.waits_since is not None)


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
    choice: Choice,
    deciding: Deciding,
    today: date,
) -> MovePage:
    """What would happen to each of these people. Raises: NotFound; Refused("nobody_to_move" | "too_many_to_move")."""
    _, edition = edition_in(db, viewer, course_slug, number)
    behind = fetch(db, BEHIND, course=course_slug, number=number).all()
    wanted = {*choice.people, *(row.id for row in behind if row.cohort_id in choice.groups)}
    rows = among(behind, wanted)
    people = cards(db, {row.person_id for row in rows})
    effects = effects_of(db, rows, edition.id, choice.lessons, today=today)
    waits = held_back(effects, deciding)
    place = f"/beheer/opleidingen/{course_slug}/edities/{number}/verplaatsen?"
    lines = [
        MoveLine(
            people[row.person_id],
            row.number,
            effects[row.id],
            row.id,
            waits.get(row.id),
            place + choice.turned(row.id).query if row.id in waits else "",
        )
        for row in rows
    ]
    lines.sort(key=lambda line: line.person.name)
    stays = waits.keys() - choice.also
    return MovePage(
        course_slug=course_slug,
        edition=edition,
        lines=tuple(line for line in lines if line.enrolment_id not in stays),
        held=tuple(line for line in lines if line.enrolment_id in stays),
        choice=choice,
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
