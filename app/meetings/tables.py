"""Meetings in general: date, place, seats, answers, attendance. Carries intervision, later training days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person


class Meeting(Base):
    """One date with a venue and seats. `taken` counts seats that somebody has or is being offered.

    It is moved by conditional UPDATE only.

    Retention: attendance lists 6 years; no personal data of its own.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="taken"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    title: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    net_minutes: Mapped[int]
    venue: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    address: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    seats: Mapped[int]
    created_at: Mapped[datetime]
    link: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    access: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    food: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    bring: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    taken: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    signup_closes_at: Mapped[datetime | None] = mapped_column(default=None)
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who gets the answers to mails about it")
    )
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MeetingSignup(Base):
    """One person's place in one meeting: invited, answered, was there. One calendar UID for life.

    `waiting_since`: she is in line for a seat, and keeps her place in it while one is offered to her.
    `offered_until`: a seat is kept for her until then; without `waiting_since` she let it pass.

    Retention: attendance 6 years, also after the file lost its name; answers with it.
    """

    __tablename__ = "meeting_signup"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        CheckConstraint("answer IN ('', 'yes', 'no')", name="answer"),
        CheckConstraint("attendance IN ('', 'present', 'partial', 'absent', 'absent_notified')", name="attendance"),
        CheckConstraint("waiting_since IS NULL OR answer <> 'yes'", name="waiting"),
        CheckConstraint("offered_until IS NULL OR answer <> 'yes'", name="offered"),
        Index(
            "ix_meeting_signup_line",
            "meeting_id",
            "waiting_since",
            "id",
            sqlite_where=text("waiting_since IS NOT NULL"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("taking part"))
    nonce: Mapped[str] = mapped_column(info=pii("secret", "answering from the mail", "90 days", "delete"))
    token_hash: Mapped[str] = mapped_column(
        unique=True, info=pii("secret", "answering from the mail", "90 days", "delete")
    )
    uid: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    invited_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    waiting_since: Mapped[datetime | None] = mapped_column(default=None)
    offered_until: Mapped[datetime | None] = mapped_column(default=None)
    attendance: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    attended_minutes: Mapped[int | None] = mapped_column(default=None)
    attendance_at: Mapped[datetime | None] = mapped_column(default=None)
    attendance_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who marked it")
    )
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
