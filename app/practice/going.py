"""Which files go and when: 90 days after the final decision, or after the training ended (domain.md 8.5).

The job that removes them and the page that tells of it beforehand ask the same question here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.courses.rules import AssignmentDefinition
from app.courses.tables import Enrolment, PracticalAssignment
from app.kit.localtime import local_day
from app.people.queries import person_names
from app.practice.paths import STANDS
from app.practice.rules.states import FILES_KEPT, Decision
from app.practice.tables.evidence import Evidence
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, Submission

AHEAD: Final = timedelta(days=42)
SOON: Final = timedelta(days=14)


def finished_at(*which: ColumnElement[bool]) -> Select[datetime]:
    """When records were decided for good, or their training ended; the first of these. One row for each record."""
    ended = _ended().subquery("ended")
    return (
        select(func.min(ended.c.at))
        .join(AssignmentRecord, AssignmentRecord.id == ended.c.record_id)
        .where(*which)
        .group_by(AssignmentRecord.id)
    )


def finished_before(day: datetime) -> Select[int]:
    """The records that were finished before a day."""
    ended = _ended().subquery("ended")
    return select(ended.c.record_id).where(ended.c.at < day)


def _ended() -> CompoundSelect[Any]:
    """Each moment that a record came to an end; it may have more than one."""
    standing = select(SignOff.record_id, func.max(SignOff.id).label("id")).where(STANDS)
    last = standing.group_by(SignOff.record_id).subquery("last_one")
    decided = (
        select(SignOff.record_id.label("record_id"), SignOff.signed_at.label("at"))
        .join(last, last.c.id == SignOff.id)
        .join(Submission, Submission.id == SignOff.submission_id)
        .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
        .where(
            or_(
                SignOff.decision == Decision.SIGNED_OFF,
                and_(SignOff.decision == Decision.NOT_MET, SignOff.attempt == AssignmentRecord.attempt),
            )
        )
    )
    stopped = (
        select(AssignmentRecord.id.label("record_id"), moment.label("at"))
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .where(moment.is_not(None))
        for moment in (Enrolment.withdrawn_at, Enrolment.expired_at)
    )
    return union_all(decided, *stopped)


@dataclass(frozen=True)
class Going:
    """The files of one assignment of somebody, and the day on which they go."""

    person_id: int
    person: str
    assignment: str
    files: int
    day: date


@dataclass(frozen=True)
class GoingPage:
    """What goes in the coming weeks, first one first."""

    weeks: int
    rows: tuple[Going, ...]

    @property
    def files(self) -> int:
        return sum(row.files for row in self.rows)


def going_page(db: Session, *, now: datetime) -> GoingPage:
    return GoingPage(AHEAD.days // 7, tuple(going(db, now=now, ahead=AHEAD)))


def going(db: Session, *, now: datetime, ahead: timedelta) -> list[Going]:
    """The files that the job will remove within that time: how many, of whom, never what is on them."""
    ended = _ended().subquery("ended")
    first = select(ended.c.record_id, func.min(ended.c.at).label("at")).group_by(ended.c.record_id).subquery("first")
    rows = db.execute(
        select(Enrolment.person_id, PracticalAssignment.definition, first.c.at, func.count().label("files"))
        .select_from(Evidence)
        .join(first, first.c.record_id == Evidence.record_id)
        .join(AssignmentRecord, AssignmentRecord.id == Evidence.record_id)
        .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
        .join(PracticalAssignment, PracticalAssignment.id == AssignmentRecord.assignment_id)
        .where(Evidence.removed_at.is_(None), first.c.at < now - FILES_KEPT + ahead)
        .group_by(AssignmentRecord.id, Enrolment.person_id, PracticalAssignment.id, first.c.at)
        .order_by(first.c.at, AssignmentRecord.id)
    ).all()
    names = person_names(db, {row.person_id for row in rows})
    return [
        Going(
            row.person_id,
            names.get(row.person_id, ""),
            AssignmentDefinition.from_facts(row.definition).title,
            row.files,
            local_day(row.at + FILES_KEPT),
        )
        for row in rows
    ]
