"""Facts of intervision for other domains, and the name of a round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.rules import Half
from app.intervision.tables import IntervisionRound, IntervisionSession, LearningPoint
from app.kit.localtime import local_day
from app.meetings.rules import AnswerTo, Attendance
from app.meetings.tables import Meeting, MeetingSignup


@dataclass(frozen=True)
class AttendedMeeting:
    """A meeting somebody was at. `full`: at least four fifths of it, so it counts for renewal."""

    day: date
    minutes: int
    full: bool
    intervention_id: int


@dataclass(frozen=True)
class OfferedMeeting:
    """A meeting that was published. Called off by us counts as not offered."""

    day: date
    cancelled: bool


@dataclass(frozen=True)
class ComingMeeting:
    """A meeting ahead that somebody was invited to and did not decline."""

    signup_id: int
    title: str
    starts_at: datetime
    venue: str
    answer: str


def attended(db: Session, person_ids: Collection[int]) -> dict[int, list[AttendedMeeting]]:
    """What people were at, by person and date; everybody asked for is in the answer. One statement."""
    rows = db.execute(
        select(
            MeetingSignup.person_id,
            MeetingSignup.attendance,
            MeetingSignup.attended_minutes,
            Meeting.starts_at,
            IntervisionRound.intervention_id,
        )
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
        .where(
            MeetingSignup.person_id.in_(set(person_ids)),
            MeetingSignup.attendance.in_([Attendance.PRESENT, Attendance.PARTIAL]),
            Meeting.cancelled_at.is_(None),
        )
        .order_by(Meeting.starts_at)
    )
    found: dict[int, list[AttendedMeeting]] = {person_id: [] for person_id in person_ids}
    for row in rows:
        found[row.person_id].append(
            AttendedMeeting(
                day=local_day(row.starts_at),
                minutes=row.attended_minutes or 0,
                full=row.attendance == Attendance.PRESENT,
                intervention_id=row.intervention_id,
            )
        )
    return found


def offered(db: Session, intervention_id: int) -> list[OfferedMeeting]:
    """Every meeting that was published for an intervention, by date."""
    rows = db.execute(
        select(Meeting.starts_at, Meeting.cancelled_at)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
        .where(IntervisionRound.intervention_id == intervention_id, Meeting.published_at.is_not(None))
        .order_by(Meeting.starts_at)
    )
    return [OfferedMeeting(local_day(row.starts_at), row.cancelled_at is not None) for row in rows]


def coming(db: Session, person_ids: Collection[int], now: datetime) -> dict[int, list[ComingMeeting]]:
    """Meetings ahead, by person and date; everybody asked for is in the answer. One statement."""
    rows = db.execute(
        select(MeetingSignup, Meeting)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .where(
            MeetingSignup.person_id.in_(set(person_ids)),
            MeetingSignup.answer != AnswerTo.NO,
            Meeting.starts_at > now,
            Meeting.cancelled_at.is_(None),
        )
        .order_by(Meeting.starts_at)
    )
    found: dict[int, list[ComingMeeting]] = {person_id: [] for person_id in person_ids}
    for signup, meeting in rows:
        line = ComingMeeting(signup.id, meeting.title, meeting.starts_at, meeting.venue, signup.answer)
        found[signup.person_id].append(line)
    return found


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What somebody wrote down for herself."""
    query = select(LearningPoint).where(LearningPoint.person_id == person_id).order_by(LearningPoint.id)
    return {
        "leerpunten": [
            {"geleerd": point.learned, "ga_ik_doen": point.next_step, "geschreven": point.written_at.isoformat()}
            for point in db.scalars(query)
        ]
    }


@dataclass(frozen=True)
class RoundTitle:
    """Which round: spring 2027 of Mijn Verhaal."""

    id: int
    intervention_id: int
    intervention: str
    year: int
    half: Half
    signup_closes_on: date


def title_of(found: IntervisionRound, intervention: str) -> RoundTitle:
    """A round by its name."""
    return RoundTitle(
        found.id, found.intervention_id, intervention, found.year, Half(found.half), found.signup_closes_on
    )
