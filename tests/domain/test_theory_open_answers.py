"""Open answers of a check in the database: they lie with the coach, who reads them and may write back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.kit.errors import NotFound, Refused
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from app.people.queries import viewer_for
from app.reports.road import road_page
from app.theory import keeping
from app.theory.inputs import WordsBack
from app.theory.quizzes import begun
from app.theory.tables import OpenAnswer, QuizAttempt, QuizDraft
from app.theory.words_back import note_seen, read_answer
from tests.checking import COURSE, QUESTIONS, QUIZ, AtTheCheck
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def storage(tmp_path: Path) -> ObjectStorage:
    return folder(tmp_path / "files")


@pytest.fixture
def training(database: Database, storage: ObjectStorage, clock: MovableClock) -> Training:
    with database.writing() as db:
        return in_training(db, storage, now=clock.now(), folder=QUESTIONS)


@pytest.fixture
def noor(database: Database, training: Training, clock: MovableClock) -> AtTheCheck:
    return AtTheCheck(database, training, clock)


def count(database: Database, what: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(what)) or 0


def test_the_coach_reads_and_writes_back(noor: AtTheCheck, training: Training, database: Database) -> None:
    noor.makes("nee", own="Eerst ik.")
    with database.reading() as db:
        (answer,) = db.scalars(select(OpenAnswer)).all()
    which: dict[str, Any] = {"enrolment_id": training.enrolment_id, "answer_id": answer.id, "now": noor.clock.now()}
    cast = training.cast
    for who in (cast.noor, cast.joris, cast.fatma, cast.sanne):
        with pytest.raises(NotFound), database.writing() as db:
            read_answer(db, by=who, **which, given=WordsBack(words="Mooi.", version=1))
    with database.writing() as db:
        coach = viewer_for(db, cast.ruben.id)  # he became a coach of this course after he came in
        read_answer(db, by=coach, **which, given=WordsBack(words="", version=1))
    assert noor.attempt(1).questions[4].back is not None
    with pytest.raises(Refused, match="stale_words_back"), database.writing() as db:
        read_answer(db, by=coach, **which, given=WordsBack(words="Te laat.", version=1))
    for words in ("Klein is goed.", "Klein is goed."):
        with database.writing() as db:
            read_answer(db, by=coach, **which, given=WordsBack(words=words, version=2))
    back = noor.attempt(1).questions[4].back
    assert back is not None
    assert (back.coach, back.words) == ("Ruben Haddad", "Klein is goed.")
    with database.reading() as db:
        said = db.scalars(select(LedgerEvent.action).where(LedgerEvent.action == "theory.answer_read")).all()
    assert len(said) == 2
    for who, left in ((cast.joris, 1), (cast.noor, 0)):  # it is new until she herself opened it
        with database.writing() as db:
            note_seen(db, by=who, answers=[answer.id], now=noor.clock.now())
            page = road_page(db, cast.noor, now=noor.clock.now())
        assert (page.new_words, page.words_in.endswith(f"/toets/{QUIZ}/poging/1")) == (left, bool(left))
    with database.reading() as db:
        assert db.scalars(select(OpenAnswer.version)).one() == 3  # as the coach left it


def test_only_the_newest_answer_waits_and_what_was_read_waits_no_more(
    noor: AtTheCheck, training: Training, database: Database, clock: MovableClock
) -> None:
    noor.makes("nee", own="Eerst ik.")
    noor.begins()
    assert noor.page().filled == {"eigen": ["Eerst ik."]}  # she need not write it twice
    noor.hands_in(noor.sheet(nee=[1], eigen="Eerst kijken."))
    with database.writing() as db:
        (waiting,) = db.scalars(select(OpenAnswer)).all()
        waiting.read_at, waiting.read_by_id, waiting.words = clock.now(), training.cast.ruben.id, "Goed gezien."
    clock.advance(timedelta(hours=1))
    noor.makes(own="Eerst kijken.")
    assert count(database, OpenAnswer) == 1
    for number, words in ((1, None), (2, "Goed gezien."), (3, "Goed gezien.")):
        back = noor.attempt(number).questions[4].back
        assert (back.words if back else None) == words


def test_the_same_words_again_stay_the_answer_that_the_coach_has_open(noor: AtTheCheck, database: Database) -> None:
    noor.makes("nee", own="Eerst ik.")
    with database.reading() as db:
        (before,) = db.scalars(select(OpenAnswer.id)).all()
    noor.makes("nee", own="Eerst ik.")
    with database.reading() as db:
        (after,) = db.scalars(select(OpenAnswer)).all()
        newest = db.scalar(select(func.max(QuizAttempt.id)))
    assert (after.id, after.attempt_id) == (before, newest)


def test_own_answers_are_handed_over_and_forgotten(
    noor: AtTheCheck, training: Training, database: Database, storage: ObjectStorage, clock: MovableClock
) -> None:
    noor.makes("nee", own="Mijn woorden.")
    noor.begins()
    with database.writing() as db:
        (answer,) = db.scalars(select(OpenAnswer)).all()
        answer.read_at, answer.read_by_id, answer.words = clock.now(), training.cast.ruben.id, "Haar woorden."
    with database.writing() as db:
        exported = keeping.export_of(db, training.cast.noor.id)
        assert exported["quizzes"][0]["answers"]["nee"] == [1]
        assert exported["quizzes_so_far"][0]["answers"] == {"eigen": "Mijn woorden."}
        (own,) = exported["open_answers"]
        assert (own["question"][:14], own["answered"], own["words_back"]) == (
            "Hoe zorg jij d",
            "Mijn woorden.",
            "Haar woorden.",
        )
        assert keeping.export_of(db, training.cast.ruben.id)["words_as_coach"][0]["words"] == "Haar woorden."
        keeping.erase(db, person_id=training.cast.noor.id, storage=storage, now=clock.now())
        db.expire_all()
        assert db.scalars(select(QuizAttempt.answers)).all() == [{}]
        assert db.scalars(select(QuizAttempt.score_pct)).all() == [83]
    assert (count(database, QuizDraft), count(database, OpenAnswer)) == (0, 0)
    page = noor.attempt(1)
    assert (page.forgotten, page.questions, page.score_pct) == (True, (), 83)
    with database.reading() as db:
        assert begun(db, training.cast.noor, COURSE, QUIZ) is None
