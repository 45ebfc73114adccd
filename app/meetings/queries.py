"""Reading meetings, and the places people have in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.kit.text import fold
from app.meetings.rules import AnswerTo, Attendance, MeetingState, over, signup_open, state, taken_up
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import cards


@dataclass(frozen=True)
class MeetingView:
    """One meeting as pages and letters show it."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    net_minutes: int
    venue: str
    address: str
    link: str
    access: str
    food: str
    bring: str
    seats: int
    taken: int
    version: int
    state: MeetingState
    open: bool
    over: str | None
    contact_id: int | None

    @property
    def free(self) -> int:
        return self.seats - self.taken

    @property
    def place(self) -> str:
        """Venue and address on one line."""
        return ", ".join(part for part in (self.venue, self.address) if part)

    @property
    def cancelled(self) -> bool:
        return self.state is MeetingState.CANCELLED


@dataclass(frozen=True)
class Place:
    """One person's place in one meeting."""

    id: int
    person_id: int
    answer: AnswerTo
    attendance: Attendance
    uid: str
    sequence: int
    meeting: MeetingView

    @property
    def has_seat(self) -> bool:
        return self.answer is AnswerTo.YES

    @property
    def taken_up(self) -> bool:
        """Whether this is the meeting that she comes to, or came to."""
        return not self.meeting.cancelled and taken_up(self.answer, self.attendance)

    @property
    def may_come(self) -> bool:
        """Whether saying yes is still possible: open, and a seat is free."""
        return self.meeting.open and not self.has_seat and self.meeting.free > 0

    @property
    def may_decline(self) -> bool:
        """Whether saying no is still possible: while open, or to give up a seat until the start."""
        return self.meeting.over is None and (self.has_seat or (self.meeting.open and self.answer is AnswerTo.NONE))


@dataclass(frozen=True)
class RollLine:
    """One person on the list of a meeting."""

    signup_id: int
    person_id: int
    name: str
    organisation: str
    answer: AnswerTo
    answered_at: datetime | None
    attendance: Attendance
    minutes: int | None


@dataclass(frozen=True)
class Tally:
    """How many come to a meeting."""

    yes: int = 0


def meetings(db: Session, ids: Collection[int], *, now: datetime) -> dict[int, MeetingView]:
    """Meetings by id."""
    found = db.scalars(select(Meeting).where(Meeting.id.in_(set(ids))).execution_options(populate_existing=True))
    return {meeting.id: view_of(meeting, now) for meeting in found}


def meeting(db: Session, meeting_id: int, *, now: datetime) -> MeetingView:
    """One meeting. Raises: NotFound."""
    found = meetings(db, [meeting_id], now=now).get(meeting_id)
    if found is None:
        raise NotFound
    return found


def places(db: Session, *which: ColumnElement[bool], now: datetime) -> list[Place]:
    """Places of people in meetings, by date. `which` names columns of MeetingSignup and Meeting."""
    query = (
        select(MeetingSignup, Meeting)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(*which)
        .order_by(Meeting.starts_at, MeetingSignup.id)
    )
    return [place_of(signup, meeting, now) for signup, meeting in db.execute(query)]


def place(db: Session, signup_id: int, *, now: datetime) -> Place:
    """One place. Raises: NotFound."""
    found = places(db, MeetingSignup.id == signup_id, now=now)
    if not found:
        raise NotFound
    return found[0]


def tallies(db: Session, ids: Collection[int]) -> dict[int, Tally]:
    """Who comes to meetings, counted. One statement."""
    rows = db.execute(
        select(MeetingSignup.meeting_id, func.count().label("yes"))
        .where(MeetingSignup.meeting_id.in_(set(ids)), MeetingSignup.answer == AnswerTo.YES)
        .group_by(MeetingSignup.meeting_id)
    )
    found = dict.fromkeys(ids, Tally())
    return found | {row.meeting_id: Tally(row.yes) for row in rows}


def roll(db: Session, meeting_id: int) -> list[RollLine]:
    """Everybody invited to a meeting: those with a seat first, then by name. Two statements."""
    signups = db.execute(
        select(
            MeetingSignup.id,
            MeetingSignup.person_id,
            MeetingSignup.answer,
            MeetingSignup.answered_at,
            MeetingSignup.attendance,
            MeetingSignup.attended_minutes,
        ).where(MeetingSignup.meeting_id == meeting_id)
    ).all()
    people = cards(db, [row.person_id for row in signups])
    lines = [
        RollLine(
            signup_id=row.id,
            person_id=row.person_id,
            name=people[row.person_id].name,
            organisation=people[row.person_id].organisation,
            answer=AnswerTo(row.answer),
            answered_at=row.answered_at,
            attendance=Attendance(row.attendance),
            minutes=row.attended_minutes,
        )
        for row in signups
    ]
    order = [AnswerTo.YES, AnswerTo.NONE, AnswerTo.NO]
    return sorted(lines, key=lambda line: (order.index(line.answer), fold(line.name)))


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What we know of somebody's meetings."""
    query = (
        select(MeetingSignup, Meeting)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(MeetingSignup.person_id == person_id)
        .order_by(Meeting.starts_at)
    )
    return {
        "bijeenkomsten": [
            {
                "titel": meeting.title,
                "begin": meeting.starts_at.isoformat(),
                "plek": meeting.venue,
                "uitgenodigd": signup.invited_at.isoformat(),
                "antwoord": signup.answer,
                "beantwoord": signup.answered_at.isoformat() if signup.answered_at else None,
                "aanwezig": signup.attendance,
                "minuten": signup.attended_minutes,
            }
            for signup, meeting in db.execute(query)
        ]
    }


def view_of(meeting: Meeting, now: datetime) -> MeetingView:
    """A meeting as it stands at a moment."""
    names = ("id", "title", "starts_at", "ends_at", "net_minutes", "venue", "address", "link", "access", "food")
    more = ("bring", "seats", "taken", "version", "contact_id")
    return MeetingView(
        **{name: getattr(meeting, name) for name in names + more},
        state=state(meeting, now),
        open=meeting.published_at is not None and signup_open(meeting, now),
        over=over(meeting, now),
    )


def place_of(signup: MeetingSignup, meeting: Meeting, now: datetime) -> Place:
    """A place as it stands at a moment."""
    return Place(
        id=signup.id,
        person_id=signup.person_id,
        answer=AnswerTo(signup.answer),
        attendance=Attendance(signup.attendance),
        uid=signup.uid,
        sequence=signup.sequence,
        meeting=view_of(meeting, now),
    )
