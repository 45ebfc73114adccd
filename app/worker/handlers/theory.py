"""Reminding trainers of what is new to read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.courses.training_days.actions import COMPLETED
from app.kit.localtime import local_day
from app.theory import actions, updating
from app.worker.work import Handler, Periodic, Work


def remind(work: Work, _payload: dict[str, Any]) -> None:
    """Write to who is near the day on which it should be read."""
    with work.database.writing() as db:
        updating.remind(db, now=work.now)


def note_days(work: Work, payload: dict[str, Any]) -> None:
    """See whether theory became complete with a scholingsdag that was noted."""
    with work.database.writing() as db:
        actions.note_completed(db, person_ids=payload["person_ids"], now=work.now)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"theory.remind": remind, COMPLETED: note_days}
PERIODIC: Final = (Periodic("theory.remind", _nightly),)
