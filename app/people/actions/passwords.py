"""Passwords: optional, hashed with argon2id, never slower or faster for addresses that nobody has."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.errors import Forbidden, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.actions.sign_in import is_open, revoke_all
from app.people.rules import password_problem
from app.people.tables import Account, Person

# security.md 3.1: argon2id, 19 MiB, t=2, p=1 (OWASP's first choice).
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$PJpUMhUexlOvUujZ9RdgDg$7ASukzg+CthKI1WzWM+dMqi5LHU15RDBAW23w4z9BUk"
"""A hash that no password has: verified for addresses that nobody has, so that both take as long."""


def hash_password(password: str) -> str:
    """The hash to keep. Slow on purpose: call it while no transaction is open."""
    return HASHER.hash(password)


def password_matches(stored: str | None, given: str) -> bool:
    """Whether the password is right; without a stored hash it works as long and says no."""
    try:
        HASHER.verify(stored or NOBODY, given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def stored_password(db: Session, *, address: str) -> tuple[int | None, str | None]:
    """Who has this address, and the hash of her password."""
    row = db.execute(
        select(Person.id, Account.password_hash)
        .join(Account, Account.person_id == Person.id)
        .where(Person.email == address, Account.blocked_at.is_(None), Person.erased_at.is_(None))
    ).first()
    return (row.id, row.password_hash) if row is not None else (None, None)


def still_holds(db: Session, *, person_id: int, password_hash: str) -> bool:
    """Whether the hash that was verified outside the transaction is still the one in force."""
    found = db.scalar(
        select(Account.person_id).where(
            Account.person_id == person_id, Account.password_hash == password_hash, Account.blocked_at.is_(None)
        )
    )
    return found is not None


def check_new_password(password: str, *, name: str, address: str) -> None:
    """Raises: Refused for a password that is too short, too common or made of the own name."""
    problem = password_problem(password, about=(name, address.partition("@")[0]))
    if problem is not None:
        raise Refused(problem, "password")


def set_password(
    db: Session, *, person_id: int, password_hash: str, now: datetime, keep_session: int | None = None
) -> None:
    """Put a new hash in force. Every other session ends, and a mail tells that it happened.

    Raises: Forbidden when the session that asks for it (`keep_session`) was ended while the hash was made.
    """
    db.execute(update(Account).where(Account.person_id == person_id).values(password_hash=password_hash))
    if keep_session is not None and not is_open(db, keep_session):
        raise Forbidden
    revoke_all(db, person_id=person_id, now=now, keep=keep_session)
    event_id = record(db, "people.password_set", actor_id=person_id, subject=("person", person_id), now=now)
    post(
        db,
        "people.password_changed",
        person_id=person_id,
        key=f"people.password_changed:{event_id}",
        now=now,
        data={"at": now.isoformat()},
    )


def drop_password(db: Session, *, person_id: int, now: datetime, keep_session: int | None = None) -> None:
    """Go on without a password: a mailed code always works."""
    db.execute(update(Account).where(Account.person_id == person_id).values(password_hash=None))
    revoke_all(db, person_id=person_id, now=now, keep=keep_session)
    record(db, "people.password_dropped", actor_id=person_id, subject=("person", person_id), now=now)
