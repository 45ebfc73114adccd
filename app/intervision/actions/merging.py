"""Putting a meeting that is too small together with another one of its round."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.actions.clashing import one_at_a_time
from app.intervision.actions.holding import locked, record
from app.intervision.actions.rounds import cancel_session
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound, Refused
from app.kit.ids import Keyring
from app.meetings.actions import moving, planning
from app.meetings.rules import MeetingState, state
from app.people.rules import Viewer


def merge(db: Session, *, by: Viewer, meeting_id: int, into: int, keyring: Keyring, now: datetime) -> list[int]:
    """Everybody with a seat goes along to another meeting of the round, who leads it too; this one is called off.

    Who goes along gets one mail, as for a meeting that moved, and her calendar entry moves with her. Who did not
    answer or waited in line hears that it does not go on. Gives who goes along.
    Raises: NotFound; Refused unless both are published and still to come, or when there are not enough free seats.
    """
    round_id = db.scalar(select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == meeting_id))
    other = db.scalar(select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == into))
    if round_id is None or other != round_id or into == meeting_id:
        raise NotFound
    one_at_a_time(db)
    locked(db, round_id)
    held = [planning.locked(db, id_) for id_ in sorted((meeting_id, into))]
    if any(state(meeting, now) is not MeetingState.PUBLISHED for meeting in held):
        raise Refused("merge_not_now", "into")
    gone = moving.move_seats(db, by=by, meeting_id=meeting_id, into=into, keyring=keyring, now=now)
    cancel_session(db, by=by, meeting_id=meeting_id, own_text="", now=now)
    record(db, "merged", by, meeting_id, now, kind="meeting", into=into, people=gone)
    return gone
