"""Checks in the database: drawn when they begin, kept while they are answered, handed in once and for good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.courses.tables import Enrolment
from app.kit.errors import NotFound, Refused
from app.kit.storage import ObjectStorage, folder
from app.ledger.tables import LedgerEvent
from app.theory import answering
from app.theory.answering import Sheet
from app.theory.attempts import attempt_page
from app.theory.tables import OpenAnswer, QuizAttempt, QuizDraft
from tests.checking import COURSE, OWN_WORDS, QUESTIONS, QUIZ, AtTheCheck, locked_edition, newer_edition
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

ALWAYS: Final = {"nee", "groep", "paren", "volgorde", "eigen"}


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


def at_once(*does: Callable[[], object]) -> list[str]:
    """Do things in threads at the same moment; what they gave, or the code they were refused with."""
    start, told = threading.Barrier(len(does)), []

    def run(do: Callable[[], object]) -> None:
        start.wait()
        try:
            told.append(str(do()))
        except Refused as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=run, args=[do]) for do in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_what_is_asked_is_drawn_once(noor: AtTheCheck, database: Database) -> None:
    assert noor.page().state == "open"
    assert at_once(*[noor.begins] * 3) == ["1", "1", "1"]
    assert count(database, QuizDraft) == 1
    page = noor.page()
    assert (page.state, page.asked, page.number, page.critical, page.open_ones) == ("busy", 7, 1, 1, 1)
    ids = [question.id for question in page.questions]
    assert ids[:5] == ["nee", "groep", "paren", "volgorde", "eigen"]
    assert len(set(ids[5:]) & {"beeld-a", "beeld-b", "beeld-c"}) == 2
    assert noor.begins() == 1
    assert noor.page() == page


def test_the_draw_follows_from_its_seed(noor: AtTheCheck, database: Database) -> None:
    noor.begins(seed="vast")
    drawn = noor.page().questions
    for seed, same in (("vast", True), ("anders", False)):
        with database.writing() as db:
            db.query(QuizDraft).delete()
        noor.begins(seed=seed)
        assert (noor.page().questions == drawn) is same
    laid = next(question for question in drawn if question.type == "order")
    assert [choice.value for choice in laid.choices] != [0, 1, 2, 3]


def test_answers_are_kept_on_the_way(noor: AtTheCheck, database: Database, clock: MovableClock) -> None:
    noor.begins()
    assert noor.page().saved_at is None
    clock.advance(timedelta(minutes=1))
    half = Sheet(1, {"nee": [1], "paren": [0, -1, -1], "eigen": "Ik"}, 1)
    assert noor.keeps(half) == 2
    assert noor.keeps(half) == 2  # the answer was lost on the way: nothing to quarrel about
    page = noor.page()
    assert page.filled == {"nee": ["1"], "paren--0": ["0"], "eigen": ["Ik"]}
    assert page.saved_at == clock.now()
    other_device = replace(half, answers={"nee": [0]})  # still version 1
    with pytest.raises(Refused, match="stale_quiz"):
        noor.keeps(other_device)
    with pytest.raises(Refused, match="stale_quiz"):
        noor.hands_in(replace(noor.sheet(), version=1))
    assert noor.keeps(replace(other_device, version=2)) == 3  # a choice
    assert noor.page().filled == {"nee": ["0"]}
    assert (count(database, QuizAttempt), count(database, OpenAnswer)) == (0, 0)


def test_handed_in_at_the_same_moment_is_one_attempt(noor: AtTheCheck, database: Database) -> None:
    noor.begins()
    sheets = [noor.sheet(), noor.sheet(), noor.sheet(nee=[1]), noor.sheet(nee=[2])]
    told = at_once(*[lambda sheet=sheet: noor.hands_in(sheet) for sheet in sheets])
    assert told == ["1", "quiz_handed_in", "quiz_handed_in", "quiz_handed_in"]
    assert (count(database, QuizAttempt), count(database, QuizDraft), count(database, OpenAnswer)) == (1, 0, 1)
    with database.reading() as db:
        handed_in = select(func.count()).where(LedgerEvent.action == "theory.quiz_handed_in")
        assert db.scalar(handed_in) == 1


def test_keeping_while_handing_in_loses_nothing(noor: AtTheCheck, database: Database) -> None:
    """The page keeps the answers by itself in the very second that she presses the button."""
    noor.begins()
    whole = noor.sheet()
    told = at_once(lambda: noor.keeps(whole), lambda: noor.hands_in(whole))
    assert told in (["1", "2"], ["1", "quiz_handed_in"])
    with database.reading() as db:
        assert db.scalars(select(QuizAttempt.answers)).one() == {
            id_: one if isinstance(one, str) else list(one) for id_, one in whole.answers.items()
        }


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"nee": None}, "unanswered", "nee"),
        ({"paren": [0, 1, -1]}, "unanswered", "paren"),
        ({"eigen": ""}, "unanswered", "eigen"),
        ({"weg": [0]}, "not_asked", None),
        ({"nee": [7]}, "not_asked", None),
        ({"volgorde": [0, 0, 1, 2]}, "not_asked", None),
        ({"eigen": "x" * 2_001}, "not_asked", None),
    ],
)
def test_only_whole_answers_to_what_is_asked_count(
    noor: AtTheCheck, database: Database, changes: dict[str, Any], code: str, field: str | None
) -> None:
    noor.begins()
    with pytest.raises(Refused, match=code) as refused:
        noor.hands_in(noor.sheet(**changes))
    assert refused.value.field == field
    assert (count(database, QuizAttempt), count(database, QuizDraft)) == (0, 1)


def test_an_answer_to_what_was_not_drawn_is_refused(noor: AtTheCheck) -> None:
    noor.begins()
    (absent,) = {"beeld-a", "beeld-b", "beeld-c"} - {question.id for question in noor.page().questions}
    for do in (noor.keeps, noor.hands_in):
        with pytest.raises(Refused, match="not_asked"):
            do(noor.sheet(**{absent: [0]}))


def test_nothing_is_handed_in_that_was_not_begun(noor: AtTheCheck, training: Training, database: Database) -> None:
    for do in (noor.keeps, noor.hands_in):
        with pytest.raises(Refused, match="quiz_not_begun"):
            do(Sheet(1, {}))
    for who in (training.cast.joris, training.cast.ruben, training.cast.fatma):
        for act in (answering.begin, answering.keep, answering.hand_in):
            more: dict[str, Any] = {} if act is answering.begin else {"sheet": Sheet(1, {})}
            with pytest.raises(NotFound), database.writing() as db:
                act(db, **noor.where | {"by": who}, **more)
    with pytest.raises(NotFound), database.writing() as db:
        answering.begin(db, **noor.where | {"quiz_slug": "weg"})
    assert count(database, QuizDraft) == 0


def test_attempts_are_free_and_then_one_waits(noor: AtTheCheck, clock: MovableClock, database: Database) -> None:
    assert [noor.makes("nee"), noor.makes("nee")] == [1, 2]
    page = noor.page()
    assert (page.state, page.free_from) == ("waiting", clock.now() + timedelta(hours=1))
    clock.advance(timedelta(minutes=20))
    with pytest.raises(Refused) as refused:
        noor.begins()
    assert (refused.value.code, refused.value.facts) == ("quiz_wait", {"minutes": 40})
    clock.advance(timedelta(minutes=40))
    assert noor.makes() == 3
    assert noor.page().state == "passed"
    with pytest.raises(Refused, match="quiz_passed"):
        noor.begins()
    with database.reading() as db:
        assert db.scalars(select(QuizAttempt.passed).order_by(QuizAttempt.number)).all() == [False, False, True]


def test_another_attempt_asks_what_was_not_seen(noor: AtTheCheck) -> None:
    noor.makes("nee")
    first = set(noor.asked(1)) - ALWAYS
    noor.makes("nee")
    second = set(noor.asked(2)) - ALWAYS
    assert {"beeld-a", "beeld-b", "beeld-c"} - first <= second


def test_an_attempt_says_what_was_right(noor: AtTheCheck) -> None:
    page = noor.attempt(noor.makes("nee", "groep", "paren", "volgorde"))
    shown = {question.text[:12]: question for question in page.questions}
    assert (page.right, page.of, page.score_pct, page.critical_right, page.passed) == (2, 6, 33, False, False)
    refused = shown["Iemand wil n"]
    assert [(one.right, one.feedback) for one in refused.options] == [(False, "Zo telt een nee niet.")]
    pairs = shown["Wat hoort bi"]
    assert [(one.name, one.given, one.right) for one in pairs.parts] == [
        ("Samen knippen", "Veilig samen", False),
        ("Een afspraak over telefoons", "Veilig samen", True),
        ("Samen plakken", "Samen maken", True),
    ]
    laid = shown["In welke vol"]
    assert [(one.name, one.given, one.right) for one in laid.parts][:3] == [
        ("1", "Aan het werk", False),
        ("2", "De kring", False),
        ("3", "Samen kijken", True),
    ]
    assert {one.belongs for one in (*pairs.parts, *laid.parts)} == {""}  # it can still be passed: nothing is given away
    own = shown["Hoe zorg jij"]
    assert (own.written, own.back, own.good[:8]) == (OWN_WORDS, None, "Je noemt")
    noor.makes()
    again = {question.text[:12]: question for question in noor.attempt(1).questions}
    assert [one.belongs for one in again["Wat hoort bi"].parts] == ["Samen maken", "", ""]
    assert [one.belongs for one in again["In welke vol"].parts] == ["De kring", "Aan het werk", "", ""]


def test_an_attempt_stays_as_it_was(noor: AtTheCheck, database: Database) -> None:
    noor.makes("nee")
    changes: tuple[dict[str, Any], ...] = ({"passed": True}, {"asked": []}, {"score_pct": 100})
    for change in changes:
        with pytest.raises((DatabaseError, IntegrityError)), database.writing() as db:
            db.execute(update(QuizAttempt).values(change))


def test_an_attempt_is_seen_by_who_made_it(noor: AtTheCheck, training: Training, database: Database) -> None:
    number = noor.makes("nee")
    with database.reading() as db:
        for who in (training.cast.fatma, training.cast.ruben, training.cast.joris):
            with pytest.raises(NotFound):
                attempt_page(db, who, COURSE, QUIZ, number, now=noor.clock.now())


def test_who_is_moved_while_busy_finishes_what_she_began(
    noor: AtTheCheck, training: Training, database: Database, storage: ObjectStorage, clock: MovableClock
) -> None:
    noor.begins()
    noor.keeps(Sheet(1, {"nee": [0]}, 1))
    with database.writing() as db:
        moved_to = newer_edition(db, training, storage, now=clock.now())
        db.execute(update(Enrolment).values(edition_id=moved_to))
    page = noor.page()
    assert (page.state, page.moved, page.asked, page.title) == ("busy", True, 7, "Alle soorten vragen")
    assert page.filled == {"nee": ["0"]}
    assert noor.hands_in(noor.sheet(nee=[1])) == 1  # the critical question of then still decides
    with database.reading() as db:
        attempt = db.scalars(select(QuizAttempt)).one()
        assert (attempt.edition_id, attempt.passed) == (training.edition_id, False)
    assert len(noor.attempt(1).questions) == 7
    noor.begins()
    page = noor.page()
    assert (page.moved, page.asked, page.title, page.number) == (False, 2, "Nieuwer", 2)
    assert noor.hands_in() == 2
    assert noor.page().state == "passed"


def test_a_check_of_a_locked_module_does_not_begin(
    noor: AtTheCheck, training: Training, database: Database, storage: ObjectStorage, clock: MovableClock
) -> None:
    with database.writing() as db:
        locked = locked_edition(db, training, storage, now=clock.now())
        db.execute(update(Enrolment).values(edition_id=locked))
    page = noor.page()
    assert (page.state, page.lock is not None) == ("locked", True)
    with pytest.raises(Refused, match="module_locked"):
        noor.begins()
    clock.advance(timedelta(days=3))
    assert noor.page().state == "open"
    assert noor.begins() == 1
