"""The ledger: who did what, when and why; rows that are never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person


class LedgerEvent(Base):
    """One thing somebody did. Triggers on both engines refuse UPDATE and DELETE.

    Retention: ids, action and digest stay; the content goes after 24 months (domain.md 8.5).
    """

    __tablename__ = "ledger_event"

    id: Mapped[Id] = mapped_column(init=False)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    actor_id: Mapped[int | None] = mapped_column(info=refers_to_person("accountability"))
    subject_kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    subject_id: Mapped[int | None] = mapped_column(default=None)


class LedgerSeal(Base):
    """The place of one event in the chain: its hash holds the event and the seal before it. Never changed.

    Retention: stays, no personal data.
    """

    __tablename__ = "ledger_seal"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"), unique=True)
    previous: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    hash: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sealed_at: Mapped[datetime]


class LedgerContent(Base):
    """The words that belong to an event; only the eraser and the retention job may remove them.

    Retention: 24 months (domain.md 8.5).
    """

    __tablename__ = "ledger_content"

    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    content: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "accountability", "24 months", "delete"))
