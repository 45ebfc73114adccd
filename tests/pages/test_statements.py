"""How many statements a page asks: the same for one row as for many, and never more than today.

performance.md sets the goals that stand beside the numbers; a number here may only go down towards its goal.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from app.courses.actions import coaching, cohorts
from app.courses.tables import Cohort
from app.people.queries import viewer_for
from tests.authz.world import World, make_world
from tests.page import Site, Visitor, make_test_parts
from tests.people import make_person

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts

MANY: Final = 12
PAGES: Final = {
    # name: who looks, where, the most statements that it may take, and the goal
    "home": ("mina", "/traject", 8, 8),
    "home of who is trainer and in training": ("noor", "/traject", 9, 9),
    "course": ("noor", "/opleiding/{course}", 8, 8),
    "lesson": ("noor", "/opleiding/{course}/{lesson}", 5, 6),
    "talk after the work": ("noor", "/praktijk/{record}/nagesprek", 7, 7),
    "profile of who grows": ("noor", "/praktijk/{record}/profiel", 8, 7),
    "coach queue": ("daan", "/coach", 8, 8),
    "cohort": ("fatma", "/beheer/opleidingsgroepen/{cohort}", 11, 10),
    "progress of a cohort": ("fatma", "/beheer/opleidingsgroepen/{cohort}/voortgang", 9, 10),
    "progress of a coach": ("daan", "/coach/voortgang", 8, 10),
    "open practice": ("fatma", "/beheer/praktijk", 16, 12),
    "people table": ("fatma", "/beheer/mensen", 11, 11),
    "work list": ("fatma", "/beheer", 45, 10),
}
MARK_DONE: Final = 5  # goal: 5


@pytest.fixture
def told(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> tuple[Parts, World]:
    parts = make_test_parts(sqlite_database, data_dir, clock)
    return parts, make_world(parts, clock)


def counted(site: Site, world: World, who: str, path: str) -> int:
    visitor: Visitor = site.visitor(world.people[who])
    visitor.get(path.format(**world.things))  # the first look also reads the edition, once for each process
    visitor.get(path.format(**world.things))
    return len(visitor.statements)


def crowd(parts: Parts, world: World, clock: MovableClock) -> None:
    """More people in Noor's cohort, coached by Daan."""
    now = clock.now()
    with parts.database.writing() as db:
        fatma = viewer_for(db, world.people["fatma"])
        people = [
            make_person(db, f"Extra{number} Mens", now=now, organisation=f"Stichting {number}")
            for number in range(MANY)
        ]
        cohort = world.things["cohort"]
        db.get_one(Cohort, cohort).seats = 100
        db.flush()
        enrolments = cohorts.enrol(db, by=fatma, cohort_id=cohort, person_ids=people, now=now)
        for person_id in people:
            cohorts.confirm_enrolments(db, person_id=person_id, now=now)
        coaching.assign_coaches(db, by=fatma, enrolment_ids=enrolments, coach_id=world.people["daan"], now=now)


def test_pages_stay_below_their_number_and_do_not_grow(told: tuple[Parts, World], clock: MovableClock) -> None:
    parts, world = told
    site = Site(parts)
    few = {name: counted(site, world, who, path) for name, (who, path, *_) in PAGES.items()}
    crowd(parts, world, clock)
    clock.advance(timedelta(minutes=1))
    many = {name: counted(site, world, who, path) for name, (who, path, *_) in PAGES.items()}
    assert many == few
    assert {name: found for name, found in many.items() if found > PAGES[name][2]} == {}


def test_marking_a_lesson_done_asks_little(told: tuple[Parts, World]) -> None:
    parts, world = told
    visitor = Site(parts).visitor(world.people["mina"])
    lesson = f"/opleiding/{world.things['course']}/{world.things['lesson']}"
    visitor.get(lesson)
    visitor.post(lesson)
    assert len(visitor.statements) <= MARK_DONE, "\n".join(visitor.statements)
