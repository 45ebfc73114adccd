"""Facts of intervision for other domains, and the name of a round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, bindparam, case, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.intervision.queries.groups import proposed_seats, tables_of
from app.intervision.rules import Half
from app.intervision.tables import IntervisionRound, IntervisionSession, LearningPoint, RoundReply, SessionFacilitator
from app.kit.db import fetch
from app.kit.localtime import local_day, start_of
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


_COUNTING: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        MeetingSignup.person_id,
        IntervisionRound.intervention_id,
        Meeting.starts_at,
        Meeting.cancelled_at,
        MeetingSignup.attendance,
        MeetingSignup.attended_minutes,
    )
    .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
    .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
    .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
    .where(
        MeetingSignup.person_id.in_(bindparam("people", expanding=True)),
        MeetingSignup.attendance.in_([Attendance.PRESENT, Attendance.PARTIAL]),
        Meeting.cancelled_at.is_(None),
    ),
    select(
        null(),
        IntervisionRound.intervention_id,
        Meeting.starts_at,
        Meeting.cancelled_at,
        literal(""),
        null(),
    )
    .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
    .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
    .where(
        IntervisionRound.intervention_id.in_(bindparam("interventions", expanding=True)),
        Meeting.published_at.is_not(None),
    ),
).order_by("starts_at")


@dataclass(frozen=True)
class Counting:
    """What counts for renewal: what people were at, by person, and what was offered, by intervention; by date."""

    attended: dict[int, list[AttendedMeeting]]
    offered: dict[int, list[OfferedMeeting]]


def counting(db: Session, person_ids: Collection[int], intervention_ids: Collection[int]) -> Counting:
    """Everything that counts; everybody and everything asked for is in the answer. One statement."""
    found = Counting({id_: [] for id_ in person_ids}, {id_: [] for id_ in intervention_ids})
    for row in fetch(db, _COUNTING, people=list(found.attended), interventions=list(found.offered)):
        day = local_day(row.starts_at)
        if row.person_id is None:
            found.offered[row.intervention_id].append(OfferedMeeting(day, row.cancelled_at is not None))
        else:
            full = row.attendance == Attendance.PRESENT
            found.attended[row.person_id].append(
                AttendedMeeting(day, row.attended_minutes or 0, full, row.intervention_id)
            )
    return found


def yearly(db: Session, people: Select[int], *, now: datetime) -> list[tuple[int, bool, int]]:
    """How often people were at a meeting this year, whether a seat is still to come, and how many people that is.

    `people` selects ids; the answer counts all of them. One statement.
    """
    year = local_day(now).year
    first, last = start_of(date(year, 1, 1)), start_of(date(year + 1, 1, 1))
    who = people.subquery()
    was_there = and_(MeetingSignup.attendance == Attendance.PRESENT, Meeting.starts_at >= first)
    seated = and_(MeetingSignup.answer == AnswerTo.YES, Meeting.starts_at > now)
    each = (
        select(
            who.c[0].label("person_id"),
            func.count(case((was_there, Meeting.id))).label("times"),
            (func.count(case((seated, Meeting.id))) > 0).label("seated"),
        )
        .outerjoin(MeetingSignup, MeetingSignup.person_id == who.c[0])
        .outerjoin(
            Meeting,
            and_(
                Meeting.id == MeetingSignup.meeting_id,
                Meeting.id.in_(select(IntervisionSession.meeting_id)),
                Meeting.cancelled_at.is_(None),
                Meeting.starts_at < last,
            ),
        )
        .group_by(who.c[0])
        .subquery()
    )
    rows = db.execute(select(each.c.times, each.c.seated, func.count()).group_by(each.c.times, each.c.seated))
    return [(times, bool(has_seat), count) for times, has_seat, count in rows]


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What somebody wrote down for herself, the meetings that she leads or led, and at which tables she sat."""
    query = select(LearningPoint).where(LearningPoint.person_id == person_id).order_by(LearningPoint.id)
    led = (
        select(Meeting)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .join(SessionFacilitator, SessionFacilitator.session_id == IntervisionSession.id)
        .where(SessionFacilitator.person_id == person_id)
        .order_by(Meeting.starts_at)
    )
    replies = select(RoundReply).where(RoundReply.person_id == person_id).order_by(RoundReply.id)
    return {
        "geen_van_de_dagen": [
            {"kan_wel": reply.possible, "toelichting": reply.note, "gezegd": reply.said_at.isoformat()}
            for reply in db.scalars(replies)
        ],
        "geleide_bijeenkomsten": [
            {"titel": meeting.title, "begin": meeting.starts_at.isoformat(), "plek": meeting.venue}
            for meeting in db.scalars(led)
        ],
        "leerpunten": [
            {"geleerd": point.learned, "ga_ik_doen": point.next_step, "geschreven": point.written_at.isoformat()}
            for point in db.scalars(query)
        ],
        "tafels": tables_of(db, person_id),
        "voorgestelde_plekken": proposed_seats(db, person_id),
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
