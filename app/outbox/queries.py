"""Reading the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.outbox.rules import MessageState, state
from app.outbox.tables import Message

PAGE_SIZE: Final = 50

_PLANNED: Final = and_(
    Message.sent_at.is_(None),
    Message.bounced_at.is_(None),
    Message.expired_at.is_(None),
    Message.suppressed_at.is_(None),
)
_STATES: Final[dict[MessageState, ColumnElement[bool]]] = {
    MessageState.PLANNED: _PLANNED,
    MessageState.SENT: Message.sent_at.is_not(None),
    MessageState.BOUNCED: Message.bounced_at.is_not(None),
    MessageState.EXPIRED: Message.expired_at.is_not(None),
    MessageState.SUPPRESSED: Message.suppressed_at.is_not(None),
}


@dataclass(frozen=True)
class MessageRow:
    """One line of the list of mail."""

    id: int
    kind: str
    person_id: int
    state: MessageState
    created_at: datetime
    moment: datetime
    reason: str


def planned(db: Session, message_id: int) -> Message | None:
    """The message when it still waits to be sent."""
    return db.scalar(select(Message).where(Message.id == message_id, _PLANNED))


def counts(db: Session) -> dict[MessageState, int]:
    """How many messages are in each state."""
    columns = [func.count().filter(which).label(name.value) for name, which in _STATES.items()]
    row = db.execute(select(*columns).select_from(Message)).one()
    return {name: getattr(row, name.value) for name in _STATES}


def rows(
    db: Session, *, which: MessageState | None = None, person_id: int | None = None, before: int | None = None
) -> tuple[list[MessageRow], bool]:
    """The newest messages, and whether there are more; `before` is the id to go on from."""
    query = select(Message).order_by(Message.id.desc()).limit(PAGE_SIZE + 1)
    if which is not None:
        query = query.where(_STATES[which])
    if person_id is not None:
        query = query.where(Message.person_id == person_id)
    if before is not None:
        query = query.where(Message.id < before)
    found = [row_of(message) for message in db.scalars(query)]
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def row_of(message: Message) -> MessageRow:
    """A message as a line."""
    ended = message.suppressed_at or message.bounced_at or message.expired_at or message.sent_at
    return MessageRow(
        id=message.id,
        kind=message.kind,
        person_id=message.person_id,
        state=state(message),
        created_at=message.created_at,
        moment=ended or message.send_at,
        reason=message.suppressed_reason or message.last_error,
    )


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What went out to somebody: kinds and moments, and what somebody wrote to her in her own words."""
    query = select(Message).where(Message.person_id == person_id).order_by(Message.id)
    return {
        "berichten": [
            {"soort": message.kind, "gemaakt": message.created_at.isoformat(), "stand": state(message).value}
            | ({"tekst": message.own_text} if message.own_text else {})
            for message in db.scalars(query)
        ]
    }
