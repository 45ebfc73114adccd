"""Nothing of one side before the other is in: through every page, every letter and every copy of data.

Noor and Ruben look at the same work. Each leaves marks in whatever words there are; everybody who is concerned then
opens every address of the program, before the other side is in and after.
"""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.courses.editions import edition_of
from app.main import all_entries
from app.people.actions import own_data
from app.people.queries import own_export, viewer_for
from app.people.tables import Export
from app.practice import inputs
from app.practice.actions import assessing, records, reflections
from app.practice.rules.forms import Answer, Check, Observation, checks_of, criteria_of
from app.practice.rules.reflections import NEEDED
from app.practice.tables.coaching import Assessment
from app.practice.tables.work import Preparation
from app.worker.run import run_due
from tests.authz.steps import fresh
from tests.authz.tries import path_of
from tests.authz.world import World, make_world
from tests.page import Site, make_test_parts

if TYPE_CHECKING:
    from pathlib import Path

    from app.courses.rules import AssignmentDefinition, Rubric
    from app.kit.clock import MovableClock
    from app.kit.db import Database

WHO: Final = ("noor", "ruben", "els", "fatma", "sanne")
HERS: Final = ("zelf-merk",)
HIS: Final = ("oordeel-merk", "sterk-merk", "groei-merk", "afspraak-merk", "anders-merk")
LEVELS: Final = {"noor": 1, "ruben": 4}
BARS: Final = ("Ruben: Overtuigend", "Noor: Nog niet")
"""How these levels are said of a bar; no other work in the world has them."""
PART: Final = {"hx-request": "true", "hx-request-type": "partial"}
GONE: Final = "account.download"


@pytest.fixture
def told(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> tuple[Site, World]:
    """The world a week on: the visit to Noor's third assignment was yesterday, and nobody wrote anything yet."""
    parts = make_test_parts(sqlite_database, data_dir, clock)
    world = make_world(parts, clock)
    clock.advance(timedelta(days=8))
    world.things["record"] = world.things["own_record"]
    return Site(parts), world


def hand_in(site: Site, world: World) -> None:
    """Noor's side: her note, and the lowest level on everything."""
    now, record = site.parts.clock.now(), world.things["record"]
    definition, rubric = _form_of(world, site)
    with site.parts.database.writing() as db:
        noor = viewer_for(db, world.people["noor"])
        words = dict.fromkeys(NEEDED, "Dit mag haar coach al lezen") | {"version": 1}
        reflections.keep_reflection(
            db, by=noor, record_id=record, given=inputs.Reflection.model_validate(words), now=now
        )
        version = db.get_one(Preparation, record).draft_version
        scores = {f"self_{one.code}": LEVELS["noor"] for one in criteria_of(definition, rubric)}
        given = inputs.self_view(definition, rubric).model_validate(scores | {"note": HERS[0], "version": version})
        records.submit(db, by=noor, record_id=record, given=given, now=now)


def observe(site: Site, world: World, *, whole: bool) -> None:
    """Ruben's side: words everywhere, and the highest level on everything."""
    now, record = site.parts.clock.now(), world.things["record"]
    definition, rubric = _form_of(world, site)
    seen = Observation(
        scores={one.code: LEVELS["ruben"] for one in criteria_of(definition, rubric)},
        notes={one.code: HIS[0] for one in criteria_of(definition, rubric)},
        checks={one.slug: Check(Answer.ON_PURPOSE, HIS[4]) for one in checks_of(definition, rubric)},
        strong=(HIS[1],),
        growing=(HIS[2],),
        agreements=(HIS[3],),
    )
    with site.parts.database.writing() as db:
        ruben = fresh(db, world.people["ruben"], now)
        version = db.scalar(select(Assessment.version).where(Assessment.record_id == record))
        assessing.save_observation(db, by=ruben, record_id=record, given=seen, version=version, whole=whole, now=now)


def _form_of(world: World, site: Site) -> tuple[AssignmentDefinition, Rubric]:
    with site.parts.database.reading() as db:
        edition = edition_of(db, world.things["edition"])
        return dict(edition.assignments)[world.things["assignment"]], edition.rubric


def marks_seen(site: Site, world: World, who: str) -> dict[str, set[str]]:
    """Which marks somebody meets where: every address, every mail to her, the copy of her data."""
    visitor = site.visitor(world.people[who])
    found: dict[str, set[str]] = {}

    def look(where: str, text: str) -> None:
        if marks := {mark for mark in HERS + HIS + BARS if mark in text}:
            found[where] = marks

    for entry in all_entries():
        if entry.method == "GET" and entry.name != GONE:
            path = path_of(entry.path, entry.name, world)
            for headers in ({}, PART) if who in {"noor", "ruben"} else ({},):
                look(entry.name, visitor.client.get(path, headers=headers, follow_redirects=False).text)
    run_due(site.parts.work)
    for mail in (site.parts.settings.data_dir / "mail").glob("*.eml"):
        text = mail.read_text()
        if f"{who}@demo.example" in text:
            look("mail", text)
    look("copy", _copy(site, world, who))
    return found


def _copy(site: Site, world: World, who: str) -> str:
    """The copy of somebody's own data, with the scores in it as marks."""
    now = site.parts.clock.now()
    with site.parts.database.writing() as db:
        viewer = fresh(db, world.people[who], now)
        own_data.ask_export(db, by=viewer, now=now)
    run_due(site.parts.work)
    with site.parts.database.reading() as db:
        newest = db.scalars(select(func.max(Export.id)).where(Export.person_id == viewer.id)).one()
        key = own_export(db, viewer, newest, now=now)
    with zipfile.ZipFile(BytesIO(site.parts.storage.get(key))) as packed:
        return packed.read("gegevens.json").decode() + packed.read("lees-mij.html").decode()


def _without(found: dict[str, set[str]], marks: tuple[str, ...]) -> dict[str, set[str]]:
    return {where: seen & set(marks) for where, seen in found.items() if seen & set(marks)}


def test_what_the_coach_saw_is_hidden_until_she_handed_in(told: tuple[Site, World]) -> None:
    site, world = told
    observe(site, world, whole=True)
    for who in WHO:
        if who != "ruben":
            assert _without(marks_seen(site, world, who), HIS + BARS) == {}, who
    assert set().union(*marks_seen(site, world, "ruben").values()) == set(HIS)


def test_what_she_scored_is_hidden_until_her_coach_is_done(told: tuple[Site, World]) -> None:
    """A draft that is not whole yet opens nothing, for neither of the two."""
    site, world = told
    hand_in(site, world)
    observe(site, world, whole=False)
    for who in WHO:
        found = marks_seen(site, world, who)
        assert _without(found, BARS) == {}, who
        if who != "noor":
            assert _without(found, HERS) == {}, who
        if who != "ruben":
            assert _without(found, HIS) == {}, who
    assert "practice.record" in _without(marks_seen(site, world, "noor"), HERS)


def test_once_both_are_in_the_two_see_both_and_others_nothing(told: tuple[Site, World]) -> None:
    site, world = told
    hand_in(site, world)
    observe(site, world, whole=True)
    hers, his = marks_seen(site, world, "noor"), marks_seen(site, world, "ruben")
    assert hers["practice.talk"] >= set(HIS[:4])
    assert _without(his, HERS).keys() >= {"practice.talk", "coach.review"}
    for page in ("practice.record", "practice.profile"):
        assert BARS[0] in hers[page]
        assert set(BARS) <= his[page]
    for who in ("els", "sanne"):
        assert marks_seen(site, world, who) == {}, who
