"""Bringing in a case, and taking it away again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.intervision.room.inputs import CaseGiven
from app.intervision.room.keys import RoomKey, closed, is_current
from app.intervision.room.rules import bringing_refused, case_state
from app.intervision.room.seating import table_at, tables_of
from app.intervision.room.tables import IntervisionCase
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.meetings.actions.planning import locked
from app.meetings.tables import MeetingSignup
from app.people.rules import Viewer


def bring_in(db: Session, *, by: Viewer, signup_id: int, given: CaseGiven, key: RoomKey, now: datetime) -> int:
    """Bring a case to the own table, or write it again; what the gespreksleider decided about it stays. Gives the case.

    `key`: from `keys.ready_key`, before this transaction. The ledger hears that it was done, never what it says.
    Raises: NotFound for somebody else's place; Refused without a seat, after the meeting, or once it was discussed.
    """
    query = (
        select(MeetingSignup.meeting_id)
        .join(IntervisionSession, IntervisionSession.meeting_id == MeetingSignup.meeting_id)
        .where(MeetingSignup.id == signup_id, MeetingSignup.person_id == by.id)
    )
    meeting_id = db.scalar(query)
    if meeting_id is None:
        raise NotFound
    meeting = locked(db, meeting_id)
    if meeting.published_at is None:
        raise NotFound
    case = db.scalar(select(IntervisionCase).where(IntervisionCase.signup_id == signup_id))
    seated = table_at(tables_of(db, meeting_id), signup_id) is not None
    code = bringing_refused(meeting, has_seat=seated, state=case_state(case) if case else None, now=now)
    if code is not None:
        raise Refused(code)
    if not is_current(db, key):  # lost and made anew in this very moment
        raise Refused("case_key_changed")
    sealed = closed(key, signup_id, given.text)
    again = case is not None
    if case is None:
        case = IntervisionCase(signup_id=signup_id, person_id=by.id, title=given.title, sealed=sealed, offered_at=now)
        db.add(case)
    else:
        case.title, case.sealed = given.title, sealed
    db.flush()
    _record(db, "case_rewritten" if again else "case_offered", by, case.id, now)
    return case.id


def withdraw(db: Session, *, by: Viewer, case_id: int, now: datetime) -> None:
    """Take the own case away. What was discussed keeps its title, since that was talked about.

    Raises: NotFound for a case of somebody else.
    """
    case = db.scalar(select(IntervisionCase).where(IntervisionCase.id == case_id, IntervisionCase.person_id == by.id))
    if case is None:
        raise NotFound
    if case.discussed_at is not None:
        case.sealed = ""
        case.purged_at = case.purged_at or now
    else:
        db.execute(delete(IntervisionCase).where(IntervisionCase.id == case_id))
    _record(db, "case_withdrawn", by, case_id, now)


def note_try(db: Session, *, by: Viewer, kind: str, subject_id: int, now: datetime) -> None:
    """Somebody asked for a case, or a room, that is not hers: who and when, for whoever looks into it later."""
    record(db, "intervision.room_refused", actor_id=by.id, subject=(kind, subject_id), now=now)


def _record(db: Session, what: str, by: Viewer, case_id: int, now: datetime) -> None:
    record(db, f"intervision.{what}", actor_id=by.id, subject=("intervision_case", case_id), now=now)
