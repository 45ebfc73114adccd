"""The pages of somebody who learns: course, lesson, check and handbook; and who may look along."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select

from app.courses.commands import publish_folder
from app.courses.editions import edition_of
from app.courses.tables import CourseEdition
from app.ledger.tables import LedgerEvent
from app.theory.tables import LessonCompletion, QuizAttempt
from tests.page import Site, Visitor, make_test_parts
from tests.support.again import again
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

WHOLE: Final = Path(__file__).parents[2] / "courses" / "mijn-verhaal"
SECOND: Final = Path(__file__).parents[2] / "courses" / "het-verhaal-van"
COURSE: Final = "/opleiding/kort"
LESSON: Final = f"{COURSE}/een-afspraak"
QUIZ: Final = f"{COURSE}/toets/toets-veilig-beginnen"
HANDBOOK: Final = "/handboek/kort"
PAGES: Final = (COURSE, LESSON, QUIZ, HANDBOOK, f"{HANDBOOK}/eerste-keer")
RIGHT: Final = {"k1": "0", "k2": "1", "number": "1", "version": "1"}


class World:
    """Noor follows the tiny course; Mijn Verhaal is published too, and nobody follows it."""

    def __init__(self, database: Database, data_dir: Path, clock: MovableClock) -> None:
        self.parts = make_test_parts(database, data_dir, clock)
        storage, now = self.parts.storage, clock.now()

        def make() -> Training:
            training = in_training(db, storage, now=now)
            publish_folder(db, WHOLE, storage=storage, now=now)
            return training

        with database.writing() as db:
            self.training = again(db, storage, ("beside the whole course", now), make)
        self.site = Site(self.parts)
        self.noor = self.site.visitor(self.training.cast.noor.id)

    def count(self, what: type[LessonCompletion | QuizAttempt | LedgerEvent]) -> int:
        with self.parts.database.reading() as db:
            return db.scalar(select(func.count()).select_from(what)) or 0


@pytest.fixture
def world(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> World:
    return World(sqlite_database, data_dir, clock)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_way_through_a_course(world: World) -> None:
    noor = world.noor
    assert noor.get("/opleiding", status=303).headers["location"] == COURSE
    page = noor.get(COURSE)
    assert "Begin met ‘Een afspraak’" in re.sub(r"<[^>]+>", "", page.text)
    assert "0 van 2 lessen klaar" in page.text
    assert "Voorbeeldinhoud" in page.text
    assert "wacht" in text_of(page.text)
    lesson = noor.get(LESSON)
    assert '<h2 id="zo-doe-je-het">' in lesson.text
    assert "Les 1 van 2" in text_of(lesson.text)
    on = noor.post(LESSON)
    assert on.headers["location"] == f"{COURSE}/samen-iets-maken"
    assert "Klaar, naar de toets" in noor.follow(on).text
    on = noor.post(f"{COURSE}/samen-iets-maken")
    assert on.headers["location"] == QUIZ
    assert "Vraag 1 van 2" not in noor.follow(on).text
    assert "Vraag 1 van 2" in noor.follow(noor.post(f"{QUIZ}/begin")).text
    on = noor.post(QUIZ, RIGHT)
    assert on.headers["location"] == f"{QUIZ}/poging/1"
    result = noor.follow(on)
    assert "Gehaald" in result.text
    assert "Passen mag altijd, zonder reden." in result.text
    assert "Je theorie is klaar." in noor.get(COURSE).text
    assert world.count(LessonCompletion) == 2
    assert "Deze toets heb je gehaald." in noor.get(QUIZ).text


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_signs_in_first(world: World, path: str) -> None:
    assert world.site.stranger().get(path, status=303).headers["location"].startswith("/inloggen?next=")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["joris", "sanne"])
def test_who_does_not_follow_it_finds_nothing(world: World, path: str, who: str) -> None:
    visitor = world.site.visitor(getattr(world.training.cast, who).id)
    visitor.get(path, status=404)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["fatma", "ruben"])
def test_admins_and_coaches_look_along(world: World, path: str, who: str) -> None:
    visitor = world.site.visitor(getattr(world.training.cast, who).id)
    page = visitor.get(path).text
    assert "Klaar, volgende les" not in page
    assert "Kijk mijn antwoorden na" not in page


def test_who_looks_along_leaves_no_trace(world: World) -> None:
    cast = world.training.cast
    before = world.count(LedgerEvent)
    for who in (cast.fatma, cast.ruben):
        visitor = world.site.visitor(who.id)
        visitor.post(LESSON, status=403)
        visitor.post(f"{QUIZ}/begin", status=403)
        visitor.post(QUIZ, RIGHT, status=403)
        visitor.get(f"{QUIZ}/poging/1", status=403)
    joris = world.site.visitor(cast.joris.id)
    joris.post(LESSON, status=404)
    joris.post(f"{QUIZ}/begin", status=404)
    joris.post(QUIZ, RIGHT, status=404)
    world.site.stranger().post(LESSON)
    assert (world.count(LessonCompletion), world.count(QuizAttempt)) == (0, 0)
    assert world.count(LedgerEvent) == before


@pytest.mark.parametrize(
    "path",
    [
        "/opleiding/weg",
        f"{COURSE}/weg",
        f"{COURSE}/toets/weg",
        f"{QUIZ}/poging/1",
        f"{QUIZ}/poging/{2**63}",
        "/handboek/weg",
        f"{HANDBOOK}/weg",
        "/opleiding/beeld/1/weg.webp",
        f"/opleiding/beeld/{2**63}/weg.webp",
        "/opleiding/beeld/1/..%2f..%2facademie.db",
    ],
)
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    world.noor.get(path, status=404)


def test_the_list_is_honest(world: World) -> None:
    cast = world.training.cast
    assert "Nog geen opleiding" in world.site.visitor(cast.joris.id).get("/opleiding").text
    both = world.site.visitor(cast.fatma.id).get("/opleiding").text
    assert "Mijn Verhaal" in both
    assert "Kort traject" in both


def test_every_lesson_of_mijn_verhaal_is_a_whole_page(world: World) -> None:
    fatma = world.site.visitor(world.training.cast.fatma.id)
    course = fatma.get("/opleiding/mijn-verhaal").text
    assert "We schrijven nog aan deze module" not in course
    links = sorted(set(re.findall(r'href="(/opleiding/mijn-verhaal/[^"]+)"', course)))
    assert len(links) == 24 + 7 + 10  # lessons, checks, modules to print
    scripts = re.findall(r'href="(/handboek/mijn-verhaal/[^"]+)"', fatma.get("/handboek/mijn-verhaal").text)
    assert len(set(scripts)) == 9
    for link in {*links, *scripts}:
        fatma.get(link)
    assert '<b>0.00</b><span class="muted"> – 0.10<' in fatma.get("/handboek/mijn-verhaal/kennismaken").text


def test_a_second_course_stands_on_its_own(world: World, clock: MovableClock) -> None:
    """With its own form, its own numbers and its own words: nothing is tied to one course."""
    with world.parts.database.writing() as db:
        edition_id = publish_folder(db, SECOND, storage=world.parts.storage, now=clock.now())
        edition = edition_of(db, edition_id)
    assert (edition.policy.theory_pass_mark_pct, edition.policy.certificate_validity_months) == (75, 24)
    assert not {one.code for one in edition.rubric.criteria} & {"BW1", "EP1", "VE1", "SC1"}
    fatma = world.site.visitor(world.training.cast.fatma.id)
    course = fatma.get("/opleiding/het-verhaal-van").text
    links = set(re.findall(r'href="(/(?:opleiding|handboek)/het-verhaal-van/[^"]+)"', course))
    assert len(links) == 6 + 2 + 3
    for link in links:
        fatma.get(link)


def test_pictures_stay_in_the_browser(world: World) -> None:
    with world.parts.database.reading() as db:
        edition_id = db.scalars(select(CourseEdition.id).where(CourseEdition.title == "Mijn Verhaal")).one()
    path = f"/opleiding/beeld/{edition_id}/werk-huis.webp"
    lesson = "/opleiding/mijn-verhaal/afspraken-maken-met-de-groep"
    fatma = world.site.visitor(world.training.cast.fatma.id)
    assert f'src="{path}"' in fatma.get(lesson).text
    picture = fatma.get(path)
    assert picture.content == (WHOLE / "images" / "werk-huis.webp").read_bytes()
    assert picture.headers["content-type"] == "image/webp"
    assert picture.headers["cache-control"] == "private, max-age=31536000, immutable"
    world.noor.get(path, status=404)  # she follows another course
    assert world.site.stranger().get(path, status=303).headers["location"].startswith("/inloggen")


def test_a_page_asks_the_database_little(world: World) -> None:
    counts = {path: _statements(world.noor, path) for path in PAGES}
    assert max(counts.values()) <= 20, counts


def _statements(visitor: Visitor, path: str) -> int:
    visitor.get(path)
    return len(visitor.statements)


def test_in_english_the_dutch_of_the_course_is_marked_as_dutch(world: World) -> None:
    world.noor.post("/account", {"name": "Noor de Wit", "phone": "", "language": "en"})
    page = world.noor.get(COURSE).text
    assert '<html lang="en"' in page
    assert '<h1 lang="nl">' in page
    assert 'class="prose prose--page" lang="nl">' in world.noor.get(LESSON).text
    assert page.count("De opleiding is in het Nederlands") + page.count("This course is in Dutch") == 1
    world.noor.post(f"{QUIZ}/begin")
    assert '<legend><span lang="nl">' in world.noor.get(QUIZ).text
