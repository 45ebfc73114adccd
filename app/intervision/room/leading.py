"""What a gespreksleider does at the table that she leads: the list, the cases, the method. Nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.methods.reading import methods
from app.intervision.room.inputs import Decided, MethodChosen, StepGiven
from app.intervision.room.keys import RoomKey, closed, is_current
from app.intervision.room.rules import CaseText, Table, case_state, deciding_refused
from app.intervision.room.seating import leaders_of, table_at, tables_of
from app.intervision.room.tables import CircleTalk, IntervisionCase
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.meetings.actions import attendance
from app.meetings.actions.planning import locked
from app.meetings.rules import Mark, MeetingState, state
from app.meetings.tables import Meeting, MeetingSignup
from app.people.rules import Viewer


def led_tables(db: Session, viewer: Viewer, meeting_id: int) -> list[Table]:
    """The tables that somebody leads.

    Who leads the whole meeting has those without a gespreksleider of their own, and whoever sits at none yet.
    Raises: NotFound for everybody else, and for a meeting in draft or called off.
    """
    meeting = db.get(Meeting, meeting_id)
    if meeting is None or meeting.published_at is None or meeting.cancelled_at is not None:
        raise NotFound
    whole = viewer.id in leaders_of(db, meeting_id)
    found = [
        table
        for table in tables_of(db, meeting_id)
        if viewer.id in table.leader_ids or (whole and not table.leader_ids)
    ]
    if not found and not whole:
        raise NotFound
    return found


def mark(db: Session, *, by: Viewer, meeting_id: int, marks: Mapping[int, Mark], now: datetime) -> None:
    """Note who was there of the own tables. Raises: NotFound for others; Refused as `attendance.mark_attendance`."""
    hers = {signup_id for table in led_tables(db, by, meeting_id) for signup_id in table.seats}
    if not marks.keys() <= hers:
        raise NotFound
    attendance.mark_attendance(db, by=by, meeting_id=meeting_id, marks=marks, now=now)


def close(db: Session, *, by: Viewer, meeting_id: int, now: datetime) -> None:
    """Close the list of the meeting, once everybody has a mark. Raises: NotFound; Refused as `attendance.settle`."""
    led_tables(db, by, meeting_id)
    attendance.settle(db, by=by, meeting_id=meeting_id, now=now)


def decide(
    db: Session, *, by: Viewer, case_id: int, given: Decided, text: CaseText | None, key: RoomKey | None, now: datetime
) -> int:
    """Choose a case, park it, or note that it was discussed, with what was agreed. Gives the meeting.

    `text` and `key`: the opened case and the key of its meeting, to seal it again with what was agreed.
    Raises: NotFound for who does not lead that table; Refused when it was discussed, or is gone.
    """
    case = db.get(IntervisionCase, case_id)
    place = db.get(MeetingSignup, case.signup_id) if case is not None else None
    if case is None or place is None:
        raise NotFound
    meeting = locked(db, place.meeting_id)
    db.refresh(case)
    if table_at(led_tables(db, by, meeting.id), case.signup_id) is None:
        raise NotFound
    if (code := deciding_refused(meeting, case_state(case), now)) is not None:
        raise Refused(code)
    if given.do == "discussed":
        case.discussed_at = now
        if given.agreed:
            if text is None or key is None or not is_current(db, key):
                raise Refused("case_unreadable", "agreed")
            case.sealed = closed(key, case.signup_id, CaseText(text.question, text.story, given.agreed))
    else:
        case.chosen_at = now if given.do == "choose" else None
        case.parked_at = now if given.do == "park" else None
    record(db, f"intervision.case_{case_state(case)}", actor_id=by.id, subject=("intervision_case", case_id), now=now)
    return meeting.id


def begin(db: Session, *, by: Viewer, meeting_id: int, given: MethodChosen, now: datetime) -> None:
    """Begin with a method, at its first step. Raises: NotFound; Refused for a method that there is not."""
    number = _number(led_tables(db, by, meeting_id))
    if given.method not in methods():
        raise Refused("unknown_method", "method")
    _refuse_unless_held(locked(db, meeting_id), now)
    talk = talk_of(db, meeting_id, number)
    if talk is None:
        db.add(CircleTalk(meeting_id=meeting_id, number=number, method=given.method, step=0, step_at=now))
    else:
        talk.method, talk.step, talk.step_at = given.method, 0, now


def go_to_step(db: Session, *, by: Viewer, meeting_id: int, given: StepGiven, now: datetime) -> None:
    """Go to a step; what was said without a connection counts from then, unless something newer was said meanwhile.

    Raises: NotFound; Refused without a method.
    """
    number = _number(led_tables(db, by, meeting_id))
    talk = talk_of(db, meeting_id, number)
    if talk is None or talk.method != given.method:
        raise Refused("no_talk")
    began = now - timedelta(seconds=given.ago)
    if given.step < len(methods()[talk.method].steps) and began >= talk.step_at:
        talk.step, talk.step_at = given.step, began


def talk_of(db: Session, meeting_id: int, number: int) -> CircleTalk | None:
    """Where a table is."""
    query = select(CircleTalk).where(CircleTalk.meeting_id == meeting_id, CircleTalk.number == number)
    return db.scalar(query)


def _number(tables: list[Table]) -> int:
    """The table whose talk it is: who leads several has one talk for all of them."""
    return tables[0].number if tables else 0


def _refuse_unless_held(meeting: Meeting, now: datetime) -> None:
    if state(meeting, now) not in {MeetingState.HELD, MeetingState.SETTLED}:
        raise Refused("not_held_yet")
