"""A result that is asked back, step by step through the real actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.people.queries import viewer_for
from app.practice.actions import correcting
from app.practice.tables.proof import (
    Correction,
)
from tests.practising import sign
from tests.trained import second_admin

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.people.rules import Viewer
    from tests.practising import Practising


WHY = "Het formulier hoorde bij een andere bijeenkomst."


def signed(
    database: Database, at_work: Practising, clock: MovableClock, decision: str = "signed_off", **more: Any
) -> int:
    return sign(database, at_work, clock, decision, **more)


def other_admin(database: Database, clock: MovableClock) -> Viewer:
    with database.writing() as db:
        return viewer_for(db, second_admin(db, "Gerda Bos", now=clock.now()))


def ask(database: Database, at_work: Practising, clock: MovableClock, by: Viewer, sign_off_id: int) -> bool:
    with database.writing() as db:
        return correcting.ask_correction(
            db, by=by, record_id=at_work.record_id, sign_off_id=sign_off_id, reason=WHY, now=clock.now()
        )


def take_back(database: Database, at_work: Practising, clock: MovableClock, first: int) -> None:
    """By the only admin, who asks and decides at once."""
    with database.writing() as db:
        done = correcting.ask_correction(
            db,
            by=at_work.training.cast.fatma,
            record_id=at_work.record_id,
            sign_off_id=first,
            reason=WHY,
            now=clock.now(),
        )
    assert done


def asked_one(database: Database) -> int:
    with database.reading() as db:
        return db.scalars(select(Correction.id).where(Correction.settled_at.is_(None))).one()


def agree(database: Database, by: Viewer, clock: MovableClock) -> None:
    correction_id = asked_one(database)
    with database.writing() as db:
        correcting.agree(db, by=by, correction_id=correction_id, now=clock.now())
