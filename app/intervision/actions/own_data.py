"""Forgetting what somebody wrote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.intervision.tables import LearningPoint
from app.kit.storage import Storage


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - no files here
    """Learning points go; that somebody led a meeting stays as a number without a name."""
    db.execute(delete(LearningPoint).where(LearningPoint.person_id == person_id))
