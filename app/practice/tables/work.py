"""The work of a professional on one assignment: prepared, visited, handed in, looked back on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

FILE = "90 days after the final decision"
SCORES = "end of certification + 24 months"


class AssignmentRecord(Base):
    """A professional's path through one assignment; its state is `practice.rules.states.state()`.

    Retention: end of certification + 24 months (domain.md 8.5).
    """

    __tablename__ = "assignment_record"
    __table_args__ = (UniqueConstraint("enrolment_id", "assignment_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("practical_assignment.id"), index=True)
    created_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Preparation(Base):
    """What the professional writes before she hands in: goal, session plan, learning question, and her view of herself.

    The goal is empty until she prepared; the drafts hold her self-scores until she hands in. They keep themselves while
    she types and so count their own versions: `version` is that of what she wrote beforehand.

    Retention: 90 days after the final decision.
    """

    __tablename__ = "preparation"

    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), primary_key=True)
    goal: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    session_plan: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    learning_question: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    written_at: Mapped[datetime]
    draft_scores: Mapped[dict[str, Any]] = mapped_column(
        default_factory=dict, info=pii("person", "coaching", FILE, "delete")
    )
    draft_note: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", FILE, "delete"))
    draft_attempt: Mapped[int] = mapped_column(default=0)
    draft_version: Mapped[int] = mapped_column(default=0)
    draft_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CoachVisit(Base):
    """The coach comes to one of the group's dates.

    Retention: with the record; how to get there and who is there go 90 days after the final decision.
    """

    __tablename__ = "coach_visit"
    __table_args__ = (
        Index(
            "uq_coach_visit_current",
            "record_id",
            "attempt",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), index=True)
    attempt: Mapped[int]
    date_id: Mapped[int] = mapped_column(ForeignKey("delivery_date.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("visiting"))
    uid: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    planned_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancel_reason: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", SCORES, "delete"))
    directions: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", FILE, "delete"))
    venue_contact: Mapped[str] = mapped_column(default="", info=pii("contact", "coaching", FILE, "delete"))


class Submission(Base):
    """Handed in for one attempt, numbered, never changed. Retention: with the record."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("record_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"))
    number: Mapped[int]
    attempt: Mapped[int]
    self_scores: Mapped[dict[str, Any]] = mapped_column(info=pii("person", "coaching", SCORES, "delete"))
    note: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    submitted_at: Mapped[datetime]


class ReflectionDraft(Base):
    """How far she is with looking back (STARR) on an attempt, before she hands in; nobody else reads it.

    Retention: 90 days after the final decision, or until she takes it away.
    """

    __tablename__ = "reflection_draft"

    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), primary_key=True)
    attempt: Mapped[int]
    situation: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    task: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    action: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    result: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    reflection: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    transfer: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Reflection(Base):
    """That somebody handed in a looking back with a submission. Triggers on both engines refuse UPDATE and DELETE.

    `digest`: SHA-256 of salt and words. Retention: with the record; the words have their own, shorter time.
    """

    __tablename__ = "reflection"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)


class ReflectionWords(Base):
    """What she wrote when she looked back, as it was handed in.

    `removed_at`: she took the words away, and the row says so; a row that is gone was kept long enough.

    Retention: 90 days after the final decision, or until she takes the words away.
    """

    __tablename__ = "reflection_words"

    submission_id: Mapped[int] = mapped_column(ForeignKey("reflection.submission_id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    situation: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    task: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    action: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    result: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    reflection: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    transfer: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
