"""Somebody is halfway a lesson when she is moved to an edition that changed it. On both databases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select

from app.certification.keeping_up import deciding
from app.courses.queries import enrolment_facts
from app.kit.errors import NotFound
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.theory import actions, inputs, lessons
from app.theory.done import done_by
from app.theory.lesson_parts import Asked, Playable, Reflecting
from app.theory.lessons import Spot
from app.theory.moving import move
from app.theory.notebook import notebook_page
from app.theory.shared import shared_words
from app.theory.tables import ChangedLesson, LessonCompletion, LessonNote, LessonWork, ReadingPlace
from app.upkeep.invariants import invariants
from tests.domain.test_theory_reading import (
    ASKED,
    COURSE,
    FILM,
    LESSON,
    WORDS,
    answer,
    code_of,
    finish,
    page_of,
    part,
    play,
    through_the_first_module,
    write,
)
from tests.editing import OTHER_WORDS, THIRD_LESSON, Edits, publish_edited
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

FIRST: Final = "een-afspraak"
MORE_BEFORE: Final[Edits] = {"modules/01-veilig-beginnen/03-afscheid.md": THIRD_LESSON}
TEXT: Final = "modules/02-verder-lezen/01-alles-in-een-les.md"
RIGHT: Final = """  - text: Ik blijf zitten en wacht even.
    right: true
    feedback: Ja. Rust eerst.
"""
WRONG: Final = """  - text: Ik haal water.
    right: false
    feedback: Dat mag straks.
"""
THIRD: Final = """  - text: Ik ga weg.
    right: false
    feedback: Nee.
