"""Who sits at which table. A meeting without tables is one table of everybody with a seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.tables import GroupSeat, IntervisionGroup, IntervisionSession, PlacingLine, PlacingProposal
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup


@dataclass(frozen=True)
class Seated:
    """Somebody with a seat in the meeting, at this table."""

    signup_id: int
    person_id: int


@dataclass(frozen=True)
class Group:
    """One table. `id` is None when the meeting has no tables: then this is everybody, and whoever leads the meeting."""

    id: int | None
    session_id: int
    number: int
    facilitator_id: int | None
    seated: tuple[Seated, ...] = ()

    @property
    def person_ids(self) -> frozenset[int]:
        return frozenset(one.person_id for one in self.seated)


@dataclass(frozen=True)
class Seating:
    """The tables of a meeting, and who has a seat in it but not at one of them yet (who came after they were made)."""

    groups: tuple[Group, ...]
    loose: tuple[Seated, ...] = ()

    @property
    def made(self) -> bool:
        """Whether there are tables, not just everybody together."""
        return any(group.id is not None for group in self.groups)

    def of(self, signup_id: int) -> Group | None:
        """The table where somebody sits."""
        return next((one for one in self.groups if any(seat.signup_id == signup_id for seat in one.seated)), None)


def seating(db: Session, meeting_id: int) -> Seating:
    """Who sits where in a meeting of a round; nothing for another kind of meeting. Three statements at most."""
    session_id = db.scalar(select(IntervisionSession.id).where(IntervisionSession.meeting_id == meeting_id))
    if session_id is None:
        return Seating(())
    seats = db.execute(
        select(MeetingSignup.id, MeetingSignup.person_id, GroupSeat.group_id)
        .outerjoin(GroupSeat, GroupSeat.signup_id == MeetingSignup.id)
        .where(MeetingSignup.meeting_id == meeting_id, MeetingSignup.answer == AnswerTo.YES)
        .order_by(MeetingSignup.id)
    ).all()
    tables = db.execute(
        select(IntervisionGroup.id, IntervisionGroup.number, IntervisionGroup.facilitator_id)
        .where(IntervisionGroup.session_id == session_id)
        .order_by(IntervisionGroup.number)
    ).all()
    if not {seat.group_id for seat in seats} & {table.id for table in tables}:
        everybody = tuple(Seated(seat.id, seat.person_id) for seat in seats)
        return Seating((Group(None, session_id, 1, None, everybody),))
    return Seating(
        tuple(
            Group(
                table.id,
                session_id,
                table.number,
                table.facilitator_id,
                tuple(Seated(seat.id, seat.person_id) for seat in seats if seat.group_id == table.id),
            )
            for table in tables
            if any(seat.group_id == table.id for seat in seats)
        ),
        tuple(Seated(seat.id, seat.person_id) for seat in seats if seat.group_id is None),
    )


def group_of(db: Session, signup_id: int) -> Group | None:
    """The table of somebody with a seat; None without a seat, and until she is given a table where there are some."""
    meeting_id = db.scalar(select(MeetingSignup.meeting_id).where(MeetingSignup.id == signup_id))
    return None if meeting_id is None else seating(db, meeting_id).of(signup_id)


def tables_of(db: Session, person_id: int) -> list[dict[str, Any]]:
    """At which tables somebody sits and sat, for the copy of her data."""
    query = (
        select(Meeting.title, Meeting.starts_at, IntervisionGroup.number)
        .join(MeetingSignup, MeetingSignup.meeting_id == Meeting.id)
        .join(GroupSeat, GroupSeat.signup_id == MeetingSignup.id)
        .join(IntervisionGroup, IntervisionGroup.id == GroupSeat.group_id)
        .where(MeetingSignup.person_id == person_id)
        .order_by(Meeting.starts_at)
    )
    return [{"titel": row.title, "begin": row.starts_at.isoformat(), "tafel": row.number} for row in db.execute(query)]


def proposed_seats(db: Session, person_id: int) -> list[dict[str, Any]]:
    """Where we proposed a seat for somebody, for the copy of her data."""
    query = (
        select(PlacingProposal.made_at, Meeting.title, Meeting.starts_at)
        .join(PlacingLine, PlacingLine.proposal_id == PlacingProposal.id)
        .join(Meeting, Meeting.id == PlacingLine.chosen_id)
        .where(PlacingLine.person_id == person_id)
        .order_by(PlacingProposal.id)
    )
    return [
        {"titel": row.title, "begin": row.starts_at.isoformat(), "voorgesteld_op": row.made_at.isoformat()}
        for row in db.execute(query)
    ]


def ended_before(moment: datetime) -> Any:
    """The tables of meetings that ended before a moment, as a query of ids."""
    return (
        select(IntervisionGroup.id)
        .join(IntervisionSession, IntervisionSession.id == IntervisionGroup.session_id)
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .where(Meeting.ends_at < moment)
    )
