"""Consent for each purpose apart, and taken back: the file goes everywhere, what was signed stays."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound
from app.kit.ids import Keyring
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.people.actions import own_data
from app.people.rules import Viewer
from app.people.tables import Export
from app.practice import inputs
from app.practice.actions import consent, evidence, keeping
from app.practice.evidence_page import evidence_page
from app.practice.evidence_view import photo_keys
from app.practice.observation_page import observation_page
from app.practice.record_page import record_page
from app.practice.rules.evidence import Purpose
from app.practice.tables.evidence import ConsentAttestation, Evidence
from app.practice.tables.proof import SignOffContent
from app.settings import Settings
from app.worker.handlers import own_data as copying
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING
from tests.practising import Practising, add_photo, add_visit_photo, begin, hand_in, observe, shaded, sign

ALL = list(Purpose)


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@pytest.fixture
def work(database: Database, storage: Storage, clock: MovableClock, data_dir: Path) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, storage, Keyring(KEYRING.keys))


def add(database: Database, at_work: Practising, clock: MovableClock, *purposes: Purpose, shade: int = 200) -> int:
    """A photo of people who said yes to these purposes."""
    given = inputs.PhotoNote(recognisable="attested", purposes=list(purposes), caption="De groep")
    stored = evidence.store_photo(at_work.storage, shaded(shade), now=clock.now())
    with database.writing() as db:
        return evidence.add_photo(
            db, by=at_work.noor, record_id=at_work.record_id, given=given, stored=stored, now=clock.now()
        )


def withdraw(database: Database, at_work: Practising, clock: MovableClock, photo: int, by: Viewer) -> bool:
    with database.writing() as db:
        return consent.withdraw_consent(db, by=by, record_id=at_work.record_id, evidence_id=photo, now=clock.now())


def purposes_for(database: Database, at_work: Practising, photo: int) -> set[Purpose]:
    """For which purposes the file is shown."""
    shown = set()
    with database.reading() as db:
        for purpose in Purpose:
            try:
                photo_keys(db, at_work.ruben, record_id=at_work.record_id, photo_id=photo, purpose=purpose)
            except NotFound:
                continue
            shown.add(purpose)
    return shown


@pytest.mark.parametrize("purposes", [[], ["publication"], ["intervision", "training", "publication"]])
def test_without_the_assessment_it_cannot_be_added(purposes: list[str]) -> None:
    with pytest.raises(ValidationError) as wrong:
        inputs.PhotoNote.model_validate({"recognisable": "attested", "purposes": purposes})
    assert [(one["loc"], one["type"]) for one in wrong.value.errors()] == [(("purposes",), "consent_for_assessment")]


def test_one_purpose_never_implies_another(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    for shade, given in enumerate(([Purpose.ASSESSMENT], [Purpose.ASSESSMENT, Purpose.INTERVISION], ALL)):
        photo = add(database, at_work, clock, *given, shade=shade * 50)
        assert purposes_for(database, at_work, photo) == set(given)
    nobody = add_photo(database, at_work, clock)
    assert purposes_for(database, at_work, nobody) == set(ALL)
    taken = add_visit_photo(database, at_work, clock)
    assert purposes_for(database, at_work, taken) == set(ALL)
    with database.reading() as db:
        vouched = db.execute(select(ConsentAttestation.attested_by_id, ConsentAttestation.attested_at)).all()
        assert set(vouched) == {(at_work.noor.id, clock.now())}
        assert len(vouched) == 1 + 2 + 4
        [one, *_] = keeping.export_of(db, at_work.noor.id)["photos"]
        assert one["purposes"] == ["assessment"]


def test_taken_back_after_the_decision_it_is_gone_everywhere(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    photo = add(database, at_work, clock, *ALL)
    hand_in(database, at_work, clock)
    observe(database, at_work, clock)
    sign(database, at_work, clock)
    with database.writing() as db:
        own_data.ask_export(db, by=at_work.noor, now=clock.now())
    run_due(work)
    with database.reading() as db:
        old_copy = db.scalars(select(Export.storage_key)).one()
        sha256 = db.scalars(select(Evidence.sha256)).one()
    assert "bestanden/foto-1.webp" in names_in(storage, old_copy)
    clock.advance(timedelta(days=2))

    assert withdraw(database, at_work, clock, photo, at_work.noor)

    for viewer in (at_work.noor, at_work.ruben, at_work.training.cast.fatma):  # at once, before any job
        with database.reading() as db:
            page = record_page(db, viewer, at_work.record_id, now=clock.now())
            assert (page.photos, page.withdrawn) == ((), 1)
            with pytest.raises(NotFound):
                photo_keys(db, viewer, record_id=at_work.record_id, photo_id=photo)
    run_due(work)
    assert storage.keys("evidence/") == []
    with database.reading() as db:
        [new_copy] = storage.keys("exports/")
        assert new_copy != old_copy
        assert db.scalars(select(Export.storage_key)).one() == new_copy
        assert "bestanden/foto-1.webp" not in names_in(storage, new_copy)
        rows = db.scalars(select(ConsentAttestation)).all()
        assert {(row.withdrawn_at, row.withdrawn_by_id) for row in rows} == {(clock.now(), at_work.noor.id)}
        assert db.scalars(select(SignOffContent.content)).one()["evidence"][0]["sha256"] == sha256
        gone = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "practice.consent_withdrawn")).one()
        assert (gone.actor_id, gone.subject_id) == (at_work.noor.id, photo)
    with pytest.raises(NotFound):
        withdraw(database, at_work, clock, photo, at_work.noor)


def names_in(storage: Storage, key: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(storage.get(key))) as archive:
        return archive.namelist()


def test_a_copy_in_the_making_does_not_carry_it_out(
    database: Database, storage: Storage, clock: MovableClock, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = begin(database, storage, clock, until="visited")
    photo, other = add(database, at_work, clock, *ALL), add_photo(database, at_work, clock)
    with database.writing() as db:
        own_data.ask_export(db, by=at_work.noor, now=clock.now())
    packed = copying.pack

    def pack_slowly(*given: object, **named: object) -> None:
        if photo:
            monkeypatch.setattr(copying, "pack", packed)
            withdraw(database, at_work, clock, photo, at_work.noor)
        packed(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "pack", pack_slowly)
    run_due(work)
    [copy] = storage.keys("exports/")
    assert [name for name in names_in(storage, copy) if "foto" in name] == [f"bestanden/foto-{other}.webp"]


def test_who_may_take_it_back(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="visited")
    hers, cast = add(database, at_work, clock, *ALL), at_work.training.cast
    for viewer in (at_work.ruben, cast.joris, cast.sanne):
        with pytest.raises(NotFound):
            withdraw(database, at_work, clock, hers, viewer)
    taken = add_visit_photo(database, at_work, clock)
    with pytest.raises(NotFound):  # she does not see it yet
        withdraw(database, at_work, clock, taken, at_work.noor)
    assert not withdraw(database, at_work, clock, taken, at_work.ruben)
    assert not withdraw(database, at_work, clock, hers, cast.fatma)
    with database.reading() as db:
        assert len(db.scalars(select(Job).where(Job.kind == "practice.remove_photo")).all()) == 2


def test_withdrawn_under_review_the_coach_is_told(
    database: Database, storage: Storage, clock: MovableClock, work: Work
) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with database.reading() as db:
        [photo] = db.scalars(select(Evidence.id))
    withdraw(database, at_work, clock, photo, at_work.noor)  # somebody can be recognised after all
    with database.reading() as db:
        page = observation_page(db, at_work.ruben, at_work.record_id, now=clock.now())
        assert (page.photos, page.withdrawn) == ((), 1)
    sign(database, at_work, clock)
    run_due(work)
    with database.reading() as db:
        assert db.scalars(select(SignOffContent.content)).one()["evidence"] == []
    assert storage.keys("evidence/") == []


def test_her_own_page_says_what_goes_when(database: Database, storage: Storage, clock: MovableClock) -> None:
    at_work = begin(database, storage, clock, until="observed")
    with database.reading() as db:
        page = evidence_page(db, at_work.noor, at_work.record_id, now=clock.now())
        assert (page.goes_on, page.may_add, len(page.pieces)) == (None, False, 1)
        for viewer in (at_work.ruben, at_work.training.cast.fatma, at_work.training.cast.joris):
            with pytest.raises(NotFound):
                evidence_page(db, viewer, at_work.record_id, now=clock.now())
    sign(database, at_work, clock)
    with database.reading() as db:
        page = evidence_page(db, at_work.noor, at_work.record_id, now=clock.now())
        assert page.goes_on == (clock.now() + timedelta(days=90)).date()
        assert [(one.removable, one.may_withdraw) for one in page.pieces] == [(False, True)]