"""
OTHER_ORDER: Final = (RIGHT + WRONG, WRONG + RIGHT + THIRD)
OTHER_WHY: Final = ("feedback: Dat mag straks.", "feedback: Dat kan ook later.")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: Storage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now(), folder=COURSE)


class Story:
    """Noor past the first module, and newer editions that she is moved to."""

    def __init__(self, database: Database, storage: Storage, training: Training, clock: MovableClock) -> None:
        self.database, self.storage, self.training, self.clock = database, storage, training, clock
        self.editions = 1

    def past_the_first(self) -> None:
        with self.database.writing() as db:
            through_the_first_module(db, self.training, self.clock)

    def words(self, db: Session) -> set[str]:
        page = notebook_page(db, self.training.cast.noor, "lezen")
        written = {one.words for lesson in page.lessons for one in lesson.written}
        return written | {one.words for lesson in page.lessons for one in lesson.notes}

    def writes(self, db: Session) -> list[Callable[[], object]]:
        """Everything that she can do in a lesson."""
        by, now, at = self.training.cast.noor, self.clock.now(), Spot("lezen", LESSON)
        return [
            lambda: lessons.keep_place(db, by=by, at=at, given=inputs.Place(anchor="kijk"), now=now),
            lambda: write(db, self.training, self.clock, "Van mij.", None),
            lambda: answer(db, self.training, self.clock, "0"),
            lambda: play(db, self.training, self.clock, 0.0, 3.0),
            lambda: lessons.save_note(db, by=by, at=at, given=inputs.Note(words="Mijn notitie."), now=now),
            lambda: finish(db, self.training, LESSON, self.clock),
        ]

    def of_another_course(self) -> int:
        with self.database.writing() as db:
            return publish_edited(db, self.storage, {}, now=self.clock.now())

    def moved_to(self, edits: Edits, chosen: frozenset[str] = frozenset()) -> int:
        self.editions += 1
        with self.database.writing() as db:
            edition_id = publish_edited(db, self.storage, edits, now=self.clock.now(), folder=COURSE)
            move(
                db,
                by=self.training.cast.fatma,
                course_slug="lezen",
                number=self.editions,
                enrolment_ids=[self.training.enrolment_id],
                chosen=chosen,
                deciding=partial(deciding, db),
                now=self.clock.now(),
            )
        return edition_id


@pytest.fixture
def story(database: Database, storage: Storage, training: Training, clock: MovableClock) -> Story:
    story = Story(database, storage, training, clock)
    story.past_the_first()
    return story


def test_an_answer_counts_for_the_question_that_was_asked(story: Story) -> None:
    database, given = story.database, (story.training, story.clock)
    with database.writing() as db:
        answer(db, *given, "1")
    story.moved_to({TEXT: OTHER_WHY})
    with database.reading() as db:
        assert part(page_of(db, *given), Asked).chosen == (1,), "the same question, with another why"
    story.moved_to({TEXT: OTHER_ORDER})
    with database.writing() as db:
        assert (part(page_of(db, *given), Asked).chosen, part(page_of(db, *given), Asked).right) == ((), None)
        answer(db, *given, "1")
        assert part(page_of(db, *given), Asked).right
        answer(db, *given, "2")
        assert db.scalars(select(LessonWork.facts)).one() == {"chosen": [2], "tries": 2}
    story.moved_to({TEXT: (RIGHT + WRONG, WRONG + RIGHT)})  # without the place that she chose
    with database.reading() as db:
        asked = part(page_of(db, *given), Asked)
        assert (asked.chosen, asked.right, asked.done) == ((), None, True), "what was done stays done"


def test_another_kind_of_block_under_the_same_name(story: Story) -> None:
    database, given, noor = story.database, (story.training, story.clock), story.training.cast.noor
    source = (COURSE / TEXT).read_text()
    question = source[source.index("::: vraag") : source.index("## Tot slot")]
    with database.writing() as db:
        answer(db, *given, "0")
        write(db, *given, "Wat ik eerst schreef.", None)
    story.moved_to({TEXT: (question, "::: reflectie eerste-reactie Eerst\nWat doe jij eerst?\n:::\n\n")})
    with database.writing() as db:
        now = [one for one in page_of(db, *given).parts if isinstance(one, Reflecting) and one.id == ASKED.block_id]
        assert [(one.words, one.done) for one in now] == [("", True)]
        words = inputs.Words(words="Eerst kijken.", version=now[0].version)
        lessons.keep_words(db, by=noor, at=ASKED, given=words, now=story.clock.now())
        lessons.share_words(db, by=noor, at=ASKED, given=inputs.Sharing(shared=True), now=story.clock.now())
    with database.writing() as db:
        written = {one.words for lesson in notebook_page(db, noor, "lezen").lessons for one in lesson.written}
        assert written == {"Wat ik eerst schreef.", "Eerst kijken."}
        assert {row.kind for row in db.scalars(select(LessonWork))} == {"reflection"}
    story.moved_to({TEXT: OTHER_WHY})  # and back
    with database.writing() as db:
        assert part(page_of(db, *given), Asked).chosen == ()
        answer(db, *given, "1")
        assert part(page_of(db, *given), Asked).right is False
        kept = {one.words for lesson in notebook_page(db, noor, "lezen").lessons for one in lesson.written}
        assert kept == written, "what she wrote stays hers, whatever the block became"


def test_a_film_that_became_another_one_begins_anew(story: Story) -> None:
    database, given = story.database, (story.training, story.clock)

    def played(*parts: float, length: float) -> bool:
        with database.writing() as db:
            watched = inputs.Watched(parts=list(parts), at=parts[-1], length=length)
            return lessons.note_played(db, by=story.training.cast.noor, at=FILM, given=watched, now=story.clock.now())

    assert not played(0, 100, length=600)
    assert not played(0, 100, length=120), "the browser first took it for longer than it is"
    assert played(100, 115, length=120)
    with database.writing() as db:
        db.scalars(select(LessonWork)).one().done_at = None
    film = (COURSE / "media/kort.webm").read_bytes()
    story.moved_to({TEXT: OTHER_WHY})
    with database.reading() as db:
        assert part(page_of(db, *given), Playable).parts == "0,115", "the same film in a newer edition"
    story.moved_to({"media/kort.webm": film + film[-1:]})
    with database.reading() as db:
        now = part(page_of(db, *given), Playable)
        assert (now.parts, now.at) == ("", 0)
    assert not played(0, 50, length=60), "seconds of the other film do not count"
    assert played(50, 60, length=60)
    with database.writing() as db:
        assert play(db, *given, 0.0, 0.1), "once done it stays done"


def test_a_locked_lesson_takes_nothing(
    database: Database, storage: Storage, training: Training, clock: MovableClock
) -> None:
    story = Story(database, storage, training, clock)
    with database.writing() as db:
        assert {code_of(act) for act in story.writes(db)} == {"module_locked"}
        for table in (ReadingPlace, LessonWork, LessonNote, LessonCompletion):
            assert db.scalar(select(func.count()).select_from(table)) == 0


def test_a_move_closes_nothing_in_which_she_is_busy(story: Story) -> None:
    database, given = story.database, (story.training, story.clock)
    story.moved_to(OTHER_WORDS, frozenset({FIRST}))
    with database.reading() as db:
        assert page_of(db, *given).lock is None, "what has to be read again closes nothing"
    story.moved_to(OTHER_WORDS | MORE_BEFORE)
    with database.writing() as db:
        lock = page_of(db, *given).lock
        assert lock is not None, "she has a lesson to read before it, and was not here yet"
        assert lock.step == "Afscheid nemen"
        finish(db, story.training, "afscheid", story.clock)
        assert write(db, *given, "Halverwege.", None) == 1
    story.moved_to(MORE_BEFORE | {"modules/01-veilig-beginnen/04-weg.md": THIRD_LESSON})
    with database.writing() as db:
        page = page_of(db, *given)
        assert (page.lock, part(page, Reflecting).words) == (None, "Halverwege.")
        assert write(db, *given, "Halverwege, en verder.", 1) == 2
        assert [act() for act in story.writes(db)[2:4]] == [[], True]


def test_what_was_there_when_she_began_is_not_lost(story: Story) -> None:
    """First the blocks go, and then the lesson, while the page of before stands open."""
    database, given, noor = story.database, (story.training, story.clock), story.training.cast.noor
    source = (COURSE / TEXT).read_text()
    bare = source.replace("required_blocks: [kort, jouw-zin, eerste-reactie]\n", "")
    for kind in ("::: reflectie", "::: vraag", "::: video"):
        bare = bare.replace(bare[bare.index(kind) : bare.index("\n:::\n", bare.index(kind)) + 5], "")
    story.moved_to({TEXT: bare})
    with database.writing() as db:
        place, words, asked, played, *_ = story.writes(db)
        place()
        assert words() == 1
        assert [code_of(act) for act in (asked, played)] == ["block_gone", "block_gone"]
        assert code_of(lambda: write(db, *given, "Uit een ander venster.", None)) == "stale_gone"
        assert write(db, *given, "Van mij, en meer.", 1) == 2
        for block in (WORDS.block_id + "x", FILM.block_id):
            spot = Spot("lezen", LESSON, block)
            with pytest.raises(NotFound):
                lessons.keep_words(db, by=noor, at=spot, given=inputs.Words(words="x"), now=story.clock.now())
    story.moved_to({TEXT: None})
    with database.writing() as db:
        place, _, asked, played, note, done = story.writes(db)
        with pytest.raises(NotFound):
            place()
        assert [code_of(act) for act in (asked, played)] == ["lesson_gone", "lesson_gone"]
        assert write(db, *given, "Nog meer.", 2) == 3
        note()
        passage = inputs.Note(anchor="p-00000000")
        at = Spot("lezen", LESSON)
        assert (
            code_of(lambda: lessons.save_note(db, by=noor, at=at, given=passage, now=story.clock.now()))
            == "lesson_gone"
        )
        assert done() == "/opleiding/lezen"
        assert story.words(db) == {"Nog meer.", "Mijn notitie."}
        assert invariants(db) == []


def test_a_lesson_is_done_in_the_edition_in_which_it_was_read(story: Story) -> None:
    database, training, clock = story.database, story.training, story.clock
    first = training.edition_id

    def end(lesson: str, edition_id: int | None, ago_s: int = 0) -> str:
        with database.writing() as db:
            return actions.finish_lesson(
                db,
                by=training.cast.noor,
                course_slug="lezen",
                lesson_slug=lesson,
                now=clock.now(),
                ago_s=ago_s,
                edition_id=edition_id,
            ).outcome

    def due() -> list[tuple[str, Any]]:
        with database.reading() as db:
            rows = db.scalars(select(ChangedLesson).order_by(ChangedLesson.id))
            return [(row.lesson_slug, row.done_at) for row in rows]

    last = "modules/02-verder-lezen/02-nog-een-les.md"
    second = story.moved_to(OTHER_WORDS, frozenset({FIRST}))
    assert due() == [(FIRST, None)]
    assert end(FIRST, first, ago_s=3 * 3600) == "renewed", "she did that before the text changed"
    assert due() == [(FIRST, None)]
    assert end("nog-een-les", first) == "done", "it reads the same in both"
    third = story.moved_to(OTHER_WORDS | {last: ("Dit is de laatste", "Dit was de laatste")}, frozenset())
    clock.advance(timedelta(hours=2))
    assert end(FIRST, second, ago_s=3600) == "done", "what she read in the second reads the same in the third"
    assert due() == [(FIRST, clock.now() - timedelta(hours=1))]
    with database.writing() as db:
        done = dict(db.execute(select(LessonCompletion.lesson_slug, LessonCompletion.edition_id)).all())
        assert (done[FIRST], done["nog-een-les"]) == (first, first)
        play(db, training, clock, 0.0, 3.0)
        write(db, training, clock, "Klaar.", None)
        answer(db, training, clock, "0")
    story.moved_to(OTHER_WORDS | {TEXT: ("Wie begint, kijkt eerst.", "Wie begint, luistert eerst.")})
    clock.advance(timedelta(hours=2))
    assert end(LESSON, third, ago_s=3 * 3600) == "renewed", "done in the edition of before, and to be read again"
    assert due()[1:] == [(LESSON, None)]
    assert end(LESSON, third) == "renewed"
    with database.reading() as db:
        assert LESSON not in done_by(db, [training.enrolment_id]).lessons[training.enrolment_id]
        done = dict(db.execute(select(LessonCompletion.lesson_slug, LessonCompletion.edition_id)).all())
        assert done[LESSON] == third
    assert end(LESSON, None) == "done"
    assert due()[1:] == [(LESSON, clock.now())]
    for unknown in (10**6, story.of_another_course()):
        with pytest.raises(NotFound):
            end(LESSON, unknown)
    with database.reading() as db:
        assert invariants(db) == []


def test_an_emptied_reflection_is_hers_alone_again(story: Story) -> None:
    database, given, noor = story.database, (story.training, story.clock), story.training.cast.noor
    with database.writing() as db:
        write(db, *given, "Voor mijn coach.", None)
        lessons.share_words(db, by=noor, at=WORDS, given=inputs.Sharing(shared=True), now=story.clock.now())
        (own,) = enrolment_facts(db, [story.training.enrolment_id]).values()
        assert [one.words for one in shared_words(db, own)] == ["Voor mijn coach."]
        emptied = lessons.keep_words(db, by=noor, at=WORDS, given=inputs.Words(version=2), now=story.clock.now())
        assert (emptied.shared, emptied.withdrawn) == (False, True)
        assert write(db, *given, "Alleen van mij.", emptied.version)
        assert shared_words(db, own) == ()
        told = select(LedgerEvent.action).where(LedgerEvent.action.like("theory.reflection%")).order_by(LedgerEvent.id)
        assert db.scalars(told).all() == ["theory.reflection_shared", "theory.reflection_withdrawn"]
