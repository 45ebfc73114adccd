"""Planning the letters before a meeting: the call for cases, what to know beforehand, the reminder."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.queries.letters import told
from app.intervision.rules import DAYS_BEFORE, PlannedLetter, letter_due
from app.intervision.tables import IntervisionSession
from app.kit.localtime import end_of, instant, local_day
from app.meetings import queries as meetings
from app.meetings.queries import Place
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post

SENT_AT: Final = time(9)  # a working hour; who says yes later that day has just been confirmed


def plan_letters(db: Session, *, now: datetime) -> int:
    """Plan what is due today for everybody with a seat; gives how many letters there are.

    Safe when it comes late or twice: a letter that was missed goes out while it still makes sense, and none goes
    out twice, but for a seat that was given up in the meantime and taken again. Whether it still holds is asked
    once more when it is sent. Meetings that belong to no round have the reminder alone.
    """
    today = local_day(now)
    until = end_of(today + timedelta(days=max(DAYS_BEFORE.values())))
    seats = meetings.places(
        db,
        MeetingSignup.answer == AnswerTo.YES,
        Meeting.published_at.is_not(None),
        Meeting.cancelled_at.is_(None),
        Meeting.starts_at > now,
        Meeting.starts_at < until,
        now=now,
    )
    in_rounds = set(db.scalars(select(IntervisionSession.meeting_id)))
    known = told(db, now=now)
    planned = 0
    for seat in seats:
        letter = letter_due(local_day(seat.meeting.starts_at), today)
        if letter is None or (letter is not PlannedLetter.REMINDER and seat.meeting.id not in in_rounds):
            continue
        if not known.knows(letter, seat.id, seat.meeting.starts_at):
            _plan(db, letter, seat, now=now)
            planned += 1
    return planned


def _plan(db: Session, letter: PlannedLetter, seat: Place, *, now: datetime) -> None:
    starts_at = seat.meeting.starts_at
    kind = (
        "meetings.reminder"
        if letter is PlannedLetter.REMINDER
        else "intervision.agenda"
        if letter is PlannedLetter.AGENDA
        else "intervision.case_call"
    )
    at_nine = instant(local_day(now), SENT_AT)
    post(
        db,
        kind,
        person_id=seat.person_id,
        key=f"{kind}:{seat.id}:{starts_at.isoformat()}:{seat.sequence}",
        data={"signup_id": seat.id, "starts_at": starts_at.isoformat()},
        reply_to_id=seat.meeting.contact_id,
        now=now,
        send_at=at_nine if now < at_nine < starts_at else now,
        not_after=starts_at,
    )
