"""The appointments of one person, for her own calendar: meetings with a seat, coach visits, end presentations.

It goes out at an address that may leak, so there is no name of anybody in it, and no link that lets one into a
meeting: that stands behind signing in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.courses.rules import AssignmentDefinition
from app.courses.tables import Enrolment, PracticalAssignment
from app.delivery.tables import Delivery, DeliveryDate, PresentationEntry
from app.meetings import queries as meetings
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.practice.tables.work import AssignmentRecord, CoachVisit

KEPT: Final = timedelta(days=365)  # what was longer ago leaves the calendar


@dataclass(frozen=True)
class Appointment:
    """One appointment; `uid` as it stands in its row. `lines` are practical, `path` is the page about it."""

    kind: Literal["meeting", "visit", "presentation"]
    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    path: str
    lines: tuple[str, ...] = ()


def agenda(db: Session, person_id: int, *, now: datetime) -> list[Appointment]:
    """Everything from a year back, by date. Three statements."""
    since = now - KEPT
    found = _meetings(db, person_id, since, now) + _visits(db, person_id, since) + _presentations(db, person_id, since)
    return sorted(found, key=lambda one: (one.starts_at, one.uid))


def _meetings(db: Session, person_id: int, since: datetime, now: datetime) -> list[Appointment]:
    seats = meetings.places(
        db,
        MeetingSignup.person_id == person_id,
        MeetingSignup.answer == AnswerTo.YES,
        Meeting.cancelled_at.is_(None),
        Meeting.starts_at >= since,
        now=now,
    )
    return [
        Appointment(
            kind="meeting",
            uid=seat.uid,
            sequence=seat.sequence,
            title=seat.meeting.title,
            starts_at=seat.meeting.starts_at,
            ends_at=seat.meeting.ends_at,
            place=seat.meeting.place,
            path="/intervisie",
            lines=(
                seat.meeting.access,
                seat.meeting.food,
                f"Neem mee: {seat.meeting.bring}" if seat.meeting.bring else "",
            ),
        )
        for seat in seats
    ]


def _visits(db: Session, person_id: int, since: datetime) -> list[Appointment]:
    rows = db.execute(
        select(CoachVisit, DeliveryDate, Delivery, PracticalAssignment.definition)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .join(Delivery, Delivery.id == DeliveryDate.delivery_id)
        .join(AssignmentRecord, AssignmentRecord.id == CoachVisit.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
        .where(
            CoachVisit.cancelled_at.is_(None),
            or_(CoachVisit.coach_id == person_id, Enrolment.person_id == person_id),
            DeliveryDate.starts_at >= since,
        )
    )
    return [
        Appointment(
            kind="visit",
            uid=visit.uid,
            sequence=visit.sequence,
            title=f"{AssignmentDefinition.from_facts(definition).title}: coachbezoek",
            starts_at=date.starts_at,
            ends_at=date.ends_at,
            place=f"{group.place}, {group.address}, {group.municipality}",
            path=f"/coach/{visit.record_id}" if visit.coach_id == person_id else f"/praktijk/{visit.record_id}",
        )
        for visit, date, group, definition in rows
    ]


def _presentations(db: Session, person_id: int, since: datetime) -> list[Appointment]:
    rows = db.execute(
        select(PresentationEntry, Delivery.leader_id)
        .join(Delivery, Delivery.id == PresentationEntry.delivery_id)
        .where(
            PresentationEntry.person_id == person_id,
            PresentationEntry.gone_at.is_(None),
            PresentationEntry.starts_at >= since,
        )
    )
    return [
        Appointment(
            kind="presentation",
            uid=entry.uid,
            sequence=entry.sequence,
            title="Eindpresentatie",
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            place=entry.location,
            path="/groep" if leader_id == person_id else "/coach",
        )
        for entry, leader_id in rows
    ]
