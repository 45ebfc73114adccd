"""Searching: the same on both databases, by stem, inside compounds, with slips, and only in what is hers to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import delete

from app.courses.commands import publish_folder
from app.courses.index import Passage, Vocabulary, index_of, look_up
from app.courses.tables import SearchEntry, SearchTerm
from app.kit.localtime import local_day
from app.kit.stems import stems
from app.kit.storage import ObjectStorage, folder
from app.theory.search import search_page
from tests.trained import Training, in_training

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database

ROOT: Final = Path(__file__).parents[2]
COURSE: Final = ROOT / "tests" / "courses" / "lezen"


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
        locked = search_page(db, cast.noor, "aantekeningen", today=today)
        assert locked.found == (), "the module is locked for her"
        [place] = search_page(db, cast.fatma, "aantekeningen intervisiebijeenkomsten", today=today).found
        assert place.href.startswith("/opleiding/lezen/alles-in-een-les#p-")
        assert [text for text, meant in place.pieces if meant] == ["intervisiebijeenkomsten", "aantekeningen"]
        assert search_page(db, cast.noor, "meldcode", today=today).found == (), "another course"
        assert search_page(db, cast.fatma, "meldcode", today=today).found
        script = search_page(db, cast.fatma, "jaszak", today=today).found
        assert any((one.kind == "session" and "#vorm-" in one.href) or "#stap-" in one.href for one in script)
        nobody = search_page(db, cast.sanne, "meldcode", today=today)
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
        shut = {one.slug for one in passages}
        assert [hit.passage.slug for hit in look_up(db, edition, "krokodil", most=5, without=shut)] == ["open"]


def test_a_short_word_is_looked_for_as_a_whole() -> None:
    known = Vocabulary(("les", "tafeltjes", "lessen", "spiegel", "gel"))
    assert list(known.meanings("les")) == ["les"]
    assert known.meanings("gelxq") == {}
    assert stems("De lessen over foto’s") == {"les", "over", "foto"}
