"""What cannot be planned: the same room, or the same gespreksleider, twice at one time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.proposing import VENUE_TO_COME
from app.intervision.queries.leaders import may_lead
from app.intervision.tables import IntervisionSession, SessionFacilitator
from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.kit.text import fold
from app.meetings.inputs import MeetingGiven
from app.meetings.tables import Meeting
from app.people.queries import person_names

FIELD: Final = "facilitators"


def one_at_a_time(db: Session) -> None:
    """Who plans meetings takes turns, until the transaction ends: rooms and people are shared by all rounds.

    Always before a round is held. It stops nobody who answers, signs up or is enrolled meanwhile.
    """
    db.execute(select(Intervention.id).order_by(Intervention.id).with_for_update(key_share=True)).all()


def refuse_strangers(db: Session, people: Collection[int], *, trainers: Collection[int]) -> None:
    """Who leads a meeting is a gespreksleider, a coach or a trainer. Raises: Refused."""
    unknown = set(people) - set(trainers)
    if unknown and (unknown := unknown - may_lead(db)):
        names = person_names(db, unknown)
        if len(names) < len(unknown):
            raise Refused("unknown_facilitator", FIELD)
        raise Refused("may_not_lead", FIELD, name=min(names.values()))


def refuse_clash(db: Session, given: MeetingGiven, people: Collection[int], *, meeting_id: int | None = None) -> None:
    """Drafts count too, and meetings of every round; `meeting_id` is the meeting itself.

    Raises: Refused when a room or one of these people is taken at that time.
    """
    at_that_time = _at_once(given.starts_at, given.ends_at, meeting_id)
    rooms = db.execute(select(Meeting.venue, Meeting.address, Meeting.starts_at).where(*at_that_time)).all()
    room = (fold(given.venue), fold(given.address))
    for row in rooms:
        if given.address and given.venue != VENUE_TO_COME and (fold(row.venue), fold(row.address)) == room:
            raise Refused("room_taken", "venue", venue=row.venue, **_when(row.starts_at))
    busy = db.execute(
        select(SessionFacilitator.person_id, Meeting.venue, Meeting.starts_at)
        .join(IntervisionSession, IntervisionSession.id == SessionFacilitator.session_id)
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .where(*at_that_time, SessionFacilitator.person_id.in_(set(people)))
        .order_by(SessionFacilitator.person_id)
    ).first()
    if busy is not None:
        name = person_names(db, [busy.person_id])[busy.person_id]
        raise Refused("leader_busy", FIELD, name=name, venue=busy.venue, **_when(busy.starts_at))


def refuse_unknown_venue(db: Session, meeting_ids: Collection[int]) -> None:
    """Nobody is invited to a room that was not found yet. Raises: Refused."""
    query = select(Meeting.starts_at).where(Meeting.id.in_(set(meeting_ids)), Meeting.venue == VENUE_TO_COME)
    first = db.scalars(query.order_by(Meeting.starts_at)).first()
    if first is not None:
        raise Refused("venue_to_come", **_when(first))


def _at_once(starts_at: datetime, ends_at: datetime, meeting_id: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Meeting.starts_at < ends_at,
        Meeting.ends_at > starts_at,
        Meeting.cancelled_at.is_(None),
    ]
    return found if meeting_id is None else [*found, Meeting.id != meeting_id]


def _when(starts_at: datetime) -> dict[str, str]:
    day = local_day(starts_at)
    return {"day": f"{day.day}-{day.month}-{day.year}"}
