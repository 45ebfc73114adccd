"""What a gespreksleider has on her phone: her people, their cases, and where they are in the method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.intervision.room.agreeing import accepted
from app.intervision.room.leading import led_tables, talk_of
from app.intervision.room.queries import CaseLine, cases_at
from app.kit.text import fold
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView, RollLine
from app.people.rules import Viewer


@dataclass(frozen=True)
class LeadLine:
    """One person at the table. `agreed`: she said yes to how they talk."""

    line: RollLine
    agreed: bool


@dataclass(frozen=True)
class Running:
    """The method of the table, the step that it is in (from 0), and since when."""

    method: str
    step: int
    step_at: datetime


@dataclass(frozen=True)
class LeadPage:
    """One meeting for who leads a table of it."""

    meeting: MeetingView
    people: list[LeadLine]
    cases: list[CaseLine]
    running: Running | None
    ended: bool

    @property
    def agreed(self) -> int:
        """How many said yes to how they talk."""
        return sum(one.agreed for one in self.people)


def lead_page(db: Session, viewer: Viewer, meeting_id: int, *, now: datetime) -> LeadPage:
    """The page of a meeting that she leads. Raises: NotFound for everybody else."""
    tables = led_tables(db, viewer, meeting_id)
    meeting = meetings.meeting(db, meeting_id, now=now)
    hers = {signup_id for table in tables for signup_id in table.seats}
    lines = [line for line in meetings.roll(db, meeting_id, now=now) if line.signup_id in hers]
    agreed = accepted(db, [line.person_id for line in lines])
    talk = talk_of(db, meeting_id, tables[0].number if tables else 0)
    return LeadPage(
        meeting=meeting,
        people=[LeadLine(one, one.person_id in agreed) for one in sorted(lines, key=lambda one: fold(one.name))],
        cases=cases_at(db, viewer, meeting_id, tables, now=now),
        running=Running(talk.method, talk.step, talk.step_at) if talk is not None else None,
        ended=now >= meeting.ends_at,
    )
