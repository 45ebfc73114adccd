"""Photos: there when their row is, gone when they should be; and what somebody may take along or have removed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.delivery import keeping as groups
from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.practice.actions import evidence, keeping
from app.practice.evidence_view import photo_keys
from app.practice.rules.states import PHOTOS_MAX
from app.practice.tables.evidence import Evidence
from app.practice.tables.proof import SignOff, SignOffContent
from app.practice.tables.work import Preparation, Submission
from app.settings import Settings
from app.worker.handlers import practice as handlers
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import Practising, add_photo, begin, hand_in, observe, sign


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def work(database: Database, storage: Storage, clock: MovableClock, data_dir: Path) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, Keyring(KEYRING.keys))


def files(storage: Storage) -> int:
    return len(storage.keys("evidence/"))


def remove(database: Database, at_work: Practising, clock: MovableClock, photo: int) -> None:
    with database.writing() as db:
        evidence.remove_photo(db, by=at_work.noor, record_id=at_work.record_id, photo_id=photo, now=clock.now())


def test_a_photo_can_be_taken_back_until_it_is_handed_in(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    kept, photo = add_photo(database, at_work, clock), add_photo(database, at_work, clock, shade=30)
    assert files(storage) == 4
    remove(database, at_work, clock, photo)
    with database.reading() as db:
        job = db.scalars(select(Job).where(Job.kind == "practice.remove_photo")).one()
        with pytest.raises(NotFound):
            photo_keys(db, at_work.noor, record_id=at_work.record_id, photo_id=photo)
    handlers.remove_photo(work, job.payload)
    handlers.remove_photo(work, job.payload)
    assert files(storage) == 2
    with pytest.raises(NotFound):
        remove(database, at_work, clock, photo)
    clock.advance(timedelta(minutes=1))
    hand_in(database, at_work, clock)
    with pytest.raises(Refused) as told:
        remove(database, at_work, clock, kept)
    assert told.value.code == "already_handed_in"
    clock.advance(timedelta(minutes=1))
    observe(database, at_work, clock, score_SM1="1")
    sign(database, at_work, clock, "returned")
    with pytest.raises(Refused) as told:
        remove(database, at_work, clock, kept)
    assert told.value.code == "photo_handed_in"
    clock.advance(timedelta(minutes=1))
    remove(database, at_work, clock, add_photo(database, at_work, clock, shade=60))


def test_the_same_photo_counts_once_and_there_is_an_end(
    database: Database, storage: Storage, clock: MovableClock
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    for shade in range(PHOTOS_MAX - 1):
        add_photo(database, at_work, clock, shade=20 * shade)
    with pytest.raises(Refused) as told:
        add_photo(database, at_work, clock, shade=0)
    assert told.value.code == "photo_twice"
    add_photo(database, at_work, clock, shade=250)
    with pytest.raises(Refused) as told:
        add_photo(database, at_work, clock, shade=245)
    assert (told.value.code, told.value.facts) == ("photos_full", {"max": PHOTOS_MAX})


def test_who_may_look_at_a_photo(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    photo, cast = add_photo(database, at_work, clock), at_work.training.cast
    with database.reading() as db:
        for viewer in (cast.noor, cast.ruben, cast.fatma):
            keys = photo_keys(db, viewer, record_id=at_work.record_id, photo_id=photo)
            assert storage.get(keys.large) != storage.get(keys.small)
        for viewer in (cast.joris, cast.sanne):
            with pytest.raises(NotFound):
                photo_keys(db, viewer, record_id=at_work.record_id, photo_id=photo)
        with pytest.raises(NotFound):
            photo_keys(db, cast.noor, record_id=at_work.record_id + 1, photo_id=photo)


def test_files_without_a_row_go_after_a_day_and_not_before(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    photo = add_photo(database, at_work, clock)
    lost = storage.put(f"evidence/{clock.now():%Y%m%d%H}", b"lost").key
    clock.advance(timedelta(hours=24))
    handlers.remove_orphans(work, {})
    assert lost in storage.keys("evidence/")
    clock.advance(timedelta(hours=1))
    handlers.remove_orphans(work, {})
    assert lost not in storage.keys("evidence/")
    assert files(storage) == 2
    with database.reading() as db:
        keys = photo_keys(db, at_work.noor, record_id=at_work.record_id, photo_id=photo)
    assert storage.get(keys.large)


def test_files_go_ninety_days_after_the_final_decision(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    clock.advance(timedelta(days=90))
    handlers.expire_files(work, {})
    assert files(storage) == 2
    clock.advance(timedelta(seconds=1))
    handlers.expire_files(work, {})
    handlers.expire_files(work, {})
    assert files(storage) == 0
    with database.reading() as db:
        photo = db.scalars(select(Evidence)).one()
        assert (photo.removed_at, photo.caption) == (clock.now(), "")
        assert db.scalar(select(func.count()).select_from(Preparation)) == 0
        assert db.scalars(select(Submission.note)).one() == ""
        event = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "practice.files_expired")).one()
        assert db.get_one(LedgerContent, event.id).content == {"count": 1}
        # What was signed still holds, with the hash of the photo that is gone.
        content = db.scalars(select(SignOffContent.content)).one()
        assert content["evidence"][0]["sha256"] == photo.sha256


def test_what_came_back_is_not_final(database: Database, storage: Storage, clock: MovableClock, work: Work) -> None:
    at_work = begin(database, storage, clock, until="handed_in")
    observe(database, at_work, clock, score_SM1="1")
    sign(database, at_work, clock, "returned")
    clock.advance(timedelta(days=120))
    handlers.expire_files(work, {})
    assert files(storage) == 2


def test_her_copy_has_what_she_wrote(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with database.reading() as db:
        hers = keeping.export_of(db, at_work.noor.id) | groups.export_of(db, at_work.noor.id)
        his = keeping.export_of(db, at_work.ruben.id)
    told = json.dumps(hers, ensure_ascii=False)
    for words in ("Iedereen kiest een beeld", "Ik vond het spannend", "Huizen van karton", "De Esdoorn", "Rust"):
        assert words in told
    assert [one["decision"] for one in his["signed_as_coach"]] == ["signed_off"]
    assert his["submissions"] == []


def test_erasing_leaves_ids_and_digests(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    sign(database, at_work, clock)
    with database.writing() as db:
        digest = db.scalars(select(SignOff.digest)).one()
        keeping.erase(db, person_id=at_work.noor.id, storage=storage, now=clock.now())
        groups.erase(db, person_id=at_work.noor.id, storage=storage, now=clock.now())
    assert files(storage) == 0
    with database.reading() as db:
        told = json.dumps(keeping.export_of(db, at_work.noor.id), ensure_ascii=False)
        for words in ("Iedereen kiest", "spannend", "karton", "Rust"):
            assert words not in told
        assert db.scalars(select(SignOff.digest)).one() == digest
        assert db.scalar(select(func.count()).select_from(SignOffContent)) == 0
