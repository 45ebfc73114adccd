"""The second proof of who somebody is: six digits from an app on her phone, or a code from paper."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.ids import CODE_ALPHABET, Keyring, digest
from app.kit.sealed import Unreadable, seal, sealed_anew, unseal
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.actions.accounts import roles_of
from app.people.actions.sign_in import revoke_all
from app.people.rules import (
    APP_STEP_SECONDS,
    APP_STEPS_ASIDE,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    Viewer,
    may_manage,
    needs_second_factor,
)
from app.people.tables import Account, RecoveryCode, SecondFactor, SignIn

LETTER: Final = "people.second_factor_changed"
DIGITS: Final = 6


def offered_secret(db: Session, *, sign_in_id: int, keyring: Keyring) -> str:
    """The secret that this session may set up: the same each time that the page is looked at, and kept nowhere.

    Somebody who goes from the browser to the app and back finds the picture that she scanned.
    """
    seed = db.scalars(select(SignIn.token_hash).where(SignIn.id == sign_in_id)).one()
    raw = hmac.new(keyring.keys[0].encode(), f"second-factor-offer|{seed}".encode(), hashlib.sha256).digest()
    return base64.b32encode(raw[:20]).decode()  # 160 bits, as RFC 4226 advises


def address_for_app(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says to the app."""
    import pyotp  # noqa: PLC0415 - few requests need it

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def set_up(
    db: Session, *, person_id: int, sign_in_id: int, typed: str, replacing: bool, keyring: Keyring, now: datetime
) -> tuple[str, ...]:
    """Begin with the app that shows the code `typed`; gives the recovery codes, which nobody can read again.

    `replacing`: she goes on with another phone, after a fresh proof with the one she had. Every other session ends.
    Raises: Refused("app_code_wrong", "code"); Refused("second_factor_there") unless it is replaced.
    """
    secret = offered_secret(db, sign_in_id=sign_in_id, keyring=keyring)
    step = _step_of(secret, typed, now=now)
    if step is None:
        raise Refused("app_code_wrong", "code")
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    given = {"sealed": seal(keyring, _purpose(person_id), secret), "set_at": now, "last_step": step}
    how = insert(SecondFactor).values(person_id=person_id, **given)
    how = (
        how.on_conflict_do_update(index_elements=["person_id"], set_=given)
        if replacing
        else how.on_conflict_do_nothing(index_elements=["person_id"])
    )
    if db.execute(how.returning(SecondFactor.person_id)).first() is None:
        raise Refused("second_factor_there")
    revoke_all(db, person_id=person_id, now=now, keep=sign_in_id)
    _tell(db, "replaced" if replacing else "set", person_id=person_id, actor_id=person_id, now=now)
    return _new_codes(db, person_id=person_id, now=now)


def prove(db: Session, *, person_id: int, code: str, recovery: str, keyring: Keyring, now: datetime) -> Refused | None:
    """Use up a code of the app, or one from paper; what to tell when it is not right.

    The caller commits whatever comes of it: a code that was used is used.
    """
    if recovery.strip():
        return _use_recovery(db, person_id=person_id, typed=recovery, now=now)
    factor = db.get(SecondFactor, person_id)
    if factor is None:
        return Refused("app_code_wrong", "code")
    try:
        secret = unseal(keyring, _purpose(person_id), factor.sealed)
    except Unreadable:
        return Refused("second_factor_unreadable", "code")
    step = _step_of(secret, code, now=now)
    if step is None:
        return Refused("app_code_wrong", "code")
    first = db.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.person_id)
        .execution_options(synchronize_session=False)
    ).first()
    return None if first is not None else Refused("app_code_used", "code")


def make_codes_anew(db: Session, *, by: Viewer, now: datetime) -> tuple[str, ...]:
    """Eight new recovery codes; the ones that were left stop working. Raises: NotFound without an app."""
    if db.get(SecondFactor, by.id) is None:
        raise NotFound
    codes = _new_codes(db, person_id=by.id, now=now)
    _tell(db, "codes", person_id=by.id, actor_id=by.id, now=now)
    return codes


def drop(db: Session, *, by: Viewer, now: datetime) -> None:
    """Go on without the app; only who has no role that asks for one. Raises: Refused("second_factor_required")."""
    if needs_second_factor(by.roles):
        raise Refused("second_factor_required")
    if _remove(db, person_id=by.id):
        revoke_all(db, person_id=by.id, now=now, keep=by.sign_in_id)
        _tell(db, "dropped", person_id=by.id, actor_id=by.id, now=now)


