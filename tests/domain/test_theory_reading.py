"""Reading in the database: where somebody stopped, what she wrote and played, what she saved, and what is locked."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest
from sqlalchemy import func, select

from app.courses.queries import enrolment_facts
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from app.people.queries import viewer_for
from app.practice.notes import beside_of
from app.theory import actions, inputs, keeping, lessons
from app.theory.lesson_page import LessonPage, lesson_page
from app.theory.lesson_parts import Asked, Playable, Reflecting
from app.theory.lessons import Spot
from app.theory.notebook import notebook_page
from app.theory.queries import course_page, own_progress, progress_of
from app.theory.shared import note_read
from app.theory.tables import LessonCompletion, LessonNote, LessonWork, ReadingPlace
from app.worker.own_page import own_page
from tests.checking import make_check
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database

P = TypeVar("P")
COURSE: Final = Path(__file__).parents[1] / "courses" / "lezen"
LESSON: Final = "alles-in-een-les"
FILM: Final = Spot("lezen", LESSON, "kort")
WORDS: Final = Spot("lezen", LESSON, "jouw-zin")
ASKED: Final = Spot("lezen", LESSON, "eerste-reactie")


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: ObjectStorage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now(), folder=COURSE)


def through_the_first_module(db: Session, training: Training, clock: MovableClock) -> None:
    for slug in ("een-afspraak", "samen-iets-maken"):
        finish(db, training, slug, clock)
    make_check(db, training.cast.noor, "lezen", "toets-veilig-beginnen", now=clock.now())


def finish(db: Session, training: Training, slug: str, clock: MovableClock, ago_s: int = 0) -> str:
    noor = training.cast.noor
    return actions.finish_lesson(db, by=noor, course_slug="lezen", lesson_slug=slug, now=clock.now(), ago_s=ago_s).to


def page_of(db: Session, training: Training, clock: MovableClock, slug: str = LESSON) -> LessonPage:
    return lesson_page(db, training.cast.noor, "lezen", slug, today=local_day(clock.now()))


def part(page: LessonPage, kind: type[P]) -> P:
    return next(one for one in page.parts if isinstance(one, kind))


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def write(db: Session, training: Training, clock: MovableClock, words: str, version: int | None) -> int:
    given = inputs.Words(words=words, version=version)
    return lessons.keep_words(db, by=training.cast.noor, at=WORDS, given=given, now=clock.now()).version


def play(db: Session, training: Training, clock: MovableClock, *parts: float) -> bool:
    given = inputs.Watched(parts=list(parts), at=parts[-1], length=3.0)
    return lessons.note_played(db, by=training.cast.noor, at=FILM, given=given, now=clock.now())


def answer(db: Session, training: Training, clock: MovableClock, *raw: str) -> list[tuple[str, str]]:
    return lessons.answer_question(db, by=training.cast.noor, at=ASKED, raw=raw, now=clock.now())[1]


def test_each_lock_says_what_opens_it(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        page = page_of(db, training, clock)
        assert page.lock is not None
        assert (page.lock.kind, page.lock.title, page.lock.step) == ("after", "Veilig beginnen", "Een afspraak")
        assert page.lock.href == "/opleiding/lezen/een-afspraak"
        assert page.parts == ()
        assert code_of(lambda: finish(db, training, LESSON, clock)) == "module_locked"
        day = page_of(db, training, clock, "na-een-week").lock
        assert day is not None
        assert day.kind == "day"
        cards = course_page(db, training.cast.noor, "lezen", today=local_day(clock.now())).modules
        assert [card.state for card in cards] == ["busy", "locked", "locked"]
        through_the_first_module(db, training, clock)
        assert page_of(db, training, clock).lock is None
        assert code_of(lambda: finish(db, training, "na-een-week", clock)) == "module_locked"
        clock.advance(timedelta(days=60))
        assert page_of(db, training, clock, "na-een-week").lock is None
        assert finish(db, training, "na-een-week", clock) == "/opleiding/lezen"
        clock.advance(timedelta(days=-60))
        assert page_of(db, training, clock, "na-een-week").lock is None, (
            "what was done stays open, also when time jumps"
        )


def test_a_lesson_is_done_when_its_blocks_are(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        through_the_first_module(db, training, clock)
        assert code_of(lambda: finish(db, training, LESSON, clock)) == "blocks_first"
        assert not play(db, training, clock, 0.0, 1.2)
        assert not play(db, training, clock, 0.4, 1.4), "the same stretch twice is once"
        assert play(db, training, clock, 1.0, 2.9)
        assert write(db, training, clock, "Neem de tijd.", None) == 1
        assert answer(db, training, clock, "1") == []
        assert part(page_of(db, training, clock), Asked).right is False
        assert code_of(lambda: finish(db, training, LESSON, clock)) == "blocks_first"
        assert answer(db, training, clock) == [("eerste-reactie", "unanswered")]
        assert answer(db, training, clock, "7") == [("eerste-reactie", "enum")]
        assert answer(db, training, clock, "0") == []
        assert answer(db, training, clock, "1") == []
        assert part(page_of(db, training, clock), Asked).done, "once right it stays done"
        assert finish(db, training, LESSON, clock, ago_s=7200) == "/opleiding/lezen/nog-een-les"
        done = db.scalar(select(LessonCompletion.completed_at).where(LessonCompletion.lesson_slug == LESSON))
        assert done is not None
        assert timedelta(0) <= clock.now() - done <= timedelta(hours=2)
        assert part(page_of(db, training, clock), Playable).parts == "0,2.9"


def test_the_place_moves_forward_in_time_only(database: Database, training: Training, clock: MovableClock) -> None:
    noor, done = training.cast.noor, False

    def at(slug: str, anchor: str, ago: int = 0) -> None:
        with database.writing() as db:
            given = inputs.Place(anchor=anchor, ago=ago)
            lessons.keep_place(db, by=noor, at=Spot("lezen", slug), given=given, now=clock.now())

    def next_href() -> str:
        with database.reading() as db:
            (enrolment,) = enrolment_facts(db, [training.enrolment_id]).values()
            step = own_progress(db, enrolment).next
            assert step is not None
            listed = progress_of(db, [enrolment])[enrolment.id].next
            assert listed is not None
            assert listed.slug == "een-afspraak" or done, "in a list it is the order of the course, also of one person"
            return step.href

    assert next_href() == "/opleiding/lezen/een-afspraak"
    at("samen-iets-maken", "zo-kijk-je")
    assert next_href() == "/opleiding/lezen/samen-iets-maken#zo-kijk-je"
    clock.advance(timedelta(minutes=5))
    at("een-afspraak", "zo-doe-je-het", ago=600)
    assert next_href() == "/opleiding/lezen/samen-iets-maken#zo-kijk-je", "what was sent late does not count as newer"
    at("samen-iets-maken", "weg", ago=600)
    assert next_href() == "/opleiding/lezen/samen-iets-maken#zo-kijk-je"
    at("een-afspraak", "zo-doe-je-het")
    assert next_href() == "/opleiding/lezen/een-afspraak#zo-doe-je-het"
    with database.writing() as db:
        finish(db, training, "een-afspraak", clock)
    done = True
    assert next_href() == "/opleiding/lezen/samen-iets-maken", "a lesson that is done is not gone on with"
    given = inputs.Place(anchor="x")
    with database.writing() as db, pytest.raises(NotFound):
        lessons.keep_place(db, by=training.cast.ruben, at=Spot("lezen", "een-afspraak"), given=given, now=clock.now())


def test_words_are_hers_and_two_windows_do_not_overwrite(
    database: Database, training: Training, clock: MovableClock
) -> None:
    noor = training.cast.noor
    with database.writing() as db:
        through_the_first_module(db, training, clock)
        assert write(db, training, clock, "Eerste venster.", None) == 1
        assert write(db, training, clock, "Eerste venster.", None) == 1, "the same words again are no quarrel"
        assert code_of(lambda: write(db, training, clock, "Tweede venster.", None)) == "stale_words"
        assert write(db, training, clock, "Beide.", 1) == 2
        lessons.share_words(db, by=noor, at=WORDS, given=inputs.Sharing(shared=True), now=clock.now())
        lessons.share_words(db, by=noor, at=WORDS, given=inputs.Sharing(shared=True), now=clock.now())
        assert part(page_of(db, training, clock), Reflecting).shared_at == clock.now()
        ruben, id_ = viewer_for(db, training.cast.ruben.id), training.enrolment_id
        desk: dict[str, Any] = {"coach_id": ruben.id, "on": local_day(clock.now())}
        assert beside_of(db, [id_], **desk).shared == {id_: 1}
        with pytest.raises(NotFound):
            note_read(db, by=training.cast.fatma, enrolment=id_, now=clock.now())
        note_read(db, by=ruben, enrolment=id_, now=clock.now())
        assert beside_of(db, [id_], **desk).shared == {}
        lessons.share_words(db, by=noor, at=WORDS, given=inputs.Sharing(shared=False), now=clock.now())
        one = part(page_of(db, training, clock), Reflecting)
        assert (one.words, one.shared_at) == ("Beide.", None)
        kinds = db.scalars(select(LedgerEvent.action).where(LedgerEvent.action.like("theory.reflection%"))).all()
        assert list(kinds) == ["theory.reflection_shared", "theory.reflection_withdrawn"]
    with database.writing() as db:
        for who in (training.cast.ruben, training.cast.joris):
            with pytest.raises(NotFound):
                lessons.keep_words(db, by=who, at=WORDS, given=inputs.Words(words="x"), now=clock.now())


def test_two_windows_at_the_same_moment(database: Database, training: Training, clock: MovableClock) -> None:
    with database.writing() as db:
        through_the_first_module(db, training, clock)
    told: list[Any] = []
    ready = threading.Barrier(2)

    def one(words: str) -> None:
        ready.wait()
        try:
            with database.writing() as db:
                told.append(write(db, training, clock, words, None))
        except Refused as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=one, args=(words,)) for words in ("Links.", "Rechts.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["1", "stale_words"]
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(LessonWork)) == 1


def test_notes_stay_when_the_text_goes(database: Database, training: Training, clock: MovableClock) -> None:
    noor = training.cast.noor
    at = Spot("lezen", LESSON)
    with database.writing() as db:
        through_the_first_module(db, training, clock)
        page = page_of(db, training, clock)
        anchor = next(html for html in page.parts[0].html.split('"') if html.startswith("p-"))  # type: ignore[union-attr]
        first = lessons.save_note(db, by=noor, at=at, given=inputs.Note(anchor=anchor, words="Mooi"), now=clock.now())
        again = lessons.save_note(db, by=noor, at=at, given=inputs.Note(anchor=anchor, words="Mooi"), now=clock.now())
        assert first == again
        assert (
            code_of(lambda: lessons.save_note(db, by=noor, at=at, given=inputs.Note(), now=clock.now())) == "note_empty"
        )
        gone = inputs.Note(anchor="p-00000000")
        assert code_of(lambda: lessons.save_note(db, by=noor, at=at, given=gone, now=clock.now())) == "passage_gone"
        note = page_of(db, training, clock).notes[0]
        assert (note.words, note.here) == ("Mooi", True)
        assert note.quote.startswith("Wie begint, kijkt eerst.")
        db.get_one(LessonNote, first).anchor = "p-00000000"  # as if the next edition says it in other words
    with database.writing() as db:
        kept = notebook_page(db, noor, "lezen").lessons[0].notes[0]
        assert (kept.quote, kept.changed, kept.href) == (note.quote, True, f"/opleiding/lezen/{LESSON}")
        with pytest.raises(NotFound):
            lessons.remove_note(db, by=training.cast.joris, course_slug="lezen", note_id=first, now=clock.now())
        given = inputs.NoteWords(words="Anders", version=1)
        assert (
            code_of(
                lambda: lessons.change_note(
                    db, by=noor, course_slug="lezen", note_id=first, given=given, now=clock.now()
                )
            )
            == "stale_words"
        )
        lessons.remove_note(db, by=noor, course_slug="lezen", note_id=first, now=clock.now())
        assert notebook_page(db, noor, "lezen").lessons == ()


def test_it_goes_along_and_goes_away(
    database: Database, training: Training, storage: ObjectStorage, clock: MovableClock
) -> None:
    noor = training.cast.noor
    with database.writing() as db:
        through_the_first_module(db, training, clock)
        write(db, training, clock, "Merkteken-een.", None)
        lessons.save_note(
            db, by=noor, at=Spot("lezen", LESSON), given=inputs.Note(words="Merkteken-twee."), now=clock.now()
        )
        given = inputs.Place(anchor="kijk")
        lessons.keep_place(db, by=noor, at=Spot("lezen", LESSON), given=given, now=clock.now())
        answer(db, training, clock, "0")
        play(db, training, clock, 0.0, 2.2)
        asked = part(page_of(db, training, clock), Asked).question
        parts = keeping.export_of(db, noor.id)
        told = str(parts)
        assert "Merkteken-een." in told
        assert "Merkteken-twee." in told
        assert [one["anchor"] for one in parts["reading_places"]] == ["kijk"]
        said = [{"question": asked.text, "answered": asked.options[0].text}]
        assert [one for work in parts["lesson_work"] for one in work["answers_said"]] == said
        assert [work["played_s"] for work in parts["lesson_work"] if work["played_s"]] == [2]
        assert all(one["answered"] for one in parts["quizzes"][0]["answers_said"])
        page = own_page({"theorie": parts}, name="Noor", made=clock.now())
        assert asked.options[0].text in page
        assert "Waar je was met lezen" in page
        keeping.erase(db, person_id=noor.id, storage=storage, now=clock.now())
        for table in (LessonWork, LessonNote, ReadingPlace):
            assert db.scalar(select(func.count()).select_from(table)) == 0
