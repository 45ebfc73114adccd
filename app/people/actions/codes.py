"""Codes of six digits by mail: they prove a mailbox, in the browser that asked and nowhere else."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.ids import Keyring, digest, new_nonce
from app.outbox.actions import post
from app.people.rules import CODE_MINUTES, CODE_TRIES
from app.people.tables import Account, LoginCode, Person

PURPOSE: Final = "login-code"


def digits(keyring: Keyring, nonce: str) -> str:
    """The code that belongs to a nonce; neither the database nor the key can make it alone."""
    return _six(keyring.mailed_token(PURPOSE, nonce))


def mail_code(db: Session, *, person_id: int, browser: str, now: datetime) -> None:
    """Mail somebody a code for this browser. An older code of the same browser stops working."""
    db.execute(
        update(LoginCode)
        .where(LoginCode.browser_hash == digest(browser), LoginCode.used_at.is_(None))
        .values(used_at=now)
    )
    code = LoginCode(
        person_id=person_id,
        nonce=new_nonce(),
        browser_hash=digest(browser),
        created_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )
    db.add(code)
    db.flush()
    post(
        db,
        "people.login_code",
        person_id=person_id,
        key=f"people.login_code:{code.id}",
        now=now,
        data={"code_id": code.id},
        not_after=code.expires_at,
    )


def mail_code_to(db: Session, *, address: str, browser: str, now: datetime) -> None:
    """Mail a code when somebody with an account has this address; say nothing about whether."""
    person_id = db.scalar(
        select(Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(Person.email == address, Account.blocked_at.is_(None), Person.erased_at.is_(None))
    )
    if person_id is not None:
        mail_code(db, person_id=person_id, browser=browser, now=now)


def check_code(db: Session, *, browser: str, code: str, keyring: Keyring, now: datetime) -> int | None:
    """Whose mailbox this code proves; None when it is wrong, old, used, or asked for in another browser.

    Each try counts, also a wrong one: the caller commits whatever the answer is. `use_code` ends a right one.
    """
    if not browser:
        return None
    tried = db.execute(
        update(LoginCode)
        .where(
            LoginCode.browser_hash == digest(browser),
            LoginCode.used_at.is_(None),
            LoginCode.expires_at > now,
            LoginCode.attempts < CODE_TRIES,
        )
        .values(attempts=LoginCode.attempts + 1)
        .returning(LoginCode.nonce, LoginCode.person_id)
    ).first()
    if tried is None or not _is_right(keyring, tried.nonce, code):
        return None
    return int(tried.person_id)


def use_code(db: Session, *, browser: str, person_id: int, now: datetime) -> bool:
    """Use up the code that `check_code` found right. False when somebody was faster: a code works once."""
    used = db.execute(
        update(LoginCode)
        .where(
            LoginCode.browser_hash == digest(browser),
            LoginCode.person_id == person_id,
            LoginCode.used_at.is_(None),
            LoginCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(LoginCode.id)
    )
    return used.first() is not None


def _is_right(keyring: Keyring, nonce: str, code: str) -> bool:
    given = "".join(code.split())
    right = False
    for key in keyring.keys:  # a code mailed before the key was changed still counts
        right |= hmac.compare_digest(_six(Keyring((key,)).mailed_token(PURPOSE, nonce)).encode(), given.encode())
    return right


def _six(token: str) -> str:
    return f"{int(hashlib.sha256(token.encode()).hexdigest(), 16) % 1_000_000:06d}"
