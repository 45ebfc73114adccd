"""Looking back (STARR) and the own scores: kept, handed in, read, taken away, let go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.kit.errors import NotFound, Refused
from app.kit.storage import folder
from app.ledger.tables import LedgerEvent
from app.practice import inputs
from app.practice.actions import keeping, records, reflections
from app.practice.record_page import record_page
from app.practice.reflection_page import ReflectionPage, reflection_page
from app.practice.rules.reflections import Starr
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOffContent
from app.practice.tables.work import Preparation, Reflection, ReflectionDraft, ReflectionWords
from tests.practising import LOOKED_BACK, add_photo, begin, hand_in, look_back, observe, self_view, sign

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.kit.storage import Storage
    from tests.practising import Practising

WORDS = LOOKED_BACK.starr()


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def events(database: Database, kind: str) -> int:
    with database.reading() as db:
        return len(db.scalars(select(LedgerEvent.id).where(LedgerEvent.action == kind)).all())


def page_of(database: Database, at_work: Practising, *, coach: bool = False) -> ReflectionPage:
    with database.reading() as db:
        return reflection_page(db, at_work.ruben if coach else at_work.noor, at_work.record_id)


def form_version(database: Database) -> int:
    with database.reading() as db:
        return db.scalars(select(Assessment.version)).one()


# Kept while she writes


def test_a_draft_keeps_itself_and_is_hers_alone(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    assert look_back(database, at_work, clock, action="") == 1
    assert look_back(database, at_work, clock) == 2
    assert look_back(database, at_work, clock) == 2  # the same words are no news
    assert page_of(database, at_work).words == WORDS
    assert page_of(database, at_work, coach=True).words == Starr()
    assert page_of(database, at_work, coach=True).handed_in == ()
    with database.reading() as db:
        seen = record_page(db, at_work.ruben, at_work.record_id, now=clock.now()).reflection
    assert seen is not None
    assert seen.filled == 0


def test_two_windows_never_overwrite_each_other(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    look_back(database, at_work, clock, task="Eerste venster")
    with pytest.raises(Refused, match="stale_reflection"):
        look_back(database, at_work, clock, version=0, task="Tweede venster")
    assert look_back(database, at_work, clock, version=0, task="Eerste venster") == 1  # an answer that got lost
    assert page_of(database, at_work).words.task == "Eerste venster"


def test_after_handing_in_and_for_strangers_it_is_closed(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with pytest.raises(Refused, match="already_handed_in"):
        look_back(database, at_work, clock, task="Te laat")
    with database.reading() as db, pytest.raises(NotFound):
        reflection_page(db, at_work.training.cast.joris, at_work.record_id)


# Handing in


def test_what_is_handed_in_is_what_she_wrote(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with database.reading() as db:
        kept = db.scalars(select(ReflectionWords)).one()
        assert Starr.of(kept) == WORDS
        assert db.scalars(select(Reflection.digest)).one() == WORDS.digest(kept.salt)
    assert page_of(database, at_work, coach=True).handed_in[0].words == WORDS


def test_a_part_that_lacks_is_refused_and_nothing_is_handed_in(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    look_back(database, at_work, clock, result="")
    add_photo(database, at_work, clock)
    with database.writing() as db, pytest.raises(Refused, match="reflection_first"):
        records.submit(db, by=at_work.noor, record_id=at_work.record_id, given=self_view(db, at_work), now=clock.now())
    assert events(database, "practice.submitted") == 0


def test_what_was_handed_in_does_not_change(database: Database, storage: Storage, clock: MovableClock) -> None:
    begin(database, storage, clock, until="handed_in")
    with database.writing() as db, pytest.raises(DBAPIError, match="frozen"):
        db.execute(update(Reflection).values(digest="x"))
    with database.writing() as db:
        db.execute(delete(ReflectionWords))
    with database.writing() as db, pytest.raises(DBAPIError, match="frozen"):
        db.execute(delete(Reflection))


def test_a_decision_keeps_what_it_leaned_on(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with database.reading() as db:
        content = db.scalars(select(SignOffContent.content)).one()
        assert content["reflection_digest"] == db.scalars(select(Reflection.digest)).one()


def test_a_new_attempt_begins_with_empty_pages_and_a_bit_more_with_what_stood(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock, "returned", reason="Nog een foto")
    assert page_of(database, at_work).words == WORDS
    hand_in(database, at_work, clock)
    clock.advance(timedelta(hours=1))
    observe(database, at_work, clock, version=form_version(database), score_VS1="1")
    sign(database, at_work, clock, "not_met")
    page = page_of(database, at_work)
    assert page.words == Starr()
    assert [one.words for one in page.handed_in] == [WORDS, WORDS]
    with database.reading() as db:
        draft = record_page(db, at_work.noor, at_work.record_id, now=clock.now()).draft
    assert draft.scores == {}
    assert draft.note == ""
    look_back(database, at_work, clock, task="Nu anders")
    assert page_of(database, at_work).words.task == "Nu anders"


# Taken away


def test_she_takes_it_away_for_everybody_and_that_stays_told(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    clock.advance(timedelta(days=1))
    for _ in range(2):  # twice is once
        with database.writing() as db:
            reflections.remove_reflection(db, by=at_work.noor, record_id=at_work.record_id, now=clock.now())
    for coach in (False, True):
        (handed_in,) = page_of(database, at_work, coach=coach).handed_in
        assert handed_in.words == Starr()
        assert handed_in.removed_at == clock.now()
    assert events(database, "practice.reflection_removed") == 1
    with database.reading() as db:
        assert db.scalars(select(ReflectionDraft)).all() == []
        assert db.scalars(select(Reflection.digest)).one() != ""
    for other in (at_work.ruben, at_work.training.cast.fatma):
        with database.writing() as db, pytest.raises(NotFound):
            reflections.remove_reflection(db, by=other, record_id=at_work.record_id, now=clock.now())


def test_it_goes_ninety_days_after_the_decision(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    clock.advance(timedelta(days=89))
    with database.writing() as db:
        keeping.expire_files(db, now=clock.now())
    assert page_of(database, at_work).handed_in[0].words == WORDS
    clock.advance(timedelta(days=2))
    with database.writing() as db:
        keeping.expire_files(db, now=clock.now())
    (handed_in,) = page_of(database, at_work).handed_in
    assert handed_in.emptied
    assert handed_in.removed_at is None
    with database.reading() as db:
        assert db.scalars(select(ReflectionDraft)).all() == []


def test_the_copy_of_her_data_has_both(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    with database.reading() as db:
        copy = keeping.export_of(db, at_work.noor.id)
    assert copy["reflections"][0]["situation"] == WORDS.situation
    assert copy["reflections_so_far"] == [WORDS.as_facts()]


# The own scores


def test_own_scores_keep_their_own_version(database: Database, storage: Storage, clock: MovableClock) -> None:
    """Scores that keep themselves make no quarrel about what she wrote beforehand."""
    at_work = begin(database, storage, clock, until="prepared")
    with database.reading() as db:
        written = db.get_one(Preparation, at_work.record_id).version

    def keep(version: int, **scores: str) -> int:
        with database.writing() as db:
            form = self_view(db, at_work, scores).model_copy(update={"version": version})
            return records.save_self_view(db, by=at_work.noor, record_id=at_work.record_id, given=form, now=clock.now())

    assert keep(0, self_SM1="2") == 1
    assert keep(0, self_SM1="2") == 1
    assert keep(1, self_SM1="3") == 2
    with pytest.raises(Refused, match="stale_self_view"):
        keep(1, self_SM1="4")
    with database.writing() as db:
        again = inputs.Preparation(goal="Anders", session_plan="Plan", learning_question="Vraag", version=written)
        records.prepare(db, by=at_work.noor, record_id=at_work.record_id, given=again, now=clock.now())
    with database.reading() as db:
        draft = record_page(db, at_work.noor, at_work.record_id, now=clock.now()).draft
        assert draft.scores == {"SM1": 3}
        assert draft.saved_at == clock.now()
