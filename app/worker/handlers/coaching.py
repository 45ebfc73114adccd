"""What happens around coaches at night: days away that are long over are forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.courses.actions import availability
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.worker.work import Handler, Periodic, Work


def forget_absences(work: Work, _payload: dict[str, Any]) -> None:
    """That somebody was away goes 90 days after the last day."""
    with work.database.writing() as db:
        if gone := availability.forget_absences(db, now=work.now):
            subject = ("coach_absence", None)
            record(db, "courses.absences_forgotten", actor_id=None, subject=subject, now=work.now, absences=gone)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"courses.forget_absences": forget_absences}
PERIODIC: Final = (Periodic("courses.forget_absences", _nightly),)
