"""Coming in, staying in, going out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.kit.ids import digest, new_token
from app.people.rules import SESSION_LONGEST
from app.people.tables import Account, CalendarFeed, LoginCode, SignIn


def start_session(db: Session, *, person_id: int, device: str, now: datetime, second: bool = False) -> str:
    """Begin a session after a proof of who somebody is; gives the token for the cookie.

    `second`: she showed her second factor as well.
    """
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
            second_at=now if second else None,
        )
    )
    db.execute(update(Account).where(Account.person_id == person_id).values(last_seen_at=now))
    return token


def touch(db: Session, *, sign_in_id: int, now: datetime) -> None:
    """The session is in use."""
    db.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(last_seen_at=now))


def is_open(db: Session, sign_in_id: int) -> bool:
    """Whether nobody ended the session."""
    return db.scalar(select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))) is not None


def replace_session(
    db: Session, *, sign_in_id: int, person_id: int, device: str, now: datetime, second: bool = False
) -> str | None:
    """Go on in a session with a new token and a fresh factor: an old copy of the cookie opens nothing.

    None when the session has ended in the meantime: nothing goes on from what was signed out.
    """
    if not end_session(db, person_id=person_id, sign_in_id=sign_in_id, now=now):
        return None
    return start_session(db, person_id=person_id, device=device, now=now, second=second)


def end_session(db: Session, *, person_id: int, sign_in_id: int, now: datetime) -> bool:
    """End one session of this person. False when it is not hers or ended before."""
    ended = db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignIn.id)
    )
    return ended.first() is not None


def end_session_of_token(db: Session, *, token: str, now: datetime) -> None:
    """End the session that a cookie belongs to: somebody signs in anew in the same browser."""
    db.execute(update(SignIn).where(SignIn.token_hash == digest(token), SignIn.ended_at.is_(None)).values(ended_at=now))


def revoke_all(db: Session, *, person_id: int, now: datetime, keep: int | None = None) -> int:
    """End every session (but `keep`), open code and calendar link; after each change of credential, role or state.

    Gives how many sessions ended.
    """
    sessions = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if keep is not None:
        sessions = sessions.where(SignIn.id != keep)
    ended = db.execute(sessions.values(ended_at=now).returning(SignIn.id)).all()
    db.execute(
        update(LoginCode).where(LoginCode.person_id == person_id, LoginCode.used_at.is_(None)).values(used_at=now)
    )
    db.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
    return len(ended)
