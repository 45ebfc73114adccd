"""Putting messages in the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.outbox.tables import Message

ATTEMPTS: Final = 22  # with the back-off of jobs four days, as mail servers do among each other (RFC 5321 4.5.4.1)


def post(
    db: Session,
    kind: str,
    *,
    person_id: int,
    key: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    own_text: str = "",
    reply_to_id: int | None = None,
    send_at: datetime | None = None,
    not_after: datetime | None = None,
) -> int:
    """Plan one message in the caller's transaction and give its id; the same `key` plans it once, ever.

    `kind` names a letter in `app.letters`; `data` holds ids and facts, never a secret: links are made from
    nonces when the letter is written. `not_after`: a message that is not sent by then expires.
    """
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    row = db.execute(
        insert(Message)
        .values(
            key=key,
            kind=kind,
            person_id=person_id,
            data=data or {},
            own_text=own_text,
            reply_to_id=reply_to_id,
            created_at=now,
            send_at=send_at or now,
            not_after=not_after,
            attempts=0,
            last_error="",
            suppressed_reason="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Message.id)
    ).first()
    if row is None:
        return db.scalars(select(Message.id).where(Message.key == key)).one()
    enqueue(
        db,
        "outbox.send",
        now=now,
        key=f"outbox.send:{row.id}",
        run_at=send_at or now,
        max_attempts=ATTEMPTS,
        message_id=row.id,
    )
    return int(row.id)


def sent(db: Session, *, message_id: int, now: datetime) -> None:
    """The mail server took the message."""
    _end(db, message_id, sent_at=now, last_error="")


def bounce(db: Session, *, message_id: int, reason: str, now: datetime) -> None:
    """The mail server refused the message for good."""
    _end(db, message_id, bounced_at=now, last_error=reason[:300])


def expire(db: Session, *, message_id: int, now: datetime) -> None:
    """It is too late to send the message."""
    _end(db, message_id, expired_at=now)


def suppress(db: Session, *, message_id: int, reason: str, now: datetime) -> None:
    """The message should not go out any more; `reason` is a sentence for the admin."""
    _end(db, message_id, suppressed_at=now, suppressed_reason=reason[:300])


def suppress_planned(db: Session, *, key_prefix: str, but: Iterable[str] = (), reason: str, now: datetime) -> int:
    """Take back what was planned under keys that begin so and did not go out yet, `but` for some; gives how many."""
    planned = db.scalars(
        select(Message.id).where(
            Message.key.not_in(list(but)),
            Message.key.startswith(key_prefix, autoescape=True),
            Message.sent_at.is_(None),
            Message.bounced_at.is_(None),
            Message.expired_at.is_(None),
            Message.suppressed_at.is_(None),
        )
    ).all()
    for message_id in planned:
        suppress(db, message_id=message_id, reason=reason, now=now)
    return len(planned)


def note_trouble(db: Session, *, message_id: int, reason: str) -> None:
    """Sending failed for now; the job tries again later."""
    db.execute(
        update(Message).where(Message.id == message_id).values(attempts=Message.attempts + 1, last_error=reason[:300])
    )


def send_again(db: Session, *, message_id: int, now: datetime) -> bool:
    """Try a bounced message once more, after its address was mended. False when it is not bounced."""
    row = db.execute(
        update(Message)
        .where(Message.id == message_id, Message.bounced_at.is_not(None))
        .values(bounced_at=None, send_at=now)
        .returning(Message.attempts)
    ).first()
    if row is None:
        return False
    key = f"outbox.send:{message_id}:{now.isoformat()}"
    enqueue(db, "outbox.send", now=now, key=key, max_attempts=ATTEMPTS, message_id=message_id)
    return True


def _end(db: Session, message_id: int, **moments: Any) -> None:
    """Give a planned message its end; a message has one end only."""
    db.execute(
        update(Message)
        .where(
            Message.id == message_id,
            Message.sent_at.is_(None),
            Message.bounced_at.is_(None),
            Message.expired_at.is_(None),
            Message.suppressed_at.is_(None),
        )
        .values(attempts=Message.attempts + 1, **moments)
    )
