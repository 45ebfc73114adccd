"""Making a meeting, publishing it, changing it, calling it off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import NotFound, Refused
from app.ledger import actions as ledger
from app.meetings.actions import line
from app.meetings.inputs import MeetingGiven
from app.meetings.rules import AnswerTo, over
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.actions import post
from app.people.rules import Viewer

_WHEN_AND_WHERE: Final = ("starts_at", "ends_at", "venue", "address", "link")


def make_meeting(db: Session, *, by: Viewer, title: str, given: MeetingGiven, now: datetime) -> int:
    """A meeting in draft: nobody knows of it until it is published.

    Raises: Refused when it lies in the past.
    """
    _refuse_past(given, now)
    meeting = Meeting(title=title, created_at=now, contact_id=by.id, **_facts(given))
    db.add(meeting)
    db.flush()
    ledger.record(
        db, "meetings.made", actor_id=by.id, subject=("meeting", meeting.id), now=now, starts_at=given.starts_at
    )
    return meeting.id


def publish(
    db: Session, *, by: Viewer, meeting_ids: Collection[int], signup_closes_at: datetime, now: datetime
) -> list[int]:
    """Open meetings for answers; gives the ids of those that were still in draft."""
    rows = db.scalars(
        update(Meeting)
        .where(Meeting.id.in_(meeting_ids), Meeting.published_at.is_(None), Meeting.cancelled_at.is_(None))
        .values(published_at=now, signup_closes_at=signup_closes_at, contact_id=by.id, version=Meeting.version + 1)
        .returning(Meeting.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(rows)


def change(db: Session, *, by: Viewer, meeting_id: int, given: MeetingGiven, version: int, now: datetime) -> list[int]:
    """Change a meeting. When day, time or place of a published one change, everybody with a seat is told once.

    Who is being offered a seat is asked again, for the other day. The caller offers new seats to the line
    (`waiting.offer_seats`), once those have theirs who come first. Gives the people with a seat who are told.
    `version` is the one the admin was looking at.
    Raises: NotFound; Refused for a meeting that is over or gone, a day in the past, fewer seats than are
    taken or being offered, or when somebody else changed it meanwhile.
    """
    meeting = locked(db, meeting_id)
    _refuse_over(meeting, now)
    if meeting.version != version:
        raise Refused("stale")
    _refuse_past(given, now)
    if given.seats < meeting.taken:
        raise Refused("fewer_seats_than_taken", "seats", taken=meeting.taken)
    facts = _facts(given)
    moved = any(getattr(meeting, name) != facts[name] for name in _WHEN_AND_WHERE)
    before = {name: getattr(meeting, name) for name in _WHEN_AND_WHERE}
    for name, value in facts.items():
        setattr(meeting, name, value)
    told: list[int] = []
    if moved and meeting.published_at is not None:
        meeting.sequence += 1
        was = before["starts_at"].isoformat()
        told = _tell_seats(db, meeting, "meetings.moved", by=by, own_text="", now=now, was=was)
        line.renew_offers(db, meeting, now=now)
    what = "meetings.moved" if moved else "meetings.changed"
    ledger.record(db, what, actor_id=by.id, subject=("meeting", meeting_id), now=now, before=before, told=len(told))
    return told


def cancel(
    db: Session, *, by: Viewer, meeting_id: int, own_text: str, now: datetime, settled: Collection[int] = ()
) -> list[int]:
    """Call a meeting off. Who had a seat gets it out of the calendar; who waited or did not answer yet gets a letter.

    `settled`: people who need no letter when they did not answer, since they go to another meeting instead.
    Gives the people who are told. Raises: NotFound; Refused when it was called off before, or has begun.
    """
    meeting = locked(db, meeting_id)
    _refuse_over(meeting, now)
    meeting.cancelled_at = now
    meeting.sequence += 1
    told: list[int] = []
    if meeting.published_at is not None:
        waited = line.end_line(db, meeting)
        told = _tell_seats(db, meeting, "meetings.cancelled", by=by, own_text=own_text, now=now)
        told += _tell_the_silent(db, meeting, by=by, own_text=own_text, now=now, settled=settled, waited=waited)
    ledger.record(db, "meetings.cancelled", actor_id=by.id, subject=("meeting", meeting_id), now=now, told=len(told))
    enqueue(db, "intervision.purge_cases", now=now, key=f"intervision.purge_cases:meeting:{meeting_id}")
    return told


def locked(db: Session, meeting_id: int) -> Meeting:
    """The meeting, held until the transaction ends: answers, moves and lists of one meeting take turns.

    Raises: NotFound.
    """
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    meeting = db.scalar(query.execution_options(populate_existing=True))
    if meeting is None:
        raise NotFound
    return meeting


def _tell_seats(
    db: Session, meeting: Meeting, kind: str, *, by: Viewer, own_text: str, now: datetime, **more: str
) -> list[int]:
    """One letter for everybody with a seat, each with the next SEQUENCE of her own calendar entry."""
    rows = db.execute(
        update(MeetingSignup)
        .where(MeetingSignup.meeting_id == meeting.id, MeetingSignup.answer == AnswerTo.YES)
        .values(sequence=MeetingSignup.sequence + 1, version=MeetingSignup.version + 1)
        .returning(MeetingSignup.id, MeetingSignup.person_id, MeetingSignup.sequence)
        .execution_options(synchronize_session=False)
    ).all()
    for row in sorted(rows):
        post(
            db,
            kind,
            person_id=row.person_id,
            key=f"{kind}:{row.id}:{row.sequence}",
            data={"signup_id": row.id, "sequence": row.sequence} | more,
            own_text=own_text,
            reply_to_id=by.id,
            now=now,
            not_after=max(meeting.ends_at, now) if kind == "meetings.moved" else None,
        )
    return [row.person_id for row in rows]


def _tell_the_silent(
    db: Session,
    meeting: Meeting,
    *,
    by: Viewer,
    own_text: str,
    now: datetime,
    settled: Collection[int],
    waited: Collection[int],
) -> list[int]:
    found = db.execute(
        select(MeetingSignup.id, MeetingSignup.person_id, MeetingSignup.sequence)
        .where(MeetingSignup.meeting_id == meeting.id, MeetingSignup.answer == AnswerTo.NONE)
        .order_by(MeetingSignup.id)
    ).all()
    rows = [row for row in found if row.person_id not in settled or row.id in waited]
    for row in rows:
        post(
            db,
            "meetings.cancelled",
            person_id=row.person_id,
            key=f"meetings.cancelled:{row.id}:{row.sequence}",
            data={"signup_id": row.id, "sequence": row.sequence} | ({"waited": True} if row.id in waited else {}),
            own_text=own_text,
            reply_to_id=by.id,
            now=now,
        )
    return [row.person_id for row in rows]


def _facts(given: MeetingGiven) -> dict[str, Any]:
    names = ("starts_at", "ends_at", "net_minutes", "seats", "venue", "address", "link", "access", "food", "bring")
    return {name: getattr(given, name) for name in names}


def _refuse_over(meeting: Meeting, now: datetime) -> None:
    """A draft may be given another day, even when its own has passed."""
    if (gone := over(meeting, now)) is not None and (meeting.cancelled_at or meeting.published_at):
        raise Refused(gone)


def _refuse_past(given: MeetingGiven, now: datetime) -> None:
    if given.starts_at <= now:
        raise Refused("day_in_past", "day")
