"""What follows for groups when something changes below them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.delivery.keeping import forget_looking
from app.delivery.presentations import settle_of_enrolment
from app.kit.localtime import add_months, local_day, start_of
from app.ledger.actions import record
from app.practice.actions.ended import call_off_visits
from app.worker.work import Handler, Periodic, Work

LOOKING_KEPT: Final = 12  # months


def coach_changed(work: Work, payload: dict[str, Any]) -> None:
    """The end presentation comes into the calendar of who coaches now; harmless when repeated.

    When nobody does since the training was stopped, visits to come leave the calendars too.
    """
    with work.database.writing() as db:
        call_off_visits(db, enrolment_id=int(payload["enrolment_id"]), now=work.now)
        settle_of_enrolment(db, enrolment_id=int(payload["enrolment_id"]), now=work.now)


def forget_lookers(work: Work, _payload: dict[str, Any]) -> None:
    """Where people looked, and whom to reach, goes a year after the looking ended."""
    with work.database.writing() as db:
        before = start_of(add_months(local_day(work.now), -LOOKING_KEPT))
        gone = forget_looking(db, before=before)
        if gone:
            subject = ("group_search", None)
            record(db, "delivery.looking_forgotten", actor_id=None, subject=subject, now=work.now, rows=gone)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {
    "delivery.coach_changed": coach_changed,
    "delivery.forget_looking": forget_lookers,
}
PERIODIC: Final = (Periodic("delivery.forget_looking", _nightly),)
