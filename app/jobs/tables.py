"""Work that is done later, once, also after a crash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id


class Job(Base):
    """One piece of work with its payload of ids.

    Retention: 30 days after it ended. Payloads hold ids only.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(
            "ix_job_due",
            "run_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    payload: Mapped[dict[str, Any]] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(unique=True, default=None, info=NOT_PERSONAL)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    lease_token: Mapped[str | None] = mapped_column(default=None, info=NOT_PERSONAL)
    ended_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    failed_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
