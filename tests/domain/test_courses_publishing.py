"""Publishing: the same content is the same edition, a change is a new one, and nothing changes afterwards."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.courses.commands import CourseBroken, publish_folder
from app.courses.editions import edition_of
from app.courses.queries import interventions
from app.courses.tables import Course, CourseEdition, CourseImage, HandbookSession, Lesson, PracticalAssignment, Quiz
from app.kit.errors import Refused
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from tests.editing import PROMISE, Edits, at_once, publish_edited

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

ROOT: Final = Path(__file__).parents[2]
SHORT: Final = ROOT / "tests" / "courses" / "kort"
WHOLE: Final = ROOT / "courses" / "mijn-verhaal"


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


def publish(database: Database, course: Path, storage: ObjectStorage, clock: MovableClock) -> int:
    with database.writing() as db:
        return publish_folder(db, course, storage=storage, now=clock.now())


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    """A copy of the tiny course to change."""
    return Path(shutil.copytree(SHORT, tmp_path / "kort"))


def test_an_edition_holds_everything(database: Database, storage: ObjectStorage, clock: MovableClock) -> None:
    edition_id = publish(database, WHOLE, storage, clock)
    with database.reading() as db:
        edition = db.get_one(CourseEdition, edition_id)
        assert (edition.number, edition.title, edition.sample) == (1, "Mijn Verhaal", True)
        lessons = db.scalars(select(Lesson).order_by(Lesson.position)).all()
        assert len(lessons) == 24
        assert lessons[0].slug == "zo-werkt-deze-opleiding"
        assert all(lesson.html and lesson.source for lesson in lessons)
        assert db.scalar(select(func.count(Quiz.id))) == 7
        assert db.scalar(select(func.count(PracticalAssignment.id))) == 3
        assert db.scalar(select(func.count(HandbookSession.id))) == 9
        outline = edition_of(db, edition_id).outline
        assert outline.open_modules == outline.modules
        assert len(outline.modules) == 10
        assert outline.modules[2].safety
        assert edition_of(db, edition_id).policy.certificate_validity_months == 36
        rubric = edition_of(db, edition_id).rubric
        assert len(rubric.criteria) == 12
        assert {element.slug for element in rubric.core_elements} >= {"veiligheid", "eindpresentatie"}
        definitions = [definition for _, definition in edition_of(db, edition_id).assignments]
        assert [definition.code for definition in definitions] == ["PO1", "PO2", "PO3"]
        assert definitions[-1].final
        assert [one.slug for one in interventions(db)] == ["mijn-verhaal"]
        (event,) = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "courses.published"))
        assert event.subject_id == edition_id


def test_what_was_rolled_back_is_not_kept_in_memory(
    database: Database, storage: ObjectStorage, clock: MovableClock, spare: Path
) -> None:
    """On SQLite the next edition gets the id of the one that never was."""
    with suppress(StopIteration), database.writing() as db:
        lost = publish_folder(db, WHOLE, storage=storage, now=clock.now())
        assert edition_of(db, lost).outline.slug == "mijn-verhaal"
        with db.begin_nested():
            pass  # the end of a part is not the end of the whole
        raise StopIteration
    with database.writing() as db:
        made = publish_folder(db, spare, storage=storage, now=clock.now())
        assert edition_of(db, made).outline.slug == "kort"
    with database.reading() as db:
        assert edition_of(db, made).outline.slug == "kort"


def test_pictures_are_stored_once(database: Database, storage: ObjectStorage, clock: MovableClock) -> None:
    publish(database, WHOLE, storage, clock)
    with database.reading() as db:
        images = db.scalars(select(CourseImage)).all()
    assert {image.name for image in images} == {path.name for path in (WHOLE / "images").iterdir()}
    for image in images:
        assert hashlib.sha256(storage.get(image.storage_key)).hexdigest() == image.sha256
        assert image.width > 100


def test_the_same_content_is_the_same_edition(database: Database, storage: ObjectStorage, clock: MovableClock) -> None:
    first = publish(database, SHORT, storage, clock)
    clock.advance(timedelta(days=1))
    assert publish(database, SHORT, storage, clock) == first
    with database.reading() as db:
        assert db.scalar(select(func.count(CourseEdition.id))) == 1
        assert db.scalar(select(func.count(Lesson.id))) == 2
        assert db.scalar(select(func.count(LedgerEvent.id)).where(LedgerEvent.action == "courses.published")) == 1


def test_any_change_is_a_new_edition(
    database: Database, storage: ObjectStorage, clock: MovableClock, spare: Path
) -> None:
    first = publish(database, spare, storage, clock)
    lesson = spare / "modules" / "01-veilig-beginnen" / "01-een-afspraak.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("Ze begint bij de deur", "Ze begint buiten"), "utf-8")
    second = publish(database, spare, storage, clock)
    assert second != first
    with database.reading() as db:
        assert db.scalar(select(func.count(Course.id))) == 1
        assert db.scalars(select(CourseEdition.number).order_by(CourseEdition.number)).all() == [1, 2]
        old = db.scalars(select(Lesson.intro).where(Lesson.edition_id == first, Lesson.position == 1)).one()
        assert "deur" in old


def test_a_course_keeps_its_intervention_and_names_no_other(
    database: Database, storage: ObjectStorage, clock: MovableClock
) -> None:
    """The first course of an intervention says what it is called; each course stays where it was made."""
    with database.writing() as db:
        publish_edited(db, storage, {}, now=clock.now())
        head = (SHORT / "course.yaml").read_text(encoding="utf-8")
        head = head.replace("intervention_name: Kort", "intervention_name: Anders")
        publish_edited(db, storage, {"course.yaml": head.replace("slug: kort\n", "slug: tweede\n")}, now=clock.now())
        assert [one.name for one in interventions(db)] == ["Kort traject"]
        publish_edited(db, storage, {"course.yaml": head}, now=clock.now())
        assert [one.name for one in interventions(db)] == ["Anders traject"]
    elsewhere: Edits = {"course.yaml": ("intervention: kort\n", "intervention: elders\n")}
    with pytest.raises(Refused, match="course_of_another"), database.writing() as db:
        publish_edited(db, storage, elsewhere, now=clock.now())
    with database.reading() as db:
        assert [one.slug for one in interventions(db)] == ["kort"]


def test_two_first_editions_at_once(database: Database, storage: ObjectStorage, clock: MovableClock) -> None:
    """Of one slug and of one intervention: both are kept, one after the other."""

    def made(slug: str, words: str) -> int:
        with database.writing() as db:
            edits: Edits = {"course.yaml": ("slug: kort\n", f"slug: {slug}\n"), PROMISE: ("Eén afspraak aan", words)}
            return publish_edited(db, storage, edits, now=clock.now())

    ids = at_once([partial(made, slug, words) for slug in ("een", "twee") for words in ("Dit aan", "Dat aan")])
    assert len(set(ids)) == 4
    with database.reading() as db:
        assert sorted(db.scalars(select(CourseEdition.number))) == [1, 1, 2, 2]
        assert len(interventions(db)) == 1


def test_a_broken_course_is_not_published(
    database: Database, storage: ObjectStorage, clock: MovableClock, spare: Path
) -> None:
    (spare / "policy.yaml").unlink()
    with pytest.raises(CourseBroken) as refused:
        publish(database, spare, storage, clock)
    assert "policy.yaml" in str(refused.value)
    with database.reading() as db:
        assert db.scalar(select(func.count(CourseEdition.id))) == 0


def test_an_edition_never_changes(database: Database, storage: ObjectStorage, clock: MovableClock) -> None:
    publish(database, SHORT, storage, clock)
    with pytest.raises((DatabaseError, IntegrityError)), database.writing() as db:
        db.execute(update(CourseEdition).values(title="Anders"))
