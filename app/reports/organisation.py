"""What a contact sees of the own organisation: name, stage, valid until. Never scores, never what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.kit.localtime import local_day, start_of
from app.meetings.rules import Attendance
from app.meetings.tables import Meeting, MeetingSignup
from app.people.listing import lines_of
from app.people.rules import Role, Viewer
from app.people.tables import Membership, Organisation
from app.reports.people import Stage, stages_of

SHOWN: Final = timedelta(days=731)  # two years, four rounds


@dataclass(frozen=True)
class ColleagueRow:
    """One colleague. `course`: the training that she follows or followed last, else what her certificate is for."""

    name: str
    stage: Stage
    course: str


@dataclass(frozen=True)
class AttendanceRow:
    """One colleague at one meeting whose list is closed. Nothing of what was said."""

    name: str
    title: str
    starts_at: datetime
    attendance: Attendance
    minutes: int


@dataclass(frozen=True)
class OrganisationPage:
    """The people of one organisation who are on the road, and where they were."""

    organisation: str
    rows: tuple[ColleagueRow, ...]
    certified: int
    training: int
    attendance: tuple[AttendanceRow, ...]


def organisation_page(db: Session, viewer: Viewer, *, on: date) -> OrganisationPage:
    """People who work today where the viewer is the contact; who is not on the road is not listed."""
    works = select(Membership.person_id).where(
        Membership.organisation_id.in_(viewer.contact_of),
        Membership.since <= on,
        or_(Membership.until.is_(None), Membership.until > on),
    )
    lines = {line.id: line for line in lines_of(db, db.scalars(works).all())}
    stages, enrolments = stages_of(db, list(lines), on=on, lines=lines)
    own = select(Organisation.name).where(Organisation.id.in_(viewer.contact_of)).order_by(Organisation.name)
    rows = [
        ColleagueRow(
            line.name,
            stages[id_],
            enrolments[id_].course_title if id_ in enrolments else stages[id_].intervention,
        )
        for id_, line in lines.items()
        if stages[id_].step or id_ in enrolments or Role.PROFESSIONAL in line.roles
    ]
    return OrganisationPage(
        organisation=", ".join(db.scalars(own)),
        rows=tuple(rows),
        certified=sum(row.stage.code in {"valid", "expiring", "in_grace"} for row in rows),
        training=sum(row.stage.code in {"theory", "practice", "paused"} for row in rows),
        attendance=_attendance(db, viewer, {id_: line.name for id_, line in lines.items()}, on=on),
    )


def _attendance(db: Session, viewer: Viewer, names: dict[int, str], *, on: date) -> tuple[AttendanceRow, ...]:
    """Who of the people who work there now was at a meeting, while she worked there; the newest first."""
    rows = db.execute(
        select(
            MeetingSignup.person_id,
            Meeting.title,
            Meeting.starts_at,
            MeetingSignup.attendance,
            MeetingSignup.attended_minutes,
            Membership.since,
            Membership.until,
        )
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .join(
            Membership,
            (Membership.person_id == MeetingSignup.person_id) & Membership.organisation_id.in_(viewer.contact_of),
        )
        .where(
            MeetingSignup.person_id.in_(names),
            Meeting.settled_at.is_not(None),
            Meeting.cancelled_at.is_(None),
            MeetingSignup.attendance != Attendance.UNKNOWN,
            Meeting.starts_at >= start_of(on - SHOWN),
        )
        .order_by(Meeting.starts_at.desc(), MeetingSignup.id)
    ).all()
    return tuple(
        AttendanceRow(
            names[row.person_id], row.title, row.starts_at, Attendance(row.attendance), row.attended_minutes or 0
        )
        for row in rows
        if row.since <= local_day(row.starts_at) and (row.until is None or local_day(row.starts_at) < row.until)
    )
