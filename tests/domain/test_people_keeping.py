"""What goes by itself, what goes on request, and taking over a list: on both databases."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.jobs.tables import Job
from app.kit.errors import Refused
from app.kit.ids import Keyring
from app.kit.localtime import local, local_day
from app.kit.storage import folder
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.actions import accounts, codes, importing, invitations, limits, own_data
from app.people.import_lines import read_lines
from app.people.listing import lines
from app.people.tables import Account, Export, Invitation, LoginCode, Membership, Person, RateWindow, SignIn
from app.settings import Settings
from app.worker.handlers.own_data import erase, export
from app.worker.handlers.people import retain
from app.worker.run import run_due
from app.worker.work import Work
from tests.people import KEYRING, make_cast, make_person

if TYPE_CHECKING:
    from pathlib import Path

    from app.kit.clock import MovableClock
    from app.kit.db import Database


@pytest.fixture
def work(database: Database, data_dir: Path, clock: MovableClock) -> Work:
    return Work(Settings(data_dir=data_dir), clock, database, folder(data_dir / "files"), Keyring(KEYRING.keys))


def test_the_link_of_an_invitation_goes_after_42_days(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        els = make_person(db, "Els Kooiman", now=clock.now(), organisation="Linde")
        invited = invitations.create_invitation(db, person_id=els, by_id=None, keyring=KEYRING, now=clock.now())
        db.get_one(Invitation, invited).accepted_at = clock.now()

    def seed() -> str:
        with work.database.reading() as db:
            return db.get_one(Invitation, invited).nonce

    before = seed()
    clock.advance(timedelta(days=42))
    retain(work, {})
    assert seed() == before
    clock.advance(timedelta(seconds=1))
    retain(work, {})
    assert seed() == ""


def test_who_never_came_is_gone_after_42_days(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        for name in ("Els Kooiman", "Wil de Boer"):
            person_id = make_person(db, name, now=clock.now(), account=False, organisation="Linde")
            invited = invitations.create_invitation(
                db, person_id=person_id, by_id=cast.fatma.id, keyring=KEYRING, now=clock.now()
            )
            invitations.mail_invitation(db, invitation_id=invited, now=clock.now())
        imported = make_person(db, "Nooit Uitgenodigd", now=clock.now(), account=False)
        accounts.change_employer(db, person_id=imported, organisation_id=cast.linde_id, now=clock.now())
    clock.advance(timedelta(days=42))
    retain(work, {})
    with work.database.reading() as db:
        assert len(lines(db).lines) == 8
    clock.advance(timedelta(days=1))
    with work.database.writing() as db:  # somebody who was invited again stays
        wil = db.scalars(select(Person.id).where(Person.name == "Wil de Boer")).one()
        invitations.create_invitation(db, person_id=wil, by_id=None, keyring=KEYRING, now=clock.now())
    retain(work, {})
    with work.database.reading() as db:
        assert "Els Kooiman" not in {line.name for line in lines(db).lines}
        assert {"Wil de Boer", "Nooit Uitgenodigd", "Noor de Wit"} <= {line.name for line in lines(db).lines}
        told = db.scalars(select(LedgerEvent).where(LedgerEvent.action == "people.retention")).all()[-1]
        counted = db.get_one(LedgerContent, told.id).content
    assert counted["person"] == 1
    assert "Els" not in str(counted)


def test_short_lived_rows_go(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        noor = make_person(db, "Noor de Wit", now=clock.now())
        codes.mail_code(db, person_id=noor, browser="x", now=clock.now())
        limits.hit(db, key="x", limit=1, window=timedelta(hours=1), now=clock.now())
        db.add(Export(person_id=noor, asked_at=clock.now(), ready_at=clock.now(), storage_key="exports/x.zip"))
        db.add(
            SignIn(
                person_id=noor, token_hash="h", device="d", created_at=clock.now(), last_seen_at=clock.now(),
                expires_at=clock.now() + timedelta(days=30), factor_at=clock.now(),
            )
        )  # fmt: skip
        for row in db.scalars(select(Message)):
            row.sent_at = clock.now()
        for job in db.scalars(select(Job)):
            job.ended_at = clock.now()
    work.storage.put_at("exports/x.zip", b"zip")

    def left() -> dict[str, int]:
        with work.database.reading() as db:
            return {
                table.__tablename__: db.scalar(select(func.count()).select_from(table)) or 0
                for table in (LoginCode, RateWindow, Export, SignIn, Message, Job, LedgerContent)
            }

    clock.advance(timedelta(days=2, minutes=1))
    retain(work, {})
    assert left() | {"ledger_content": 0} == {
        "login_code": 0, "rate_window": 0, "export": 0, "sign_in": 1, "message": 1, "job": 1, "ledger_content": 0,
    }  # fmt: skip
    assert work.storage.keys("exports") == []
    clock.advance(timedelta(days=89))
    retain(work, {})
    assert {name: number for name, number in left().items() if number} == {"ledger_content": left()["ledger_content"]}
    clock.advance(timedelta(days=731))
    retain(work, {})
    with work.database.reading() as db:
        first = db.scalars(select(LedgerEvent.id).order_by(LedgerEvent.id)).first()
        assert first is not None
        assert db.get(LedgerContent, first) is None


def test_erasing_leaves_an_id_and_the_counts(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        codes.mail_code(db, person_id=cast.noor.id, browser="x", now=clock.now())
        own_data.ask_erasure(db, by=cast.noor, now=clock.now())
    erase(work, {"person_id": cast.noor.id})
    with work.database.reading() as db:
        person = db.get_one(Person, cast.noor.id)
        assert (person.name, person.email, person.erased_at) == (f"Persoon {cast.noor.id}", None, clock.now())
        for table in (Account, SignIn, LoginCode):
            assert db.scalar(select(func.count()).select_from(table).where(table.person_id == cast.noor.id)) == 0
        invitation = db.scalars(select(Invitation).where(Invitation.person_id == cast.noor.id)).one()
        assert invitation.nonce == ""
        message = db.scalars(select(Message).where(Message.person_id == cast.noor.id)).one()
        assert (message.data, message.suppressed_at) == ({}, clock.now())
        about = select(LedgerEvent.id).where(
            LedgerEvent.subject_id == cast.noor.id, LedgerEvent.action != "people.erased"
        )
        assert db.scalars(select(LedgerContent).where(LedgerContent.event_id.in_(about))).all() == []
        assert db.scalars(select(LedgerEvent).where(LedgerEvent.action == "people.erased")).one().actor_id is None
    assert work.storage.keys("erasures") == [f"erasures/{cast.noor.id}"]
    erase(work, {"person_id": cast.noor.id})  # a repeat after a crash does no harm


def test_files_go_when_their_rows_are_gone_for_good(
    work: Work, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that fails leaves the files that its rows name."""
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        key = work.storage.put("exports", b"copy").key
        db.add(Export(person_id=cast.noor.id, asked_at=clock.now(), ready_at=clock.now(), storage_key=key))

    def fails(*_given: object, **_named: object) -> None:
        assert work.storage.get(key) == b"copy"
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("app.worker.handlers.own_data.record", fails)
        with pytest.raises(RuntimeError):
            erase(work, {"person_id": cast.noor.id})
    assert work.storage.get(key) == b"copy"
    erase(work, {"person_id": cast.noor.id})
    assert work.storage.keys("exports") == []


