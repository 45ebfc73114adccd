"""What happens around coaches by itself: people come back to their own coach, old absences are forgotten."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from app.courses.actions import availability
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.practice.actions import handover
from app.worker.work import Handler, Periodic, Work

MORNING: Final = timedelta(hours=6)  # letters about it come at breakfast, not at night


def go_back(work: Work, _payload: dict[str, Any]) -> None:
    """Who was on loan until today goes back, each hand-over in a transaction of its own."""
    with work.database.reading() as db:
        due = handover.due_handovers(db, today=local_day(work.now - MORNING))
    for handover_id in due:
        with work.database.writing() as db, suppress(NotFound):  # an admin did it at this moment
            handover.go_back(db, handover_id=handover_id, by_id=None, now=work.now)


def forget_absences(work: Work, _payload: dict[str, Any]) -> None:
    """That somebody was away goes 90 days after the last day."""
    with work.database.writing() as db:
        if gone := availability.forget_absences(db, now=work.now):
            subject = ("coach_absence", None)
            record(db, "courses.absences_forgotten", actor_id=None, subject=subject, now=work.now, absences=gone)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


def _each_morning(now: datetime) -> str:
    return local_day(now - MORNING).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"practice.go_back": go_back, "courses.forget_absences": forget_absences}
PERIODIC: Final = (Periodic("practice.go_back", _each_morning), Periodic("courses.forget_absences", _nightly))
