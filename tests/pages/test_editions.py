"""The page of an edition: what is new in it, who may move to it, and what that does before it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from app.certification.actions import grant
from app.certification.keeping_up import trainers
from app.courses.actions import cohorts
from app.courses.tables import Cohort, Enrolment
from app.kit.localtime import local_day
from app.theory import updating
from app.theory.tables import ChangedLesson, UpdateItem, UpdateTask
from app.upkeep.invariants import invariants
from tests.editing import LAST_WORDS, MAKING, OTHER_WORDS, publish_edited
from tests.practising import VISIT_AT, make_group
from tests.trained import Training, finish_theory, in_training, sign_everything

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from tests.page import Site

EDITION = "/beheer/opleidingen/kort/edities/2"


@pytest.fixture
def training(site: Site, clock: MovableClock) -> Training:
    parts = site.parts
    with parts.database.writing() as db:
        training = in_training(db, parts.storage, now=clock.now())
        finish_theory(db, training, now=clock.now())
        publish_edited(db, parts.storage, OTHER_WORDS, now=clock.now())
    return training


def test_an_admin_looks_first_and_then_moves(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    page = fatma.get(EDITION)
    assert "Vergeleken met editie 1." in page.text
    assert "Anders: de tekst" in " ".join(page.text.split())
    assert "De hele groep: 1 persoon" in page.text
    place = f"{EDITION}/verplaatsen?do=look&group={training.cohort_id}&read=een-afspraak"
    look = fatma.get(place)
    assert "Er is nog niets gebeurd." in look.text
    assert "Theorie gaat weer open" in look.text
    with site.parts.database.reading() as db:
        assert db.scalars(select(ChangedLesson.id)).all() == []
    again = fatma.get(place.replace("/verplaatsen", ""))
    assert f'value="{training.cohort_id}" checked' in again.text
    chosen = {"who": training.enrolment_id, "read": "een-afspraak", "do": "move", "form_key": "k" * 20}
    for _ in range(2):  # a double press
        assert fatma.post(EDITION + "/verplaatsen", chosen).headers["location"] == EDITION
    assert fatma.get(place, status=303).headers["location"] == EDITION  # back in the browser
    assert "Wie je koos, is al verplaatst." in fatma.get(EDITION).text
    with site.parts.database.reading() as db:
        assert db.scalars(select(ChangedLesson.lesson_slug)).all() == ["een-afspraak"]
        assert db.get_one(Enrolment, training.enrolment_id).edition_id != training.edition_id
    assert "Iedereen is bij" in fatma.get(EDITION).text
    noor = site.visitor(training.cast.noor.id)
    assert "Een afspraak" in noor.get("/traject").text


def test_who_comes_back_to_a_group_that_moved_comes_along(site: Site, training: Training, clock: MovableClock) -> None:
    cast, fatma, now = training.cast, site.visitor(training.cast.fatma.id), clock.now()
    with site.parts.database.writing() as db:
        cohorts.withdraw(db, by=cast.fatma, cohort_id=training.cohort_id, enrolment_id=training.enrolment_id, now=now)
        people = [cast.joris.id]
        (other,) = cohorts.enrol(db, by=cast.fatma, cohort_id=training.cohort_id, person_ids=people, now=now)
    fatma.post(EDITION + "/verplaatsen", {"who": other, "read": "een-afspraak", "do": "move"})
    with site.parts.database.writing() as db:  # who has her certificate stays where she was trained
        done = update(Enrolment).where(Enrolment.id == other)
        db.execute(done.values(edition_id=training.edition_id, completed_at=now))
    both = {"person_ids": [cast.noor.id, cast.joris.id]}
    fatma.post(f"/beheer/opleidingsgroepen/{training.cohort_id}/mensen", both)
    with site.parts.database.reading(snapshot=True) as db:
        mine = db.get_one(Enrolment, training.enrolment_id)
        assert (mine.withdrawn_at, mine.edition_id) == (None, db.get_one(Cohort, training.cohort_id).edition_id)
        assert mine.edition_id != training.edition_id == db.get_one(Enrolment, other).edition_id
        again = db.execute(select(ChangedLesson.enrolment_id, ChangedLesson.lesson_slug)).all()
        assert [tuple(row) for row in again] == [(training.enrolment_id, "een-afspraak")]
        assert invariants(db) == []


def test_who_waits_for_a_decision_is_shown_apart(site: Site, training: Training, clock: MovableClock) -> None:
    fatma, mine = site.visitor(training.cast.fatma.id), training.enrolment_id
    place = f"{EDITION}/verplaatsen?do=look&who={mine}&read=een-afspraak"
    assert "naar editie 2" in fatma.get(place).text
    with site.parts.database.writing() as db:
        sign_everything(db, training, now=clock.now())
    page = fatma.get(place)
    assert "Nog niemand naar editie 2" in page.text
    assert "op een besluit over het certificaat" in page.text
    assert 'value="move"' not in page.text
    given = {"who": mine, "read": "een-afspraak", "do": "move"}
    page = fatma.post(EDITION + "/verplaatsen", given, status=422)  # as it was before she was ready
    assert "Er kwam iemand bij die op een besluit wacht." in page.text
    page = fatma.get(place + f"&also={mine}")
    assert "1 persoon naar editie 2" in page.text
    assert "Laat toch op de eigen editie" in page.text
    assert fatma.post(EDITION + "/verplaatsen", given | {"also": mine}).headers["location"] == EDITION
    with site.parts.database.reading() as db:
        assert db.scalars(select(ChangedLesson.lesson_slug)).all() == ["een-afspraak"]


def test_an_admin_leaves_everybody_on_their_edition_and_takes_it_back(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    waits = "1 persoon volgt nog een oudere editie"
    assert waits in fatma.get("/beheer").text
    page = fatma.post(EDITION + "/blijven", {"about": "people", "reason": " "}, status=422)
    assert "Waarom: Dit vakje is nog leeg." in page.text
    assert '<details open><summary class="tapline">Laat iedereen' in page.text
    given = {"about": "people", "reason": "Alleen een tikfout."}
    assert fatma.post(EDITION + "/blijven", given).headers["location"] == EDITION + "#mensen"
    page = fatma.get(EDITION)
    assert "Iedereen blijft op de eigen editie." in page.text
    assert "Alleen een tikfout." in page.text
    assert "De hele groep: 1 persoon" in page.text  # one by one she may still move
    assert waits not in fatma.get("/beheer").text
    assert "Dat is al besloten." in fatma.post(EDITION + "/blijven", given, status=422).text
    fatma.post(EDITION + "/blijven/terug", {"about": "people"})
    fatma.post(EDITION + "/blijven", {"about": "niemand", "reason": "x"}, status=422)
    fatma.post(EDITION + "/blijven/terug", {"about": "niemand"}, status=422)
    assert "Iedereen blijft op de eigen editie." not in fatma.get(EDITION).text
    assert waits in fatma.get("/beheer").text


def test_choosing_nobody_or_nonsense_comes_back(site: Site, training: Training) -> None:
    fatma = site.visitor(training.cast.fatma.id)
    for given in ({}, {"do": "move"}, {"who": "999"}):
        page = fatma.post(EDITION + "/verplaatsen", given, status=422)
        assert "Kies minstens één persoon of groep." in page.text
    assert "Kies minstens één persoon of groep." in fatma.get(EDITION + "/verplaatsen?do=look", status=422).text
    assert fatma.get(EDITION + "/verplaatsen", status=303).headers["location"] == EDITION
    fatma.get(EDITION + "?utm=1&who=x&group=")
    fatma.get(EDITION + "/verplaatsen?who=x", status=422)
    fatma.post(EDITION + "/verplaatsen", {"who": "x"}, status=422)
    fatma.get("/beheer/opleidingen/kort/edities/9/verplaatsen", status=404)
    fatma.get("/beheer/opleidingen/kort/edities/9", status=404)
    fatma.get("/beheer/opleidingen/weg/edities/1", status=404)
    first = fatma.get("/beheer/opleidingen/kort/edities/1")
    assert "Dit is de eerste editie." in first.text
    site.visitor(training.cast.ruben.id).get(EDITION, status=403)


def test_the_script_of_a_date_has_the_times_of_that_day(site: Site, training: Training, clock: MovableClock) -> None:
    cast = training.cast
    with site.parts.database.writing() as db:
        first, last = make_group(db, cast.noor, now=clock.now())
    noor, ruben = site.visitor(cast.noor.id), site.visitor(cast.ruben.id)
    for date in (first, last):  # the handbook has one meeting
        assert '<h1 lang="nl">De eerste keer</h1>' in noor.get(f"/groep/data/{date}/draaiboek").text
    assert ">13.35<" in noor.get(f"/groep/data/{first}/draaiboek").text
    page = noor.get(f"/handboek/kort/eerste-keer?datum={first}")
    assert ">13.35<" in page.text
    assert "Donderdag 3 december 2026" in page.text
    for who, other in ((noor, "x"), (noor, "9" * 40), (ruben, str(first))):
        assert ">0.05<" in who.get(f"/handboek/kort/eerste-keer?datum={other}").text
    ruben.get(f"/groep/data/{first}/draaiboek", status=404)
    assert "Draaiboek van vandaag" not in noor.get("/groep").text
    clock.set(VISIT_AT)
    noor = site.visitor(cast.noor.id)
    assert f"/groep/data/{first}/draaiboek" in noor.get("/traject").text
    assert "Draaiboek van vandaag" in noor.get("/groep").text


def test_who_reads_while_a_newer_edition_comes_is_led_on(site: Site, training: Training, clock: MovableClock) -> None:
    """Her page, and the link in an older letter, are of a task that another one replaced."""
    parts, cast, now = site.parts, training.cast, clock.now()
    with parts.database.writing() as db:
        sign_everything(db, training, now=now)
        grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=now)
        publish_edited(db, parts.storage, LAST_WORDS, now=now)
        who = trainers(db, training.intervention_id, local_day(now))
        chosen = {("lesson", "een-afspraak")}
        updating.ask(db, by=cast.fatma, course_slug="kort", number=3, chosen=chosen, trainers=who, now=now)
        old = db.scalars(select(UpdateTask.id)).one()
    noor, joris = site.visitor(cast.noor.id), site.visitor(cast.joris.id)
    place = f"/bijlezen/{old}/les/een-afspraak"
    assert "Gelezen" in noor.get(place).text
    with parts.database.writing() as db:
        publish_edited(db, parts.storage, OTHER_WORDS | {MAKING: ("Groot of klein", "Klein of groot")}, now=now)
        updating.ask(db, by=cast.fatma, course_slug="kort", number=4, chosen=chosen, trainers=who, now=now)
        (new,) = db.scalars(select(UpdateTask.id).where(UpdateTask.replaced_at.is_(None)))
    assert noor.post(place).headers["location"] == f"/bijlezen/{new}"
    assert "Er kwam een nieuwere editie. Dit lees je nu." in noor.get(f"/bijlezen/{new}").text
    for path in (place, f"/bijlezen/{old}", f"/bijlezen/{old}/verder"):
        assert noor.get(path, status=303).headers["location"] == f"/bijlezen/{new}"
        joris.get(path, status=404)
    with parts.database.reading() as db:
        assert db.scalars(select(UpdateItem.read_at)).all() == [None, None]
