"""Putting messages in the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.outbox.tables import Message


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
            key=key, kind=kind, person_id=person_id, data=data or {}, own_text=own_text, reply_to_id=reply_to_id,
            created_at=now, send_at=send_at or now, not_after=not_after, attempts=0, last_error="",
            suppressed_reason="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Message.id)
    ).first()
    if row is None:
        return db.scalars(select(Message.id).where(Message.key == key)).one()
    enqueue(db, "outbox.send", now=now, key=f"outbox.send:{row.id}", run_at=send_at or now, message_id=row.id)
    return int(row.id)
