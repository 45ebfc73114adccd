"""Coming in, staying in, going out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.kit.ids import digest, new_token
from app.people.rules import SESSION_LONGEST
from app.people.tables import Account, SignIn


def start_session(db: Session, *, person_id: int, device: str, now: datetime) -> str:
    """Begin a session after a proof of who somebody is; gives the token for the cookie."""
    token = new_token("ss")
    db.add(
        SignIn(
            person_id=person_id,
            token_hash=digest(token),
            device=device[:200],
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LONGEST,
            factor_at=now,
        )
    )
    db.execute(update(Account).where(Account.person_id == person_id).values(last_seen_at=now))
    return token


def touch(db: Session, *, sign_in_id: int, now: datetime) -> None:
    """The session is in use."""
    db.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(last_seen_at=now))
