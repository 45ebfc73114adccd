"""What is brought in to a meeting, and where the keys of its words are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

_TEXT = "14 days after the meeting"


class IntervisionCase(Base):
    """A case that somebody brings to her table. The words are sealed with the key of the meeting (`CaseKey`).

    Retention: the words until 14 days after the meeting, at once when it is called off; the title with the file.
    """

    __tablename__ = "intervision_case"
    __table_args__ = (UniqueConstraint("signup_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    signup_id: Mapped[int] = mapped_column(ForeignKey("meeting_signup.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who brings it"))
    title: Mapped[str] = mapped_column(info=pii("free text", "what was talked about", "with the file", "delete"))
    sealed: Mapped[str] = mapped_column(info=pii("free text", "talking about a case", _TEXT, "delete"))
    offered_at: Mapped[datetime]
    chosen_at: Mapped[datetime | None] = mapped_column(default=None)
    parked_at: Mapped[datetime | None] = mapped_column(default=None)
    discussed_at: Mapped[datetime | None] = mapped_column(default=None)
    purged_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CaseKey(Base):
    """Where the key to the cases of a meeting is kept: in the file store, in no backup (`room.keys`).

    Retention: 14 days after the meeting, at once when it is called off; no personal data.
    """

    __tablename__ = "case_key"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    made_at: Mapped[datetime]


class AgreementAccepted(Base):
    """That somebody accepted a version of what people agree on (`methods/agreements.toml`).

    Retention: with the file.
    """

    __tablename__ = "intervision_agreement"
    __table_args__ = (UniqueConstraint("person_id", "version"),)

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=pii("person", "agreeing on how to talk", "with the file", "delete")
    )
    version: Mapped[int]
    accepted_at: Mapped[datetime]


class CircleTalk(Base):
    """Where a table is in the method that its gespreksleider chose: which step, and since when.

    Retention: as long as the meeting; it says nothing of anybody.
    """

    __tablename__ = "circle_talk"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    method: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    step: Mapped[int]
    step_at: Mapped[datetime]
