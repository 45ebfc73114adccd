"""Writing to the ledger."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.ledger.tables import LedgerContent, LedgerEvent


def record(
    db: Session,
    action: str,
    *,
    actor_id: int | None,
    subject: tuple[str, int | None],
    now: datetime,
    **content: object,
) -> int:
    """Write one event in the caller's transaction and give its id.

    `action` is a verb in the past with its area (`practice.signed_off`), `actor_id` is None when the
    program itself acted. `content` is what was decided and why; no case text, no secrets.
    """
    return record_each(db, action, actor_id=actor_id, about=[(subject, content)], now=now)[0]


def record_each(
    db: Session,
    action: str,
    *,
    actor_id: int | None,
    about: Sequence[tuple[tuple[str, int | None], Mapping[str, object]]],
    now: datetime,
) -> list[int]:
    """The same thing done to many, an event for each subject with its content: as `record`, in two statements."""
    events, contents = [], []
    for (kind, subject_id), content in about:
        salt = secrets.token_hex(16)
        body = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        event = LedgerEvent(
            at=now,
            action=action,
            actor_id=actor_id,
            subject_kind=kind,
            subject_id=subject_id,
            digest=hashlib.sha256((salt + body).encode()).hexdigest(),
        )
        events.append(event)
        contents.append((salt, json.loads(body)))
    db.add_all(events)
    db.flush()
    db.add_all(
        LedgerContent(event_id=event.id, salt=salt, content=content)
        for event, (salt, content) in zip(events, contents, strict=True)
    )
    return [event.id for event in events]


def forget(db: Session, *, kind: str, ids: Select[int]) -> None:
    """Take away what events about these subjects say in words; that they happened stays, with a digest."""
    about = select(LedgerEvent.id).where(LedgerEvent.subject_kind == kind, LedgerEvent.subject_id.in_(ids))
    db.execute(
        delete(LedgerContent).where(LedgerContent.event_id.in_(about)).execution_options(synchronize_session=False)
    )
