"""Somebody's numbers in professional registers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.ledger.actions import record
from app.people.inputs import Registrations
from app.people.rules import Register, Viewer
from app.people.tables import Account, RegistrationNumber


def keep_numbers(db: Session, *, by: Viewer, given: Registrations, now: datetime) -> None:
    """Keep these numbers and no others; what is left empty goes away."""
    db.scalar(select(Account.person_id).where(Account.person_id == by.id).with_for_update())
    db.execute(delete(RegistrationNumber).where(RegistrationNumber.person_id == by.id))
    for register in Register:
        number = getattr(given, register.value)
        if number:
            named = given.other_name if register is Register.OTHER else ""
            db.add(RegistrationNumber(person_id=by.id, register=register.value, number=number, other=named))
    record(db, "people.registrations_kept", actor_id=by.id, subject=("person", by.id), now=now)


def numbers_of(db: Session, person_ids: set[int]) -> dict[int, dict[Register, tuple[str, str]]]:
    """The number of each person in each register, and the name of the register where it is another one."""
    found: dict[int, dict[Register, tuple[str, str]]] = {}
    for row in db.scalars(select(RegistrationNumber).where(RegistrationNumber.person_id.in_(person_ids))):
        found.setdefault(row.person_id, {})[Register(row.register)] = (row.number, row.other)
    return found