def reset(db: Session, *, by: Viewer | None, person_id: int, reason: str, now: datetime) -> None:
    """Somebody lost her phone and her codes: she sets up anew when she comes in. Every session of hers ends.

    `by` is None for the command. An admin does this for people below her, never for herself.
    Raises: NotFound when there is nothing to reset; Forbidden.
    """
    if by is not None and (by.person_id == person_id or not may_manage(by, roles_of(db, person_id), person_id)):
        raise Forbidden
    if not _remove(db, person_id=person_id):
        raise NotFound
    revoke_all(db, person_id=person_id, now=now)
    _tell(db, "reset", person_id=person_id, actor_id=by.person_id if by else None, now=now, reason=reason)


def seal_anew(db: Session, *, keyring: Keyring) -> int:
    """Take every secret along to the newest key, so that the one before can go; gives how many there were.

    One that was set up or taken away in the meantime is left as it is.
    """
    anew = 0
    for factor in db.scalars(select(SecondFactor)).all():
        try:
            sealed = sealed_anew(keyring, _purpose(factor.person_id), factor.sealed)
        except Unreadable:
            continue  # `doctor` says whose
        if sealed is not None:
            same = (SecondFactor.person_id == factor.person_id, SecondFactor.sealed == factor.sealed)
            wrote = db.execute(update(SecondFactor).where(*same).values(sealed=sealed))
            anew += int(getattr(wrote, "rowcount", 0))
    return anew


def unreadable(db: Session, *, keyring: Keyring) -> list[int]:
    """Whose secret none of our keys opens: they cannot come in before an admin resets it."""
    found = []
    for factor in db.scalars(select(SecondFactor).order_by(SecondFactor.person_id)):
        try:
            unseal(keyring, _purpose(factor.person_id), factor.sealed)
        except Unreadable:
            found.append(factor.person_id)
    return found


def _purpose(person_id: int) -> str:
    return f"second-factor|{person_id}"


def _step_of(secret: str, typed: str, *, now: datetime) -> int | None:
    """The step of time that the digits belong to: this one, or one aside, for a clock that is a little off."""
    import pyotp  # noqa: PLC0415 - few requests need it

    given = "".join(typed.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    of_app, here = pyotp.HOTP(secret), int(now.timestamp()) // APP_STEP_SECONDS
    found = None
    for step in range(here - APP_STEPS_ASIDE, here + APP_STEPS_ASIDE + 1):
        if hmac.compare_digest(of_app.at(step).encode(), given.encode()):
            found = step
    return found


def _use_recovery(db: Session, *, person_id: int, typed: str, now: datetime) -> Refused | None:
    used = db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash_of(person_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).first()
    if used is None:
        return Refused("recovery_code_wrong", "recovery")
    _tell(db, "recovered", person_id=person_id, actor_id=person_id, now=now)
    return None


def _new_codes(db: Session, *, person_id: int, now: datetime) -> tuple[str, ...]:
    """Codes of 80 random bits, too many to try; a digest is enough to keep them by."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = tuple("".join(secrets.choice(CODE_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES))
    db.add_all(RecoveryCode(person_id=person_id, code_hash=_hash_of(person_id, code), made_at=now) for code in codes)
    db.flush()
    return tuple("-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4)) for code in codes)


def _hash_of(person_id: int, typed: str) -> str:
    """Case, spaces and hyphens do not matter; O reads as 0, I and L as 1."""
    plain = "".join(char for char in typed.upper() if char.isalnum())
    return digest(f"recovery|{person_id}|{plain.replace('O', '0').replace('I', '1').replace('L', '1')}")


def _remove(db: Session, *, person_id: int) -> bool:
    db.execute(select(Account.person_id).where(Account.person_id == person_id).with_for_update())
    db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    gone = db.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id).returning(SecondFactor.person_id))
    return gone.first() is not None


def _tell(db: Session, what: str, *, person_id: int, actor_id: int | None, now: datetime, **more: Any) -> None:
    """Note it, and write to her: if it was not her, she wants to know."""
    event_id = record(
        db, f"people.second_factor_{what}", actor_id=actor_id, subject=("person", person_id), now=now, **more
    )
    post(
        db,
        LETTER,
        person_id=person_id,
        key=f"{LETTER}:{event_id}",
        now=now,
        data={"what": what, "at": now.isoformat()},
    )
