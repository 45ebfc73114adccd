"""What one statement tells the work list, so that lines of which there is nothing cost no more than that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.certification.keeping_up import LATE_READERS, UNASKED
from app.courses.drafts.queries import UNTOUCHED
from app.jobs.tables import Job
from app.kit.localtime import local_day
from app.ledger.tables import LedgerEvent
from app.theory.staying import TO_MOVE

DRAFT_LIES: Final = timedelta(days=30)  # choice: a course is improved twice a year, not on one afternoon


class Background(NamedTuple):
    """How much there is of each.

    `failed`, `failed_since`: work that was given up. `late`: trainers past their day. `untouched`: drafts that nobody
    touched lately, changed or not. `to_move`: people on an older edition. `unasked`: trainers whom nobody asked to
    read a newest edition.
    """

    failed: int
    failed_since: datetime | None
    backup_at: datetime | None
    late: int
    untouched: int
    to_move: int
    unasked: int


_BACKUP_AT: Final = select(func.max(LedgerEvent.at)).where(LedgerEvent.action == "backup.made").scalar_subquery()
_BACKGROUND: Final = (
    select(func.count(), func.min(Job.failed_at), _BACKUP_AT, LATE_READERS, UNTOUCHED, TO_MOVE, UNASKED)
    .select_from(Job)
    .where(Job.failed_at.is_not(None))
)


def background_of(db: Session, now: datetime) -> Background:
    """What stands in the background at a moment: one statement."""
    row = db.execute(_BACKGROUND, {"today": local_day(now), "before": now - DRAFT_LIES}).one()
    return Background(*row)
