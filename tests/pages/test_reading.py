"""The page of a lesson with all that can stand in it, as a strict client sees it, also without a script."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import select, update

from app.certification.actions import take_over
from app.certification.keeping_up import deciding
from app.courses.tables import CourseImage, Enrolment
from app.people.actions.accounts import grant_role
from app.people.rules import Role
from app.theory import actions
from app.theory.moving import move
from app.theory.tables import LessonWork, ReadingPlace
from tests.checking import make_check
from tests.editing import OTHER_WORDS, Edits, publish_edited
from tests.page import SAME_ORIGIN, Site, Visitor, make_test_parts
from tests.people import make_person
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

COURSE: Final = Path(__file__).parents[1] / "courses" / "lezen"
LESSON: Final = "/opleiding/lezen/alles-in-een-les"
TEXT: Final = "modules/02-verder-lezen/01-alles-in-een-les.md"
EDITION_FILES: Final = "/opleiding/bestand/{edition}/{name}"
FILE_STATEMENTS: Final = 2
"""Who comes, and the file with whether she may read it; a trainer takes one more."""


class World:
    """Noor is past the first module."""

    def __init__(self, database: Database, data_dir: Path, clock: MovableClock) -> None:
        self.parts = make_test_parts(database, data_dir, clock)
        with database.writing() as db:
            self.training: Training = in_training(db, self.parts.storage, now=clock.now(), folder=COURSE)
            noor, now = self.training.cast.noor, clock.now()
            for slug in ("een-afspraak", "samen-iets-maken"):
                actions.finish_lesson(db, by=noor, course_slug="lezen", lesson_slug=slug, now=now)
            make_check(db, noor, "lezen", "toets-veilig-beginnen", now=now)
        self.site = Site(self.parts)
        self.noor = self.visitor("noor")

    def visitor(self, who: str) -> Visitor:
        return self.site.visitor(getattr(self.training.cast, who).id)

    def work(self) -> list[tuple[str, str]]:
        with self.parts.database.reading() as db:
            return [(row.kind, row.words) for row in db.execute(select(LessonWork.kind, LessonWork.words))]


@pytest.fixture
def world(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> World:
    return World(sqlite_database, data_dir, clock)


def test_without_a_script_all_of_it_works(world: World) -> None:
    page = world.noor.get(LESSON)
    for words in ("Een huis van gescheurd papier.", "Een bladzijde scheuren", "De kaart om uit te delen", "Jouw zin"):
        assert words in page.text
    assert "Goed gezien" not in page.text
    wrong = world.noor.post(LESSON, status=422)
    assert 'href="#f-kort"' in wrong.text
    world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"words": "Neem de tijd.", "version": ""})
    stale = world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"words": "Te laat.", "version": "0"}, status=422)
    assert "Neem de tijd." in stale.text
    assert "Te laat." in stale.text
    state = stale.text.partition('id="bewaard-jouw-zin"')[2].partition("</form>")[0]
    assert "Nog niet bewaard" in state  # true of the text above it, which is hers of now
    assert "Bewaard op" not in state
    long = world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"words": "x" * 5001, "version": "1"}, status=422).text
    assert "Er passen 5000 tekens in" in long
    assert "x" * 5001 in long
    assert re.search(r"<textarea[^>]* maxlength", long) is None  # a browser would cut it without a word
    world.noor.post(f"{LESSON}/vraag/eerste-reactie", {"eerste-reactie": "0"})
    assert "Goed gezien." in world.noor.get(LESSON).text
    for words, version, told in (("Te laat.", "0", "Neem de tijd."), ("x" * 5001, "1", "5000 tekens"), ("", "1", "")):
        given = {"shared": "true", "words": words, "version": version}
        not_shared = world.noor.post(f"{LESSON}/delen/jouw-zin", given, status=422).text
        assert told in not_shared
        assert "Laat mijn coach dit lezen" in not_shared
    assert ("reflection", "Neem de tijd.") in world.work()
    world.noor.post(f"{LESSON}/delen/jouw-zin", {"shared": "true"})
    ruben = world.visitor("ruben")
    person = f"/coach/mensen/{world.training.enrolment_id}"
    assert "Neem de tijd." not in world.visitor("fatma").get(person).text, "shared with the coach, not with the office"
    news = f'href="{person}#gedeeld"'
    assert "1 nieuwe tekst uit een les" in ruben.get("/coach").text
    assert news in ruben.get("/coach").text  # until her coach opened it; an admin who looks along changes nothing
    assert "Neem de tijd." in ruben.get(person).text
    assert news not in ruben.get("/coach").text
    world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"words": "Neem de tijd. Ook nu.", "version": "2"})
    assert news not in ruben.get("/coach").text
    world.noor.post(f"{LESSON}/delen/jouw-zin", {"shared": "false"})
    world.noor.post(f"{LESSON}/delen/jouw-zin", {"shared": "true"})
    assert news in ruben.get("/coach").text  # shared anew
    world.noor.post(f"{LESSON}/delen/jouw-zin", {"shared": "false"})
    assert news not in ruben.get("/coach").text
    assert "Neem de tijd." not in ruben.get(person).text
    assert "Neem de tijd." not in ruben.get(LESSON).text, "who looks along sees the question alone"


def test_what_the_page_sends_by_itself(world: World) -> None:
    kept = world.noor.post(f"{LESSON}/plek", {"anchor": "schrijf", "ago": "3"}, status=200)
    assert kept.json() == {"state": "kept"}
    for anchor in ("", "../x", "<b>", "a" * 101):
        world.noor.post(f"{LESSON}/plek", {"anchor": anchor, "ago": "0"}, status=422)
    for ago in ("-1", "x", str(10**12)):
        world.noor.post(f"{LESSON}/plek", {"anchor": "kijk", "ago": ago}, status=422)
    with world.parts.database.reading() as db:
        assert list(db.scalars(select(ReadingPlace.anchor))) == ["schrijf"]
    played = {"parts": ["0", "1"], "at": "1", "length": "3"}
    assert world.noor.post(f"{LESSON}/gespeeld/kort", played, status=200).json() == {"state": "kept", "done": False}
    for bad in ({"length": "0"}, {"length": "nan"}, {"parts": ["x"]}, {"parts": ["1"] * 401}, {"at": "inf"}):
        world.noor.post(f"{LESSON}/gespeeld/kort", played | bad, status=422)
    world.noor.post(f"{LESSON}/gespeeld/jouw-zin", played, status=404)
    world.noor.post(f"{LESSON}/schrijven/kort", {"words": "x", "version": ""}, status=404)
    assert world.work() == [("video", "")]


def test_the_open_page_of_somebody_who_is_moved(world: World) -> None:
    """What she types is kept or says why not, and what is gone says so, in her window of before."""
    htmx = SAME_ORIGIN | {"hx-request": "true", "hx-request-type": "partial"}

    def moved_to(edits: Edits, number: int) -> None:
        parts, now = world.parts, world.parts.clock.now()
        with parts.database.writing() as db:
            publish_edited(db, parts.storage, edits, now=now, folder=COURSE)
            own = [world.training.enrolment_id]
            fatma = world.training.cast.fatma
            move(
                db,
                by=fatma,
                course_slug="lezen",
                number=number,
                enrolment_ids=own,
                chosen={"een-afspraak"},
                deciding=partial(deciding, db),
                now=now,
            )

    def typed(words: str, version: str) -> str:
        given = {"words": words, "version": version, "whole": "typing"}
        told = world.noor.client.post(f"{LESSON}/schrijven/jouw-zin", data=given, headers=htmx)
        assert told.status_code == 200
        return told.text

    form = world.noor.get(LESSON).text
    assert f'name="edition" value="{world.training.edition_id}"' in form
    typed("Neem de tijd.", "")
    world.noor.post(f"{LESSON}/delen/jouw-zin", {"shared": "true"})
    assert "je coach leest mee" in typed("Neem de tijd. En wacht.", "2")
    emptied = typed("", "3")
    assert "Je coach leest hier ook niet meer mee." in emptied
    assert 'hx-swap-oob="true"' in emptied
    assert "Laat mijn coach dit lezen" in emptied
    whole = world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"version": "4", "whole": "typing"}, status=200)
    assert "Bewaard" in whole.text
    source = (COURSE / TEXT).read_text()
    place = source.index("::: reflectie")
    without = source[:place] + source[source.index(":::\n", place + 5) + 4 :]
    without = without.replace("jouw-zin, ", "")
    moved_to(OTHER_WORDS | {TEXT: without}, 2)
    kept = typed("Toch nog iets.", "4")
    assert 'id="bewaard-jouw-zin" data-kept' in kept
    assert 'value="5"' in kept
    world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"words": "En dit.", "version": "5"})
    assert "En dit." in world.noor.get("/opleiding/lezen/mijn/notities").text
    late = world.noor.post(f"{LESSON}/schrijven/jouw-zin", {"words": "Te laat.", "version": "5"}, status=422)
    assert "Te laat." in late.text
    assert "staat niet meer in de les" in late.text
    assert "staat niet meer in de les" in typed("Te laat.", "5")
    moved_to(OTHER_WORDS | {TEXT: without[: without.index("::: vraag")].replace(", eerste-reactie", "")}, 3)
    gone = world.noor.post(f"{LESSON}/vraag/eerste-reactie", {"eerste-reactie": "0"}, status=422)
    assert "staat niet meer zo in de les" in gone.text
    moved_to(OTHER_WORDS | {TEXT: None}, 4)
    for action, given, to in (
        ("", {}, "/opleiding/lezen"),
        ("/vraag/eerste-reactie", {"eerste-reactie": "0"}, "/opleiding/lezen"),
        ("/notitie", {"anchor": "", "words": "Onthouden."}, "/opleiding/lezen/mijn/notities"),
    ):
        assert world.noor.post(LESSON + action, given).headers["location"] == to
    assert "Onthouden." in world.noor.get("/opleiding/lezen/mijn/notities").text
    first = world.noor.post("/opleiding/lezen/een-afspraak", {"edition": str(world.training.edition_id), "ago": "60"})
    assert first.headers["location"] == "/opleiding/lezen/een-afspraak"
    assert "Deze les is vernieuwd terwijl jij hem las." in world.noor.get("/opleiding/lezen/een-afspraak").text


def test_a_script_sends_as_somebody_and_hears_what_came_of_it(world: World) -> None:
    """What a device kept is taken from its owner alone, and what is not taken is told."""
    noor, other = world.training.cast.noor.id, world.training.cast.ruben.id
    hers = {"accept": "application/json", "x-person": str(noor)}
    told = world.noor.post(LESSON, {"ago": "60"}, status=422, headers=hers).json()
    assert told == {"state": "refused", "why": "blocks_first", "at": "blok-kort"}
    write, words = f"{LESSON}/schrijven/jouw-zin", {"words": "Neem de tijd.", "version": ""}
    for path, given in ((LESSON, {}), (f"{LESSON}/plek", {"anchor": "schrijf"}), (write, words)):
        answer = world.noor.post(path, given, status=409, headers=hers | {"x-person": str(other)})
        assert "iemand anders ingelogd" in answer.text
    assert world.work() == []
    assert world.noor.post(write, words, status=200, headers=hers).json() == {"state": "kept"}
    assert world.noor.post(write, words | {"words": "Anders."}, status=422, headers=hers).json() == {"state": "stale"}
    assert world.work() == [("reflection", "Neem de tijd.")]
    first = "/opleiding/lezen/een-afspraak"
    assert world.noor.post(first, {"ago": "60"}, status=200, headers=hers).json() == {"state": "done"}


def test_who_is_measured_reads_so_first(world: World, clock: MovableClock) -> None:
    told, counts = "Deze opleiding telt je leesminuten", "data-measured"
    page = world.noor.get(LESSON).text
    assert told in page
    assert counts in page
    for who in ("ruben", "fatma"):
        seen = world.visitor(who).get(LESSON).text
        assert (told in seen, counts in seen) == (False, False)
    clock.advance(timedelta(minutes=3))
    assert world.noor.post(f"{LESSON}/actief", {"seconds": "60", "ago": "0"}, status=200).json() == {"state": "kept"}
    for bad in ({"seconds": "0"}, {"seconds": "20000"}, {"seconds": "x"}, {"ago": "-1"}, {"more": "1"}):
        world.noor.post(f"{LESSON}/actief", {"seconds": "60", "ago": "0"} | bad, status=422)
    page = world.noor.get(LESSON).text
    assert (told in page, counts in page) == (False, True), "once is enough"
    assert "telt je leesminuten, tot nu toe 1." in world.noor.get("/opleiding/lezen").text
    assert "Hoelang de lessen duren" in world.visitor("fatma").get("/beheer/opleidingen/lezen/vragen").text


def test_films_come_in_parts_and_papers_are_only_saved(world: World) -> None:
    place = EDITION_FILES.format(edition=world.training.edition_id, name="kort.webm")
    film = world.noor.client.get(place, headers={"range": "bytes=4-9"})
    assert film.status_code == 206
    assert film.headers["content-range"].startswith("bytes 4-9/")
    assert film.headers["content-type"] == "video/webm"
    assert "sandbox" in film.headers["content-security-policy"]
    paper = world.noor.get(place.replace("kort.webm", "kaart.pdf"))
    assert paper.headers["content-disposition"].startswith("attachment")
    assert world.noor.get(place.replace("kort.webm", "kort.vtt")).text.startswith("WEBVTT")
    for name in ("weg.webm", "..%2fcourse.yaml", "course.yaml"):
        world.noor.get(place.replace("kort.webm", name), status=404)


def test_files_and_pictures_are_for_who_may_read_the_course(world: World, clock: MovableClock) -> None:
    """Whose training, coach, author; a trainer of its handbook too. Others find nothing, as with the course itself."""
    given, cast = world.training, world.training.cast
    with world.parts.database.writing() as db:
        picture = db.scalars(select(CourseImage.name).where(CourseImage.edition_id == given.edition_id).limit(1)).one()
        aya = make_person(db, "Aya Sato", now=clock.now())
        grant_role(db, by=None, person_id=aya, role=Role.AUTHOR, now=clock.now())
    paths = (
        EDITION_FILES.format(edition=given.edition_id, name="kaart.pdf"),
        f"/opleiding/beeld/{given.edition_id}/{picture}",
    )

    def tries(visitor: Visitor, status: int = 200) -> list[int]:
        counts = []
        for path in paths:
            answer = visitor.get(path, status=status)
            counts.append(len(visitor.statements))
            assert status != 200 or answer.headers["cache-control"].startswith("private, max-age=31536000")
        return counts

    everybody = tries(world.noor) + tries(world.visitor("ruben")) + tries(world.visitor("fatma"))
    assert max(everybody + tries(world.site.visitor(aya))) <= FILE_STATEMENTS
    for who in ("joris", "sanne"):
        tries(world.visitor(who), 404)
    with world.parts.database.writing() as db:
        since = clock.now().date()
        take_over(
            db, by_id=cast.fatma.id, person_id=cast.joris.id, intervention_id=given.intervention_id,
            since=since, intervisions=0, now=clock.now(),
        )  # fmt: skip
    assert max(tries(world.visitor("joris"))) <= FILE_STATEMENTS + 1
    with world.parts.database.writing() as db:
        db.execute(update(Enrolment).values(withdrawn_at=clock.now()))
    tries(world.noor, 404)


def test_what_is_locked_says_why_and_leads_there(world: World) -> None:
    page = world.noor.get("/opleiding/lezen/na-een-week")
    assert "Deze module is nog dicht" in page.text
    assert "Nu ben je hier." not in page.text
    assert "Nu ben je hier." not in world.noor.get("/opleiding/lezen/module/later").text
    assert "Gaat open op" in world.noor.get("/opleiding/lezen").text
    world.noor.post("/opleiding/lezen/na-een-week", status=422)
    world.noor.post("/opleiding/lezen/na-een-week/notitie", {"anchor": "", "words": "x"}, status=422)
    world.noor.post("/opleiding/lezen/na-een-week/plek", {"anchor": "kijk", "ago": "0"}, status=409)
    assert "Nu ben je hier." in world.visitor("fatma").get("/opleiding/lezen/na-een-week").text


def test_searching_leads_to_the_paragraph(world: World) -> None:
    page = world.noor.get("/zoeken?q=aantekenigen")
    assert "<mark>aantekeningen</mark>" in page.text
    anchor = page.text.split(f'href="{LESSON}#')[1].split('"')[0]
    assert f'id="{anchor}"' in world.noor.get(LESSON).text
    assert "Niets gevonden over ‘qqqq’" in world.noor.get("/zoeken?q=qqqq").text
    for odd in ("%00", "%3Cscript%3E", "a" * 3000):
        world.noor.get(f"/zoeken?q={odd}", status=400 if odd == "%00" else 200)
    assert "Nog niets om in te zoeken" in world.visitor("sanne").get("/zoeken").text
