"""What was decided and stands as proof, and what may take it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

SCORES = "end of certification + 24 months"
OPEN, FIRST = text("settled_at IS NULL"), text("replaces_id IS NULL")


class SignOff(Base):
    """The coach's decision on one submission. Triggers on both engines refuse UPDATE and DELETE.

    One that was taken back has a `SignOffWithdrawal`, and `replaces_id` of the next one points at it: so at most one
    sign-off of a submission stands.

    Retention: ids, decision and digest stay; the content goes with the certification's file.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        Index("uq_sign_off_first", "submission_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST),
        UniqueConstraint("replaces_id"),
        CheckConstraint("decision IN ('signed_off', 'returned', 'not_met')", name="decision"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    attempt: Mapped[int]
    decision: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    suggested: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who decided"))
    signed_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("sign_off.id"), default=None)


class SignOffContent(Base):
    """What was signed: form version, scores, notes, agreement and talk, visit, hashes of the evidence, reason.

    Retention: end of certification + 24 months.
    """

    __tablename__ = "sign_off_content"

    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    content: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "proof", SCORES, "delete"))


class ReturnExtension(Base):
    """Another day for a piece that a coach asked for; the sign-off itself never changes. The latest one counts.

    Why stands in the ledger. Retention: with the record.
    """

    __tablename__ = "return_extension"

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), index=True)
    by_when: Mapped[date]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))


class Correction(Base):
    """Somebody asks to take a sign-off back. Retention: the words go with the content of the sign-off."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("uq_correction_open", "sign_off_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who asked"))
    asked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(info=pii("free text", "proof", SCORES, "delete"))
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who settled")
    )
    granted: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="", info=pii("free text", "proof", SCORES, "delete"))


class SignOffWithdrawal(Base):
    """A sign-off does not stand any more; frozen, as it is. Retention: as the sign-off."""

    __tablename__ = "sign_off_withdrawal"
    __table_args__ = (UniqueConstraint("sign_off_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who asked"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who decided"))
    withdrawn_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))


class SignOffWithdrawalContent(Base):
    """Why a sign-off was taken back. Retention: end of certification + 24 months."""

    __tablename__ = "sign_off_withdrawal_content"

    withdrawal_id: Mapped[int] = mapped_column(ForeignKey("sign_off_withdrawal.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    content: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "proof", SCORES, "delete"))


class ResultSeen(Base):
    """The professional read a result: once, and never unread; frozen. Retention: with the sign-off."""

    __tablename__ = "result_seen"

    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), primary_key=True)
    seen_at: Mapped[datetime]
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))
