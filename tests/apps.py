"""The app on somebody's phone, for tests: set up by the real action, with the digits that it shows at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import select

from app.people.actions import second_factor, sign_in
from app.people.tables import SignIn
from tests.people import KEYRING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.kit.ids import Keyring


def digits(secret: str, now: datetime) -> str:
    """What the app shows."""
    return pyotp.TOTP(secret).at(now)


def set_up_app(
    db: Session, person_id: int, *, now: datetime, keyring: Keyring = KEYRING
) -> tuple[str, tuple[str, ...]]:
    """Give somebody an app, in a session of its own; the secret and the codes on paper."""
    sign_in.start_session(db, person_id=person_id, device="test", now=now)
    db.flush()
    sign_in_id = db.scalars(
        select(SignIn.id).where(SignIn.person_id == person_id).order_by(SignIn.id.desc()).limit(1)
    ).one()
    secret = second_factor.offered_secret(db, sign_in_id=sign_in_id, keyring=keyring)
    codes = second_factor.set_up(
        db,
        person_id=person_id,
        sign_in_id=sign_in_id,
        typed=digits(secret, now),
        replacing=False,
        keyring=keyring,
        now=now,
    )
    sign_in.end_session(db, person_id=person_id, sign_in_id=sign_in_id, now=now)
    return secret, codes
