"""Writing to the ledger."""

from __future__ import annotations

import hashlib
import json
import secrets
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
    salt = secrets.token_hex(16)
    body = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    kind, subject_id = subject
    event = LedgerEvent(
        at=now,
        action=action,
        actor_id=actor_id,
        subject_kind=kind,
        subject_id=subject_id,
        digest=hashlib.sha256((salt + body).encode()).hexdigest(),
    )
    db.add(event)
    db.flush()
    db.add(LedgerContent(event_id=event.id, salt=salt, content=json.loads(body)))
    return event.id


def forget(db: Session, *, kind: str, ids: Select[int]) -> None:
    """Take away what events about these subjects say in words; that they happened stays, with a digest."""
    about = select(LedgerEvent.id).where(LedgerEvent.subject_kind == kind, LedgerEvent.subject_id.in_(ids))
    db.execute(
        delete(LedgerContent).where(LedgerContent.event_id.in_(about)).execution_options(synchronize_session=False)
    )
