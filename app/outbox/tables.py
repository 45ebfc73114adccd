"""Messages to people, as data: rendered when they are previewed and when they are sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person


class Message(Base):
    """One message to one person. Its state follows from the moments (`outbox.rules.state`).

    Retention: 90 days after it ended (domain.md 8.5, mails).
    """

    __tablename__ = "message"

    id: Mapped[Id] = mapped_column(init=False)
    key: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("whom the message is for")
    )
    data: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "what to tell", "90 days", "delete"))
    created_at: Mapped[datetime]
    send_at: Mapped[datetime] = mapped_column(index=True)
    own_text: Mapped[str] = mapped_column(default="", info=pii("free text", "words of the sender", "90 days", "delete"))
    reply_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who gets the answer")
    )
    not_after: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    bounced_at: Mapped[datetime | None] = mapped_column(default=None)
    expired_at: Mapped[datetime | None] = mapped_column(default=None)
    suppressed_at: Mapped[datetime | None] = mapped_column(default=None)
    suppressed_reason: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
