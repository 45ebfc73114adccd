"""The chain of the ledger: what was changed behind the program's back is found and named; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from app.kit.ids import Keyring
from app.kit.storage import folder
from app.ledger import chain
from app.ledger.actions import record
from app.ledger.rules import BEGINNING, Head, SealedEvent, link
from app.ledger.tables import LedgerEvent, LedgerSeal
from app.upkeep import heads
from tests.people import KEYRING

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database


def note(db: Session, clock: MovableClock, *actions: str) -> list[int]:
    return [
        record(db, action, actor_id=None, subject=("person", number), now=clock.now(), number=number)
        for number, action in enumerate(actions, start=1)
    ]


def thaw(db: Session, table: str, verb: str) -> None:
    """What somebody does who holds the whole database."""
    on = f" ON {table}" if db.get_bind().dialect.name == "postgresql" else ""
    db.execute(text(f"DROP TRIGGER frozen_{table}_{verb}{on}"))


def found(database: Database) -> list[str]:
    with database.reading() as db:
        return [broken.what for broken in chain.breaks(db)]


def test_every_event_is_sealed_once_and_in_order(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        ids = note(db, clock, "a.one", "a.two", "a.three")
        assert chain.seal(db, now=clock.now()) == 3
        assert chain.seal(db, now=clock.now()) == 0
        seals = db.scalars(select(LedgerSeal).order_by(LedgerSeal.seq)).all()
        assert [(one.seq, one.event_id) for one in seals] == [(1, ids[0]), (2, ids[1]), (3, ids[2])]
        assert [one.previous for one in seals] == [BEGINNING, seals[0].hash, seals[1].hash]
        first = db.get_one(LedgerEvent, ids[0])
        facts = SealedEvent(first.id, first.at, "a.one", None, "person", 1, first.digest)
        assert seals[0].hash == link(1, BEGINNING, facts)
    assert found(database) == []


def test_an_event_whose_transaction_ended_later_is_sealed_after(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        early, late = note(db, clock, "a.one", "a.two")
        later = db.get_one(LedgerEvent, late)
        db.add(
            LedgerSeal(
                seq=1,
                event_id=late,
                previous=BEGINNING,
                hash=link(1, BEGINNING, SealedEvent(later.id, later.at, later.action, None, "person", 2, later.digest)),
                sealed_at=clock.now(),
            )
        )
        db.flush()
        assert chain.seal(db, now=clock.now()) == 1
        assert db.scalars(select(LedgerSeal.event_id).order_by(LedgerSeal.seq)).all() == [late, early]
    assert found(database) == []


def test_two_who_seal_at_once_make_one_chain(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        note(db, clock, "a.one")
        chain.seal(db, now=clock.now())
    with database.writing() as db:
        (event,) = note(db, clock, "a.two")
    with pytest.raises(IntegrityError), database.writing() as db:
        db.add(LedgerSeal(seq=1, event_id=event, previous=BEGINNING, hash="x", sealed_at=clock.now()))
    assert found(database) == []


@pytest.mark.parametrize("changed", [
    {"action": "a.other"}, {"actor_id": 9}, {"subject_id": 9}, {"digest": "x"}, {"at": None},
])  # fmt: skip
def test_a_changed_event_is_named(database: Database, clock: MovableClock, changed: dict[str, Any]) -> None:
    with database.writing() as db:
        ids = note(db, clock, "a.one", "a.two", "a.three")
        chain.seal(db, now=clock.now())
    with database.writing() as db:
        thaw(db, "ledger_event", "update")
        values = {"at": clock.now() - timedelta(days=1)} if "at" in changed else changed
        db.execute(update(LedgerEvent).where(LedgerEvent.id == ids[1]).values(values))
    with database.reading() as db:
        (broken,) = chain.breaks(db)
    assert (broken.seq, broken.event_id) == (2, ids[1])
    assert broken.what.startswith("is veranderd")


def test_a_seal_that_is_gone_is_named(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        note(db, clock, "a.one", "a.two", "a.three")
        chain.seal(db, now=clock.now())
    with database.writing() as db:
        thaw(db, "ledger_seal", "delete")
        db.execute(delete(LedgerSeal).where(LedgerSeal.seq == 2))
    assert found(database) == ["zegel 2 ontbreekt"]


def test_a_chain_that_was_made_again_differs_from_its_heads(
    database: Database, clock: MovableClock, tmp_path: Path
) -> None:
    """Who holds the database changes an event and all seals after it; the head outside it still says what was."""
    storage = folder(tmp_path / "files")
    with database.writing() as db:
        ids = note(db, clock, "a.one", "a.two")
        chain.seal(db, now=clock.now())
        heads.keep(db, storage, KEYRING, now=clock.now())
        assert heads.problems(db, storage, KEYRING) == []
    with database.writing() as db:
        for table in ("ledger_event", "ledger_seal"):
            for verb in ("update", "delete"):
                thaw(db, table, verb)
        db.execute(update(LedgerEvent).where(LedgerEvent.id == ids[0]).values(action="a.forged"))
        db.execute(delete(LedgerSeal))
        chain.seal(db, now=clock.now())
    assert found(database) == []
    with database.reading() as db:
        (told,) = heads.problems(db, storage, KEYRING)
    assert told == "de keten is anders dan zij op 2026-11-23 was"


def test_a_head_that_somebody_else_wrote_is_no_head(database: Database, clock: MovableClock, tmp_path: Path) -> None:
    storage = folder(tmp_path / "files")
    with database.writing() as db:
        note(db, clock, "a.one")
        chain.seal(db, now=clock.now())
        last = chain.head(db, now=clock.now())
        assert last is not None
        storage.put_at(f"{heads.AREA}/2026-11-22.json", last.as_text("another key").encode())
        storage.put_at(f"{heads.AREA}/2026-11-21.json", b"nonsense")
        assert len(heads.problems(db, storage, KEYRING)) == 2
        older = Keyring((*KEYRING.keys, "another key"))  # a key that was changed stays known
        assert len(heads.problems(db, storage, older)) == 1


def test_after_a_restore_only_heads_of_the_restored_chain_stay(
    database: Database, clock: MovableClock, tmp_path: Path
) -> None:
    storage = folder(tmp_path / "files")
    with database.writing() as db:
        note(db, clock, "a.one")
        chain.seal(db, now=clock.now())
        heads.keep(db, storage, KEYRING, now=clock.now())
        later = Head(7, "x", "2026-11-30T03:00:00+00:00")
        storage.put_at(f"{heads.AREA}/2026-11-30.json", later.as_text(KEYRING.keys[0]).encode())
        assert heads.problems(db, storage, KEYRING) == ["de keten was op 2026-11-30 langer dan nu"]
        assert heads.forget_later(db, storage, KEYRING, now=clock.now()) == 1
        assert heads.problems(db, storage, KEYRING) == []
