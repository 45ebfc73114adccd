"""Putting people at tables within a meeting, by the planner or by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.intervision.actions.holding import locked, record
from app.intervision.planner.model import TABLE_MAX, Rules, Slot, Wishes
from app.intervision.planner.tables import Divided, divide
from app.intervision.queries.leaders import leaders
from app.intervision.queries.placing import managers, seated_people
from app.intervision.tables import GroupSeat, IntervisionGroup, IntervisionSession
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.meetings.actions import planning
from app.meetings.rules import AnswerTo, MeetingState, state
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import person_names
from app.people.rules import Viewer


def proposed(db: Session, meeting_id: int, round_id: int, *, now: datetime) -> Divided:
    """How the planner would divide the people of a meeting over tables. Reads only."""
    people = seated_people(db, meeting_id, round_id, now=now)
    meeting = db.get_one(Meeting, meeting_id)
    led = tuple(one.id for one in leaders(db, [meeting_id])[meeting_id])
    rules = Rules(managers=managers(db, {one.id for one in people} | set(led), today=local_day(now)))
    slot = Slot(meeting_id, meeting.starts_at, meeting.ends_at, meeting.seats, led)
    return divide(slot, people, rules, Wishes(), seed=meeting_id)


def seat_at_tables(
    db: Session,
    *,
    by: Viewer,
    meeting_id: int,
    at: Mapping[int, int],
    led: Mapping[int, int | None],
    now: datetime,
) -> None:
    """Put people at tables: `at` is the table of each signup, `led` who leads each table.

    Who is not in `at` sits at no table yet. Raises: NotFound for a signup of another meeting, or somebody who does not
    lead it; Refused when the meeting is over, a table is too large, or somebody sits with her own manager.
    """
    session = db.scalar(select(IntervisionSession).where(IntervisionSession.meeting_id == meeting_id))
    if session is None:
        raise NotFound
    locked(db, session.round_id)
    meeting = planning.locked(db, meeting_id)
    if state(meeting, now) not in {MeetingState.PUBLISHED, MeetingState.HELD}:
        raise Refused("tables_too_late")
    seats = _seats(db, meeting_id)
    may_lead = {None, *(one.id for one in leaders(db, [meeting_id])[meeting_id])}
    if not at.keys() <= seats.keys() or not set(led.values()) <= may_lead:
        raise NotFound
    _refuse_wrong_tables(db, {seats[signup_id]: number for signup_id, number in at.items()}, led, now)
    groups = _groups(db, session.id, set(at.values()))
    for number, group in groups.items():
        group.facilitator_id = led.get(number)
    db.execute(delete(GroupSeat).where(GroupSeat.group_id.in_([group.id for group in groups.values()])))
    db.execute(delete(GroupSeat).where(GroupSeat.signup_id.in_(at)))
    db.add_all(GroupSeat(group_id=groups[number].id, signup_id=signup_id) for signup_id, number in sorted(at.items()))
    db.flush()
    record(db, "tables_made", by, meeting_id, now, kind="meeting", tables=len(set(at.values())), people=len(at))


def seat_everywhere(db: Session, *, by: Viewer, round_id: int, now: datetime) -> int:
    """Make the tables of every meeting ahead of a round that has people and no tables yet; gives how many meetings."""
    locked(db, round_id)
    rows = db.scalars(
        select(Meeting.id)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .where(
            IntervisionSession.round_id == round_id,
            Meeting.published_at.is_not(None),
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at > now,
            Meeting.taken > 0,
            IntervisionSession.id.not_in(select(IntervisionGroup.session_id)),
        )
        .order_by(Meeting.id)
    ).all()
    for meeting_id in rows:
        found = proposed(db, meeting_id, round_id, now=now)
        signups = {person_id: signup_id for signup_id, person_id in _seats(db, meeting_id).items()}
        broken = {pair[0] for pair in found.broken}
        at = {
            signups[person_id]: table.number
            for table in found.tables
            for person_id in table.people
            if person_id not in broken
        }
        led = {table.number: table.leader for table in found.tables}
        seat_at_tables(db, by=by, meeting_id=meeting_id, at=at, led=led, now=now)
    return len(rows)


def _seats(db: Session, meeting_id: int) -> dict[int, int]:
    """The person of each seat that is taken."""
    query = select(MeetingSignup.id, MeetingSignup.person_id).where(
        MeetingSignup.meeting_id == meeting_id, MeetingSignup.answer == AnswerTo.YES
    )
    return {row.id: row.person_id for row in db.execute(query)}


def _groups(db: Session, session_id: int, numbers: set[int]) -> dict[int, IntervisionGroup]:
    """The tables of a meeting by number, made where needed. An empty one stays: something may hang on it."""
    query = select(IntervisionGroup).where(IntervisionGroup.session_id == session_id)
    found = {one.number: one for one in db.scalars(query)}
    for number in sorted(numbers - found.keys()):
        found[number] = IntervisionGroup(session_id=session_id, number=number)
        db.add(found[number])
    db.flush()
    return found


def _refuse_wrong_tables(db: Session, at: Mapping[int, int], led: Mapping[int, int | None], now: datetime) -> None:
    tables: dict[int, set[int]] = {}
    for person_id, number in at.items():
        tables.setdefault(number, set()).add(person_id)
    for number, people in sorted(tables.items()):
        if len(people) > TABLE_MAX:
            raise Refused("table_too_large", number=number, most=TABLE_MAX)
    everybody = set(at) | {one for one in led.values() if one is not None}
    for person_id, manager_id in sorted(managers(db, everybody, today=local_day(now))):
        for number, people in tables.items():
            if {person_id, manager_id} <= people | {led.get(number)}:
                names = person_names(db, [person_id, manager_id])
                raise Refused("manager_at_table", number=number, name=names[person_id], manager=names[manager_id])
