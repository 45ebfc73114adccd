"""Photos that a coach takes: part of her form, hers until she signs, hidden as her scores are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.people.rules import Viewer
from app.practice.actions import keeping, observed_photos
from app.practice.evidence_page import coach_photos_page
from app.practice.evidence_view import photo_keys
from app.practice.observation_page import observation_page
from app.practice.record_page import record_page
from app.practice.rules.states import PHOTOS_MAX
from app.practice.tables.evidence import Evidence
from app.practice.tables.proof import SignOffContent
from tests.practising import (
    Practising,
    add_photo,
    add_visit_photo,
    begin,
    coached_by,
    hand_in,
    hand_over,
    observe,
    sign,
)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


def seen(database: Database, at_work: Practising, viewer: Viewer, clock: MovableClock) -> set[int]:
    """The photos on the page of the record, each of which must open as a file too; all others must not."""
    with database.reading() as db:
        shown = {one.id for one in record_page(db, viewer, at_work.record_id, now=clock.now()).photos}
        for photo in db.scalars(select(Evidence.id)):
            if photo in shown:
                photo_keys(db, viewer, record_id=at_work.record_id, photo_id=photo)
            else:
                with pytest.raises(NotFound):
                    photo_keys(db, viewer, record_id=at_work.record_id, photo_id=photo)
    return shown


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def remove(database: Database, at_work: Practising, clock: MovableClock, photo: int) -> None:
    with database.writing() as db:
        observed_photos.remove_photo(db, by=at_work.ruben, record_id=at_work.record_id, photo_id=photo, now=clock.now())


def test_a_photo_of_the_coach_is_hidden_until_both_are_in(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    hers, taken = add_photo(database, at_work, clock), add_visit_photo(database, at_work, clock)
    noor, ruben = at_work.noor, at_work.ruben
    assert seen(database, at_work, noor, clock) == {hers}
    assert seen(database, at_work, ruben, clock) == {hers, taken}
    with database.reading() as db:
        assert [one["caption"] for one in keeping.export_of(db, noor.id)["photos"]] == ["Huizen van karton"]
        assert keeping.export_of(db, ruben.id)["photos_as_coach"][0]["caption"] == "De kring"
    observe(database, at_work, clock)
    assert seen(database, at_work, noor, clock) == {hers}
    hand_in(database, at_work, clock)
    assert seen(database, at_work, noor, clock) == {hers, taken}
    sign(database, at_work, clock)
    assert seen(database, at_work, noor, clock) == {hers, taken}
    with database.reading() as db:
        content = db.scalars(select(SignOffContent.content)).one()
        rows = {row.id: row for row in db.scalars(select(Evidence))}
        assert content["evidence"] == [
            {"id": hers, "sha256": rows[hers].sha256, "added_by_id": noor.id},
            {"id": taken, "sha256": rows[taken].sha256, "added_by_id": ruben.id},
        ]
        assert len(keeping.export_of(db, noor.id)["photos"]) == 2


def test_what_comes_after_a_decision_is_hidden_again(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    first = add_visit_photo(database, at_work, clock)
    sign(database, at_work, clock, "returned", reason="Nog een keer")
    clock.advance(timedelta(hours=1))
    add_photo(database, at_work, clock, shade=10)
    hand_in(database, at_work, clock)
    later = add_visit_photo(database, at_work, clock, shade=20)
    assert first in seen(database, at_work, at_work.noor, clock)
    assert later not in seen(database, at_work, at_work.noor, clock)
    assert code_of(lambda: remove(database, at_work, clock, first)) == "photo_signed"
    remove(database, at_work, clock, later)


def test_sent_ten_times_it_is_there_once(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    photo = add_visit_photo(database, at_work, clock, sent_key="a")
    clock.advance(timedelta(days=3))  # later than a form key is remembered
    assert {add_visit_photo(database, at_work, clock, sent_key="a") for _ in range(10)} == {photo}
    assert code_of(lambda: add_visit_photo(database, at_work, clock, sent_key="b")) == "photo_twice"
    other = add_visit_photo(database, at_work, clock, sent_key="b", shade=40)
    remove(database, at_work, clock, photo)
    assert add_visit_photo(database, at_work, clock, sent_key="a") == photo
    assert seen(database, at_work, at_work.ruben, clock) == {other}
    with database.reading() as db:
        events = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == "practice.photo_added")
        assert db.scalar(events) == 2


def test_her_photos_are_counted_apart(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    for shade in range(PHOTOS_MAX):
        add_visit_photo(database, at_work, clock, shade=20 * shade)
    assert code_of(lambda: add_visit_photo(database, at_work, clock, shade=255)) == "photos_full"
    assert code_of(lambda: hand_in(database, at_work, clock)) == "photo_first"
    add_photo(database, at_work, clock, shade=20)  # the same picture, of the other side
    hand_in(database, at_work, clock)


def test_only_while_the_form_is_open_and_only_by_the_coach(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    early = begin(database, storage, clock, until="prepared")
    assert code_of(lambda: add_visit_photo(database, early, clock)) == "not_observable"
    with database.reading() as db:
        assert not coach_photos_page(db, early.ruben, early.record_id).open_to_add
        with pytest.raises(NotFound):
            coach_photos_page(db, early.noor, early.record_id)


def test_after_the_decision_nothing_is_added_or_taken(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    photo = add_visit_photo(database, at_work, clock)
    sign(database, at_work, clock)
    assert code_of(lambda: add_visit_photo(database, at_work, clock, shade=9)) == "not_observable"
    assert code_of(lambda: remove(database, at_work, clock, photo)) == "photo_signed"
    with database.reading() as db:
        photos = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now()).photos
        assert {(one.id, one.removable) for one in photos if one.by_coach} == {(photo, False)}


def test_a_draft_of_a_former_coach_stays_hers(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    draft, ruben = add_visit_photo(database, at_work, clock), at_work.ruben
    after = hand_over(database, at_work, clock, "fatima")
    assert draft not in seen(database, after, after.ruben, clock)
    assert draft not in seen(database, after, at_work.noor, clock)
    with pytest.raises(NotFound):
        remove(database, after, clock, draft)
    observe(database, after, clock)
    sign(database, after, clock)
    with database.reading() as db:
        content = db.scalars(select(SignOffContent.content)).one()
        assert draft not in {one["id"] for one in content["evidence"]}
    assert draft not in seen(database, after, at_work.noor, clock)
    back = coached_by(database, after, clock, ruben.id)
    assert draft in seen(database, back, back.ruben, clock)
