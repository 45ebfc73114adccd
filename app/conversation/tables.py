"""What a professional and her coach write to each other about one assignment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

FILE = "90 days after the final decision"


class ConversationMessage(Base):
    """One message. Who takes hers back leaves the row without its text, so that the answer below stays an answer.

    Retention: 90 days after the final decision on the assignment (domain.md 8.5), or after it was written when
    that is later: as long as the files, since an objection may rest on what was said in writing.
    """

    __tablename__ = "conversation_message"
    __table_args__ = (Index(None, "record_id", "id"),)

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who wrote"))
    body: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    written_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)


class ConversationSide(Base):
    """How far somebody read a conversation, and what she typed but did not send yet. `read_to`: an id of a message.

    Of the professional's coaches the one who read furthest counts: a new one reads on from there.

    Retention: with the messages.
    """

    __tablename__ = "conversation_side"

    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=refers_to_person("how far she read")
    )
    read_to: Mapped[int] = mapped_column(default=0)
    draft: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", FILE, "delete"))
    draft_at: Mapped[datetime | None] = mapped_column(default=None)


class ConversationMail(Base):
    """How somebody wants to hear of new messages. Without a row: at once. `next_at`: when the next mail goes out.

    Retention: with the person.
    """

    __tablename__ = "conversation_mail"
    __table_args__ = (CheckConstraint("choice IN ('at_once', 'daily', 'none')", name="choice"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=refers_to_person("how to write to her")
    )
    choice: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    next_at: Mapped[datetime | None] = mapped_column(default=None)
