"""Scholingsdagen: the live part of a training, as meetings of an opleidingsgroep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, refers_to_person


class TrainingDay(Base):
    """A meeting as a scholingsdag of a cohort. Retention: no personal data of its own."""

    __tablename__ = "training_day"

    id: Mapped[Id] = mapped_column(init=False)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)


class MadeUpDay(Base):
    """A scholingsdag that somebody missed and made up for (ingehaald). Retention: with the enrolment."""

    __tablename__ = "made_up_day"
    __table_args__ = (
        UniqueConstraint("training_day_id", "enrolment_id"),
        CheckConstraint("how IN ('coach', 'assignment', 'other')", name="how"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    training_day_id: Mapped[int] = mapped_column(ForeignKey("training_day.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    how: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    made_up_at: Mapped[datetime]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))
