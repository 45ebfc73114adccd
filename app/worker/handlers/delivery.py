"""What follows for groups when something changes below them."""

from __future__ import annotations

from typing import Any, Final

from app.delivery.presentations import settle_of_enrolment
from app.worker.work import Handler, Work


def coach_changed(work: Work, payload: dict[str, Any]) -> None:
    """The end presentation comes into the calendar of who coaches now; harmless when repeated."""
    with work.database.writing() as db:
        settle_of_enrolment(db, enrolment_id=int(payload["enrolment_id"]), now=work.now)


HANDLERS: Final[dict[str, Handler]] = {"delivery.coach_changed": coach_changed}
