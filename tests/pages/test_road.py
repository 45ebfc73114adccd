"""Mijn traject: from the first lesson to being up to date."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from app.certification import actions, queries
from app.kit.localtime import instant
from app.meetings.rules import AnswerTo, Attendance, Mark
from app.people.actions.accounts import grant_role
from app.people.rules import Role
from app.practice.person_page import person_page
from app.theory.tables import LessonCompletion
from tests.conftest import START
from tests.page import Site, make_test_parts
from tests.people import make_person
from tests.trained import Training, finish_theory, in_training, sign_everything

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture
def training(site: Site) -> Training:
    with site.parts.database.writing() as db:
        return in_training(db, site.parts.storage, now=START)


def test_a_stranger_signs_in_first(site: Site) -> None:
    assert site.stranger().get("/traject", status=303).headers["location"].startswith("/inloggen")


def test_the_road_from_lesson_to_decision(site: Site, training: Training) -> None:
    noor = site.visitor(training.cast.noor.id)
    page = noor.get("/traject").text
    assert "Welkom Noor" in page
    assert "Open de les" in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert main.count('class="btn"') == 1  # one main action
    assert "Ruben Haddad" in page
    with site.parts.database.writing() as db:
        finish_theory(db, training, now=START)
    page = noor.get("/traject").text
    assert "Geef je groep door" in page
    with site.parts.database.writing() as db:
        sign_everything(db, training, now=START)
    page = noor.get("/traject").text
    assert "Knap Noor, alles is af" in page
    assert "Nu even wachten" in page
    with site.parts.database.writing() as db:
        actions.refuse(
            db, by=training.cast.fatma, enrolment_id=training.enrolment_id, reasons="Plan <b>mist</b>", now=START
        )
    page = noor.get("/traject").text
    assert "Plan &lt;b&gt;mist&lt;/b&gt;" in page
    assert "bezwaar maken tot en met 4 januari 2027" in page
    with site.parts.database.writing() as db:
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, anew=True, now=START)
    page = noor.get("/traject").text
    assert "jij bent trainer" in page
    assert "Bekijk je certificaat" in page
    assert "van 1 intervisie" in page or "intervisies" in page


def test_who_came_with_a_certificate_and_who_has_nothing(site: Site, training: Training, clock: MovableClock) -> None:
    with site.parts.database.writing() as db:
        daan, niek = (make_person(db, name, now=START) for name in ("Daan Verhoeven", "Niek Niets"))
        for person_id in (daan, niek):
            grant_role(db, by=None, person_id=person_id, role=Role.PROFESSIONAL, now=START)
        actions.take_over(
            db,
            by_id=training.cast.fatma.id,
            person_id=daan,
            intervention_id=training.intervention_id,
            since=date(2019, 2, 1),
            intervisions=1,
            now=START,
        )
    assert "Het handboek staat hier." in site.visitor(daan).get("/traject").text
    assert site.visitor(daan).get("/opleiding", status=303).headers["location"] == "/handboek/kort"
    handbook = site.visitor(daan).get("/handboek/kort").text
    assert "/opleiding/kort" not in handbook, "she may not open the course"
    assert 'href="/opleiding" aria-current="page"' in handbook
    place = site.visitor(daan).get("/zoeken?q=vorm").text.split('href="/handboek/kort/')[1].split('"')[0]
    slug, _, anchor = place.partition("#")
    script = site.visitor(daan).get(f"/handboek/kort/{slug}").text
    assert f'id="{anchor}"' in script
    assert "/opleiding/kort" not in script
    assert "Je volgt nu geen opleiding" in site.visitor(niek).get("/traject").text
    clock.advance(timedelta(days=700))
    assert "Je certificaat loopt tot en met 23 november 2028" in site.visitor(daan).get("/traject").text
    clock.advance(timedelta(days=60))  # in grace every sentence says the same: go on, and begin nothing
    page = site.visitor(daan).get("/traject").text
    assert "De verlenging van je certificaat loopt" in page
    assert "Begin geen nieuwe." in page
    assert [words for words in ("Geldig<", "loopt tot en met 23", "geldt tot en met 23") if words in page] == []
    clock.advance(timedelta(days=400))
    page = site.visitor(daan).get("/traject").text
    assert "je certificaat is verlopen" in page
    assert "Wil je weer verder?" in page


def test_no_button_leads_into_what_is_locked(site: Site, clock: MovableClock, tmp_path: Path) -> None:
    """By day and by days after the beginning: the home page and the course say when, and what can be done meanwhile."""
    folder = copytree(Path(__file__).parents[1] / "courses" / "lezen", tmp_path / "lezen")
    head = (folder / "course.yaml").read_text()
    begin = "    available: true\n    safety: true\n"
    assert begin in head
    (folder / "course.yaml").write_text(head.replace(begin, begin + "    opens_on: 2026-11-26\n"))
    with site.parts.database.writing() as db:
        training = in_training(db, site.parts.storage, now=START, folder=folder)

    def looks() -> tuple[str, str]:
        noor = site.visitor(training.cast.noor.id)
        home = noor.get("/traject").text.partition("<main")[2]
        course = noor.get("/opleiding/lezen").text.partition('class="hero"')[2].partition("split")[0]
        return home, course

    home, course = looks()
    assert "‘Veilig beginnen’ gaat open op donderdag 26 november" in " ".join(home.split())
    assert "Nu even wachten" in home
    assert "gaat open op donderdag 26 november" in course
    assert "/opleiding/lezen/" not in home + course
    clock.advance(timedelta(days=3))
    home, course = looks()
    assert 'class="btn" href="/opleiding/lezen/een-afspraak"' in home
    assert 'class="btn" href="/opleiding/lezen/een-afspraak"' in course
    with site.parts.database.writing() as db:
        finish_theory(db, training, now=clock.now())
        db.execute(delete(LessonCompletion).where(LessonCompletion.lesson_slug == "na-een-week"))
    home, course = looks()
    assert "Geef je groep door" in home  # what she can do meanwhile
    assert "‘Na een week’ gaat open op maandag 30 november." in home
    assert "Alles wat nu open is, heb je gedaan." in course
    assert "/opleiding/lezen/" not in home + course
    noor = site.visitor(training.cast.noor.id)
    assert noor.post("/opleiding/lezen/nog-een-les").headers["location"] == "/opleiding/lezen"
    with site.parts.database.reading() as db:
        noor_seen = person_page(db, training.cast.fatma, training.enrolment_id, now=clock.now())
    assert noor_seen.opens_on == date(2026, 11, 30)
    clock.advance(timedelta(days=4))
    home, course = looks()
    assert 'href="/opleiding/lezen/na-een-week"' in home
    assert 'href="/opleiding/lezen/na-een-week"' in course


def test_statements_do_not_grow_along_the_road(site: Site, training: Training) -> None:
    noor = site.visitor(training.cast.noor.id)
    noor.get("/traject")
    before = len(noor.statements)
    with site.parts.database.writing() as db:
        finish_theory(db, training, now=START)
        sign_everything(db, training, now=START)
    noor.get("/traject")
    assert len(noor.statements) <= before + 4  # dates and people that were not there before


def test_who_leads_the_meeting_of_today_finds_her_page_at_home(
    site: Site, training: Training, clock: MovableClock
) -> None:
    from tests.intervision import DAY, add_session, make_round, publish

    cast = training.cast
    with site.parts.database.writing() as db:
        round_id = make_round(db, cast.fatma, now=START)
        meeting_id = add_session(db, cast.fatma, round_id, now=START, facilitators=frozenset({cast.ruben.id}))
        publish(db, cast.fatma, round_id, cast.joris.id, now=START)
    hers = f'href="/gesprek/{meeting_id}"'
    assert hers not in site.visitor(cast.ruben.id).get("/traject").text
    for moment in (time(9), time(14)):  # before it and while it is on
        clock.set(instant(DAY, moment))
        assert hers in site.visitor(cast.ruben.id).get("/traject").text
        assert hers not in site.visitor(cast.joris.id).get("/traject").text
    clock.set(instant(DAY, time(17)))
    assert hers not in site.visitor(cast.ruben.id).get("/traject").text


def test_after_the_certificate_intervision_leads(site: Site, training: Training, clock: MovableClock) -> None:
    from app.intervision.actions import answering
    from app.intervision.actions import rounds as planned
    from app.intervision.inputs import RoundGiven
    from app.intervision.rules import Half
    from app.meetings.actions.attendance import mark_attendance
    from tests.intervision import add_session, place_of, publish

    cast = training.cast
    with site.parts.database.writing() as db:
        finish_theory(db, training, now=START)
        sign_everything(db, training, now=START)
        actions.grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, anew=True, now=START)
        given = RoundGiven(
            intervention=training.intervention_id, year=2026, half=Half.AUTUMN, signup_closes_on=date(2026, 12, 4)
        )
        round_id = planned.make_round(db, by=cast.fatma, given=given, now=START)
        meeting_id = add_session(db, cast.fatma, round_id, now=START)
        who = queries.invitees(db, training.intervention_id, START.date())
        assert publish(db, cast.fatma, round_id, *who.person_ids, now=START) == 1
        place_id = place_of(db, cast.noor.id, meeting_id)
    noor = site.visitor(cast.noor.id)
    assert "Kies je intervisie" in noor.get("/traject").text
    with site.parts.database.writing() as db:
        answering.answer(db, signup_id=place_id, answer=AnswerTo.YES, actor_id=cast.noor.id, now=START)
    page = noor.get("/traject").text
    assert "Je bent erbij op donderdag 10 december" in page
    assert "De Brede Brug" in page
    clock.set(START + timedelta(days=18))
    with site.parts.database.writing() as db:
        marks = {place_id: Mark(Attendance.PRESENT)}
        mark_attendance(db, by=cast.fatma, meeting_id=meeting_id, marks=marks, now=clock.now())
    noor = site.visitor(cast.noor.id)
    page = noor.get("/traject").text
    assert "Schrijf je leerpunt" in page
    assert "1 van 1 intervisie" in " ".join(page.split())
