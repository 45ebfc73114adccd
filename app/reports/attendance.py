"""Attendance of a round for professional registers: one line for each person at each meeting whose list is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.queries.rounds import round_page
from app.intervision.tables import IntervisionSession
from app.meetings.rules import Attendance
from app.meetings.tables import Meeting, MeetingSignup
from app.people.actions.registers import numbers_of
from app.people.queries import cards
from app.people.rules import Register

THERE: Final = (Attendance.PRESENT, Attendance.PARTIAL)


@dataclass(frozen=True)
class AttendanceLine:
    """Somebody who was there. `numbers` by register, `other` names the other one; minutes are net."""

    name: str
    organisation: str
    title: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    numbers: dict[Register, str]
    other: str


def attendance(db: Session, round_id: int, *, now: datetime) -> list[AttendanceLine]:
    """By day and name. A constant number of statements. Raises: NotFound."""
    round_page(db, round_id, now=now)
    rows = db.execute(
        select(MeetingSignup.person_id, MeetingSignup.attended_minutes, Meeting)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .where(
            IntervisionSession.round_id == round_id,
            Meeting.settled_at.is_not(None),
            Meeting.cancelled_at.is_(None),
            MeetingSignup.attendance.in_(THERE),
        )
    ).all()
    people = {row.person_id for row in rows}
    known, numbers = cards(db, people), numbers_of(db, people)
    lines = [
        AttendanceLine(
            name=known[row.person_id].name,
            organisation=known[row.person_id].organisation,
            title=row.Meeting.title,
            starts_at=row.Meeting.starts_at,
            ends_at=row.Meeting.ends_at,
            minutes=row.attended_minutes or 0,
            numbers={one: number for one, (number, _) in numbers.get(row.person_id, {}).items()},
            other=numbers.get(row.person_id, {}).get(Register.OTHER, ("", ""))[1],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.starts_at, line.name))
