"""Searching: the same on both databases, by stem, inside compounds, with slips, and only in what is hers to read."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import delete, insert, select

from app.certification import keeping_up
from app.certification.actions import grant, take_over
from app.courses.actions import indexing
from app.courses.commands import publish_folder
from app.courses.index import Passage, Vocabulary, index_of, look_up
from app.courses.tables import CourseEdition, Lesson, SearchEntry, SearchTerm
from app.kit.localtime import local_day
from app.kit.stems import stems
from app.kit.storage import ObjectStorage, folder
from app.theory import updating
from app.theory.handbook import Held, session_page
from app.theory.lesson_page import lesson_page
from app.theory.search import search_page
from app.theory.updates import update_lesson
from app.worker.run import run_due
from tests.domain.test_at_once import at_once
from tests.editing import OTHER_SCRIPT, OTHER_WORDS, publish_edited
from tests.page import make_test_parts
from tests.trained import Training, in_training, make_ready

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer

ROOT: Final = Path(__file__).parents[2]
COURSE: Final = ROOT / "tests" / "courses" / "lezen"
NOTHING: Final = Held(frozenset())


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: ObjectStorage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now(), folder=COURSE)


@pytest.mark.parametrize(
    "typed, found",
    [
        ("aantekeningen", "aantekeningen"),  # as it stands
        ("aantekening", "aantekeningen"),  # by its stem
        ("BIJEENKOMST", "intervisiebijeenkomsten"),  # inside a compound
        ("intervisie", "intervisiebijeenkomsten"),
        ("cafe", "café"),  # without its accent
        ("café", "café"),
        ("aantekenigen", "aantekeningen"),  # a letter lacks
        ("aantkeeningen", "aantekeningen"),  # two are swapped
        ("halverwege stoppen", "halverwege"),  # two words in one paragraph
    ],
)
def test_what_is_found(database: Database, training: Training, typed: str, found: str) -> None:
    with database.reading() as db:
        hits = look_up(db, training.edition_id, typed, most=10)
    assert any(found in hit.passage.words for hit in hits), [hit.passage.words for hit in hits]
    assert hits[0].passage.slug == "alles-in-een-les"


@pytest.mark.parametrize("typed", ["", "   ", "de het een", "zzzzzz", "%_'\"\\", "{{7*7}}", "x" * 5000])
def test_nothing_is_nothing(database: Database, training: Training, typed: str) -> None:
    with database.reading() as db:
        assert look_up(db, training.edition_id, typed, most=10) == []


def test_each_finds_what_she_may_read(
    database: Database, training: Training, storage: ObjectStorage, clock: MovableClock
) -> None:
    cast, today = training.cast, local_day(clock.now())
    with database.writing() as db:
        publish_folder(db, ROOT / "courses" / "mijn-verhaal", storage=storage, now=clock.now())
    with database.reading() as db:
        locked = search_page(db, cast.noor, "aantekeningen", NOTHING, today=today)
        assert locked.found == (), "the module is locked for her"
        place, *_ = search_page(db, cast.fatma, "aantekeningen intervisiebijeenkomsten", NOTHING, today=today).found
        assert place.href.startswith("/opleiding/lezen/alles-in-een-les#p-")
        assert [text for text, meant in place.pieces if meant] == ["intervisiebijeenkomsten", "aantekeningen"]
        assert search_page(db, cast.noor, "meldcode", NOTHING, today=today).found == (), "another course"
        assert search_page(db, cast.fatma, "meldcode", NOTHING, today=today).found
        script = search_page(db, cast.fatma, "jaszak", NOTHING, today=today).found
        assert any((one.kind == "session" and "#vorm-" in one.href) or "#stap-" in one.href for one in script)
        nobody = search_page(db, cast.sanne, "meldcode", NOTHING, today=today)
        assert (nobody.found, nobody.courses) == ((), False)


def test_what_is_left_out_takes_no_place_of_what_may_be_read(database: Database, training: Training) -> None:
    words = "Een krokodil op het droge."
    passages = [Passage("lesson", f"dicht-{n}", "Dicht", "p-1", words) for n in range(60)]
    edition = training.edition_id
    with database.writing() as db:
        for table in (SearchEntry, SearchTerm):
            db.execute(delete(table).where(table.edition_id == edition))
        db.add_all(index_of(edition, [*passages, Passage("lesson", "open", "Open", "p-1", words)]))
        db.flush()
        shut = {("lesson", one.slug) for one in passages}
        assert [hit.passage.slug for hit in look_up(db, edition, "krokodil", most=5, without=shut)] == ["open"]


def test_trainers_find_the_newest_handbook_and_what_they_read_again(
    database: Database, storage: ObjectStorage, clock: MovableClock
) -> None:
    """Noor did the training here, Joris was taken over; each finds what opens for her, and nothing else."""
    now, today = clock.now(), local_day(clock.now())
    with database.writing() as db:
        training = make_ready(db, storage, now=now)
        cast = training.cast
        grant(db, by=cast.fatma, enrolment_id=training.enrolment_id, now=now)
        take_over(
            db,
            by_id=cast.fatma.id,
            person_id=cast.joris.id,
            intervention_id=training.intervention_id,
            since=today - timedelta(days=300),
            intervisions=0,
            now=now,
        )
        publish_edited(db, storage, OTHER_SCRIPT | OTHER_WORDS, now=now)

    def found(who: Viewer, typed: str, on: date = today) -> dict[str, str]:
        with database.reading() as db:
            held = keeping_up.held_by(db, who.id, on)
            page = search_page(db, who, typed, held, today=on)
            for one in page.found:
                slug = one.href.partition("#")[0].rpartition("/")[2]
                if one.href.startswith("/handboek/kort/"):
                    assert session_page(db, who, "kort", slug, held).slug == slug
                elif one.href.startswith("/bijlezen/"):
                    assert update_lesson(db, who, int(one.href.split("/")[2]), slug)[0].title == one.title
                else:
                    assert lesson_page(db, who, "kort", slug, today=on).title == one.title
            return {one.href: "".join(text for text, _ in one.pieces) for one in page.found}

    for who in (cast.noor, cast.joris):
        [(href, words)] = [one for one in found(who, "vormen").items() if "#stap-" in one[0]]
        assert href.startswith("/handboek/kort/eerste-keer#stap-")
        assert "twee vormen" in words
    assert all(one.startswith("/handboek/") for typed in ("afspraak", "begin") for one in found(cast.joris, typed))
    own = {href: words for href, words in found(cast.noor, "afspraak begin").items() if "een-afspraak" in href}
    assert own
    assert all(href.startswith("/opleiding/kort/een-afspraak") for href in own)
    with database.writing() as db:
        people = keeping_up.trainers(db, training.intervention_id, today)
        updating.ask(
            db,
            by=cast.fatma,
            course_slug="kort",
            number=2,
            chosen=[("lesson", "een-afspraak")],
            trainers=people,
            now=now,
        )
    for who in (cast.noor, cast.joris):
        again = {href: words for href, words in found(who, "begin zin").items() if "een-afspraak" in href}
        assert any("/les/een-afspraak#p-" in href and "Eén zin aan het begin" in words for href, words in again.items())
        assert all(href.startswith("/bijlezen/") for href in again), "of the two editions only the newer one"
    late = today + timedelta(days=3000)
    assert not [one for one in found(cast.joris, "vormen", late) if one.startswith("/handboek/")]
    assert all("één vorm" in words for href, words in found(cast.noor, "vormen", late).items() if "#stap-" in href)


def test_a_short_word_is_looked_for_as_a_whole() -> None:
    known = Vocabulary(("les", "tafeltjes", "lessen", "spiegel", "gel"))
    assert list(known.meanings("les")) == ["les"]
    assert known.parted("tafellessen") == ("tafellessen",)
    assert known.parted("spiegellessen") == ("spiegel", "lessen")  # a compound that no text has
    assert known.meanings("gelxq") == {}
    endings = Vocabulary(("veilig", "vergeten"))
    for slip in ("veilgheid", "veilighied", "veiligheit"):  # their ending hides their stem
        assert list(endings.meanings(slip)) == ["veilig"]
    assert stems("De lessen over foto’s") == {"les", "over", "foto"}


def indexed(db: Session, edition_id: int) -> tuple[list[Any], list[Any]]:
    entries = select(SearchEntry.number, SearchEntry.kind, SearchEntry.slug, SearchEntry.anchor, SearchEntry.words)
    terms = select(SearchTerm.term, SearchTerm.entries).where(SearchTerm.edition_id == edition_id)
    of_it = entries.where(SearchEntry.edition_id == edition_id).order_by(SearchEntry.number)
    return [*map(tuple, db.execute(of_it))], [*map(tuple, db.execute(terms.order_by(SearchTerm.term)))]


def make_index(db: Session, edition_id: int) -> int:
    return indexing.keep_index(db, edition_id, indexing.made_index(db, edition_id))


def test_an_edition_from_before_gets_the_same_index(database: Database, training: Training) -> None:
    own = SearchEntry.edition_id == training.edition_id
    with database.writing() as db:
        before = indexed(db, training.edition_id)
        assert indexing.without_index(db) == []
        db.execute(delete(SearchEntry).where(own))
        db.execute(delete(SearchTerm).where(SearchTerm.edition_id == training.edition_id))
    again = [lambda db: make_index(db, training.edition_id)] * 3
    assert at_once(database, again) == {"done": 3}  # harmless twice, also at once
    with database.reading() as db:
        assert indexed(db, training.edition_id) == before
        assert indexing.without_index(db) == []


def test_the_night_makes_the_index_that_lacks(
    database: Database, data_dir: Path, clock: MovableClock, training: Training
) -> None:
    with database.writing() as db:
        before = indexed(db, training.edition_id)
        for table in (SearchEntry, SearchTerm):
            db.execute(delete(table).where(table.edition_id == training.edition_id))
    run_due(make_test_parts(database, data_dir, clock).work)
    with database.reading() as db:
        assert indexed(db, training.edition_id) == before


def test_what_was_stored_without_ids_is_found_under_its_heading(database: Database, training: Training) -> None:
    """As the program of before stored it: only headings have an id, and nothing was noted of paragraphs."""
    with database.writing() as db:
        edition_id = _stored_before(db, training.edition_id)
        assert indexing.without_index(db) == [edition_id]
        assert make_index(db, edition_id) > 0
        (hit,) = look_up(db, edition_id, "intervisiebijeenkomsten", most=1)
        html = db.scalars(
            select(Lesson.html).where(Lesson.edition_id == edition_id, Lesson.slug == hit.passage.slug)
        ).one()
    assert "intervisiebijeenkomsten" in hit.passage.words
    assert f'id="{hit.passage.anchor}"' in html


def _stored_before(db: Session, edition_id: int) -> int:
    """The same edition once more, without the ids of paragraphs."""
    made = row_of(db, CourseEdition, edition_id)
    del made["id"]
    number = made["number"] + 1
    new = db.execute(
        insert(CourseEdition).values(**(made | {"number": number})).returning(CourseEdition.id)
    ).scalar_one()
    for lesson_id in db.scalars(select(Lesson.id).where(Lesson.edition_id == edition_id)).all():
        lesson = row_of(db, Lesson, lesson_id)
        del lesson["id"]
        html = re.sub(r' id="p-[^"]*"', "", lesson["html"])
        db.execute(insert(Lesson).values(**(lesson | {"edition_id": new, "html": html, "passages": []})))
    return new


def row_of(db: Session, table: Any, id_: int) -> dict[str, Any]:
    return dict(db.execute(select(*table.__table__.columns).where(table.id == id_)).mappings().one())
