"""Somebody is halfway a lesson when she is moved to an edition that changed it. On both databases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select

from app.kit.storage import Storage, folder
from app.theory import inputs, lessons
from app.theory.lesson_page import Asked, Playable, Reflecting
from app.theory.moving import move
from app.theory.notebook import notebook_page
from app.theory.tables import LessonWork
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
from tests.editing import Edits, publish_edited
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

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
        with database.writing() as db:
            through_the_first_module(db, training, clock)

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
                now=self.clock.now(),
            )
        return edition_id


@pytest.fixture
def story(database: Database, storage: Storage, training: Training, clock: MovableClock) -> Story:
    return Story(database, storage, training, clock)


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
        lessons.share_words(db, by=noor, at=ASKED, shared=True, now=story.clock.now())
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
