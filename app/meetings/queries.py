"""Reading meetings, and the places people have in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.kit.errors import NotFound
from app.kit.text import fold
from app.meetings.rules import (
    AnswerTo,
    Attendance,
    InLine,
    MeetingState,
    in_line,
    offered_until,
    over,
    signup_open,
    state,
    taken_up,
)
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
    """One person's place in one meeting.

    `offered_until` belongs to an offer, also one that passed. `number`: her place in line; `queue`: how many people
    wait without an offer. `open`: whether she may choose it; `late`: whether it is too near to offer seats.
    """

    id: int
    person_id: int
    answer: AnswerTo
    attendance: Attendance
    uid: str
    sequence: int
    meeting: MeetingView
    open: bool
    late: bool
    line: InLine = InLine.OUT
    offered_until: datetime | None = None
    number: int = 0
    queue: int = 0

    @property
    def has_seat(self) -> bool:
        return self.answer is AnswerTo.YES

    @property
    def waiting(self) -> bool:
        """Whether she stands in line, and no seat is kept for her."""
        return self.line is InLine.WAITING and self.meeting.over is None

    @property
    def offered(self) -> bool:
        """Whether a seat is kept for her."""
        return self.line is InLine.OFFERED and self.meeting.over is None

    @property
    def passed(self) -> bool:
        """Whether she let an offer pass and said nothing since."""
        return self.line is InLine.PASSED and self.meeting.over is None

    @property
    def taken_up(self) -> bool:
        """Whether this is the meeting that she comes to, or came to."""
        return not self.meeting.cancelled and taken_up(self.answer, self.attendance)

    @property
    def may_come(self) -> bool:
        """Whether saying yes is still possible: a seat is kept for her, or one is free that nobody waits for."""
        if self.offered:
            return True
        free = not self.has_seat and self.meeting.over is None and self.meeting.free > 0
        return free and ((self.open and self.queue == 0) or (self.late and self.waiting))

    @property
    def may_wait(self) -> bool:
        """Whether she can join the line."""
        stands = self.has_seat or self.waiting or self.offered
        return self.open and not self.late and not stands and not self.may_come

    @property
    def may_decline(self) -> bool:
        """Whether saying no is still possible: while open, or to give up what she has until the start."""
        has = self.has_seat or self.waiting or self.offered
        return self.meeting.over is None and (has or (self.open and self.answer is AnswerTo.NONE))


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
    line: InLine = InLine.OUT
    waiting_since: datetime | None = None
    offered_until: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether she is in line, with an offer or without."""
        return self.line in {InLine.WAITING, InLine.OFFERED}


@dataclass(frozen=True)
class Tally:
    """How many come to a meeting, how many are being offered a seat, and how many wait for one."""

    yes: int = 0
    offered: int = 0
    waiting: int = 0


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


def _queue() -> tuple[Label[int], Label[int]]:
    """How many people wait without an offer for the meeting of a place, and how many of them up to this one."""
    other = aliased(MeetingSignup)
    waits = select(func.count()).where(
        other.meeting_id == MeetingSignup.meeting_id, other.waiting_since.is_not(None), other.offered_until.is_(None)
    )
    before = or_(
        other.waiting_since < MeetingSignup.waiting_since,
        and_(other.waiting_since == MeetingSignup.waiting_since, other.id <= MeetingSignup.id),
    )
    return (
        waits.correlate(MeetingSignup).scalar_subquery().label("queue"),
        waits.where(before).correlate(MeetingSignup).scalar_subquery().label("number"),
    )


QUEUE: Final = _queue()
"""Columns that a query of places may add, for `place_of`."""


def places(db: Session, *which: ColumnElement[bool], now: datetime) -> list[Place]:
    """Places of people in meetings, by date. `which` names columns of MeetingSignup and Meeting."""
    query = (
        select(MeetingSignup, Meeting, *QUEUE)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(*which)
        .order_by(Meeting.starts_at, MeetingSignup.id)
    )
    return [
        place_of(row.MeetingSignup, row.Meeting, now, queue=row.queue, number=row.number) for row in db.execute(query)
    ]


def place(db: Session, signup_id: int, *, now: datetime) -> Place:
    """One place. Raises: NotFound."""
    found = places(db, MeetingSignup.id == signup_id, now=now)
    if not found:
        raise NotFound
    return found[0]


def tallies(db: Session, ids: Collection[int]) -> dict[int, Tally]:
    """Who comes to meetings and who waits, counted. One statement."""
    waits, kept = MeetingSignup.waiting_since.is_not(None), MeetingSignup.offered_until.is_not(None)
    rows = db.execute(
        select(
            MeetingSignup.meeting_id,
            func.count().filter(MeetingSignup.answer == AnswerTo.YES).label("yes"),
            func.count().filter(waits, kept).label("offered"),
            func.count().filter(waits, ~kept).label("waiting"),
        )
        .where(MeetingSignup.meeting_id.in_(set(ids)), or_(MeetingSignup.answer == AnswerTo.YES, waits))
        .group_by(MeetingSignup.meeting_id)
    )
    found = dict.fromkeys(ids, Tally())
    return found | {row.meeting_id: Tally(row.yes, row.offered, row.waiting) for row in rows}


def roll(db: Session, meeting_id: int, *, now: datetime) -> list[RollLine]:
    """Everybody invited to a meeting: those with a seat first, then the line, then by name. Two statements."""
    signups = db.execute(
        select(
            MeetingSignup.id,
            MeetingSignup.person_id,
            MeetingSignup.answer,
            MeetingSignup.answered_at,
            MeetingSignup.attendance,
            MeetingSignup.attended_minutes,
            MeetingSignup.waiting_since,
            MeetingSignup.offered_until,
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
            line=in_line(row.waiting_since, row.offered_until, now),
            waiting_since=row.waiting_since,
            offered_until=row.offered_until,
        )
        for row in signups
    ]
    return sorted(lines, key=_on_the_roll)


def _on_the_roll(line: RollLine) -> tuple[int, float, str]:
    if line.stands and line.waiting_since is not None:
        return 1, line.waiting_since.timestamp(), ""
    order = {AnswerTo.YES: 0, AnswerTo.NONE: 2, AnswerTo.NO: 3}
    return order[line.answer], 0, fold(line.name)


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
                "op_wachtlijst_sinds": signup.waiting_since.isoformat() if signup.waiting_since else None,
                "plek_aangeboden_tot": signup.offered_until.isoformat() if signup.offered_until else None,
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


def place_of(signup: MeetingSignup, meeting: Meeting, now: datetime, *, queue: int = 0, number: int = 0) -> Place:
    """A place as it stands at a moment. `queue` and `number` are the columns of `QUEUE`."""
    view = view_of(meeting, now)
    return Place(
        id=signup.id,
        person_id=signup.person_id,
        answer=AnswerTo(signup.answer),
        attendance=Attendance(signup.attendance),
        uid=signup.uid,
        sequence=signup.sequence,
        meeting=view,
        open=view.open,
        late=offered_until(meeting.starts_at, now) is None,
        line=in_line(signup.waiting_since, signup.offered_until, now),
        offered_until=signup.offered_until,
        number=number if signup.waiting_since is not None else 0,
        queue=queue,
    )