def test_mails_in_the_folder_go_with_the_person_and_with_time(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        codes.mail_code(db, person_id=cast.noor.id, browser="x", now=clock.now())
        codes.mail_code(db, person_id=cast.joris.id, browser="y", now=clock.now())
    run_due(work)
    mails = work.settings.data_dir / "mail"
    names = sorted(one.name for one in mails.glob("*.eml"))
    assert len(names) == 2
    for name in names:
        assert re.fullmatch(rf"{local(clock.now()):%Y%m%d-%H%M%S}_people\.login_code_[0-9a-f]{{40}}\.eml", name)
    erase(work, {"person_id": cast.noor.id})
    (left,) = mails.glob("*.eml")
    assert "joris@demo.example" in left.read_text()
    for days, there in ((89, True), (91, False)):
        moment = (clock.now() - timedelta(days=days)).timestamp()
        if left.exists():
            os.utime(left, (moment, moment))
        retain(work, {})
        assert left.exists() is there


def test_a_copy_is_made(work: Work, clock: MovableClock) -> None:
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
        export_id = own_data.ask_export(db, by=cast.noor, now=clock.now())
        with pytest.raises(Refused, match="export_busy"):
            own_data.ask_export(db, by=cast.noor, now=clock.now())
    export(work, {"export_id": export_id})
    with work.database.reading() as db:
        made = db.get_one(Export, export_id)
    assert made.ready_at == clock.now()
    assert work.storage.get(made.storage_key)[:2] == b"PK"


def test_a_list_twice_changes_nothing(work: Work, clock: MovableClock) -> None:
    rows = [["Zoë van den Berg", "zoe@demo.example", "Welzijn Maasoever"],
            ["Ahmet Y\u0131ld\u0131r\u0131m", "ahmet@demo.example", "welzijn maasoever"],
            ["Noor Anders", "noor@demo.example", "Ergens Anders"]]  # fmt: skip
    with work.database.writing() as db:
        cast = make_cast(db, now=clock.now())
    for _ in range(2):
        with work.database.writing() as db:
            matched = importing.match(db, read_lines(rows, today=local_day(clock.now())))
            importing.import_people(db, by_id=cast.fatma.id, lines=matched, now=clock.now())
    with work.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 7
        assert db.scalar(select(func.count()).select_from(Membership)) == 5
        assert db.get_one(Person, cast.noor.id).name == "Noor de Wit"  # a list never renames or moves anybody
        assert len(db.scalars(select(LedgerEvent).where(LedgerEvent.action == "people.imported")).all()) == 1
        assert [line.name for line in lines(db, q="yildirim").lines] == ["Ahmet Y\u0131ld\u0131r\u0131m"]


def test_a_wrong_line_stops_the_whole_list(work: Work, clock: MovableClock) -> None:
    rows = [["Goed", "goed@demo.example", "X"], ["Fout", "nergens", "X"]]
    with work.database.writing() as db:
        matched = importing.match(db, read_lines(rows, today=local_day(clock.now())))
        with pytest.raises(Refused, match="import_mistakes"):
            importing.import_people(db, by_id=1, lines=matched, now=clock.now())
        assert db.scalar(select(func.count()).select_from(Person)) == 0
