"""Reminding people of the meeting of tomorrow, and letting the links of old ones go."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from app.kit.localtime import end_of, instant, local_day, start_of
from app.ledger.actions import record
from app.meetings import queries
from app.meetings.actions import own_data
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post
from app.worker.work import Handler, Periodic, Work

SENT_AT: Final = time(9)  # a working hour; who says yes later that day has just been confirmed


def remind(work: Work, _payload: dict[str, Any]) -> None:
    """Plan one mail for everybody with a seat tomorrow; whether it still holds is asked when it is sent."""
    now = work.now
    today = local_day(now)
    tomorrow = today + timedelta(days=1)
    with work.database.writing() as db:
        seats = queries.places(
            db,
            MeetingSignup.answer == AnswerTo.YES,
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at >= start_of(tomorrow),
            Meeting.starts_at < end_of(tomorrow),
            now=now,
        )
        for seat in seats:
            starts_at = seat.meeting.starts_at.isoformat()
            post(
                db,
                "meetings.reminder",
                person_id=seat.person_id,
                key=f"meetings.reminder:{seat.id}:{starts_at}",
                data={"signup_id": seat.id, "starts_at": starts_at},
                reply_to_id=seat.meeting.contact_id,
                now=now,
                send_at=max(now, instant(today, SENT_AT)),
                not_after=seat.meeting.starts_at,
            )


def expire_links(work: Work, _payload: dict[str, Any]) -> None:
    """Secrets that open nothing any more go, and the ledger says how many."""
    with work.database.writing() as db:
        gone = own_data.expire_links(db, now=work.now)
        if gone:
            subject = ("meeting_signup", None)
            record(db, "meetings.links_expired", actor_id=None, subject=subject, now=work.now, links=gone)


def _each_day(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"meetings.remind": remind, "meetings.expire_links": expire_links}
PERIODIC: Final = (Periodic("meetings.remind", _each_day), Periodic("meetings.expire_links", _each_day))
