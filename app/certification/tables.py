"""Certifications, their periods, the decisions and the documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

FILE = "end of certification + 24 months"
STUB = "10 years"


class CertificationDecision(Base):
    """Somebody decided that an enrolment leads to a certification, or not (yet). Never changed.

    Retention: end of certification + 24 months; the row without reason stays.
    """

    __tablename__ = "certification_decision"
    __table_args__ = (CheckConstraint("kind IN ('granted', 'refused')", name="kind"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who decided"))
    decided_at: Mapped[datetime]
    four_eyes: Mapped[bool]
    facts: Mapped[dict[str, Any]] = mapped_column(info=pii("person", "proof", FILE, "keep"))
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))


class Certification(Base):
    """A person may run an intervention. One per person and intervention; its state is computed.

    Retention: end + 24 months, then the name goes (domain.md 8.5).
    """

    __tablename__ = "certification"
    __table_args__ = (
        UniqueConstraint("person_id", "intervention_id"),
        CheckConstraint("source IN ('training', 'taken_over')", name="source"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("certified"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)
    source: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    certified_since: Mapped[date]
    created_at: Mapped[datetime]


class CertificationPeriod(Base):
    """A stretch for which a certification holds, with the policy that governs it.

    Retention: with the certification.
    """

    __tablename__ = "certification_period"
    __table_args__ = (
        UniqueConstraint("certification_id", "number"),
        CheckConstraint("ends_on >= starts_on", name="ends"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    policy: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))
    imported_intervisions: Mapped[int] = mapped_column(default=0)


class StandingSpan(Base):
    """What `standing()` said for a stretch of days, for lists over many people.

    Written in the transaction that changed the facts. Retention: with the certification.
    """

    __tablename__ = "standing_span"
    __table_args__ = (Index("ix_standing_span_state", "state", "starts_on", "ends_on"),)

    id: Mapped[Id] = mapped_column(init=False)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("certified"))
    state: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)


class NumberSeries(Base):
    """The last certificate number of a year; moved by one conditional UPDATE. Retention: stays."""

    __tablename__ = "number_series"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Certificate(Base):
    """The document: a number for people, a random code for checking, the papercut of its number.

    `printed` is what else stood on the paper when it was issued (`certification.sheet.Printed`).
    Retention: the verification stub (number, state, dates) 10 years; name and PDF with the file.
    """

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("period_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    period_id: Mapped[int] = mapped_column(ForeignKey("certification_period.id"))
    number: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    code: Mapped[str] = mapped_column(unique=True, info=pii("secret", "public check", STUB, "keep"))
    holder_name: Mapped[str] = mapped_column(info=pii("person", "on the document", FILE, "delete"))
    printed: Mapped[dict[str, Any]] = mapped_column(info=pii("person", "on the document", FILE, "delete"))
    issued_at: Mapped[datetime]
    seal_svg: Mapped[str] = mapped_column(deferred=True, info=NOT_PERSONAL)
    show_name: Mapped[bool] = mapped_column(default=False)
    pdf_key: Mapped[str] = mapped_column(default="", info=pii("person", "the document", FILE, "delete"))
    pdf_sha256: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
