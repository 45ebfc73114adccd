"""Whose words about a professional somebody may read (domain.md 8.3b).

A coach judges for herself first: what a former coach wrote opens for her with her own draft. Two things stay
readable all along. That something was decided, by whom and when, is the state of the work. And what was agreed
last time is a promise between people, not a judgement: the professional works by it, the form opens with it, and
a new coach who does not know of it would let her down. That holds for what was signed, and for what both said yes to
in their talk; what a coach only wrote on her form stays hers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.rules import EnrolmentFacts
from app.people.rules import Viewer
from app.practice.paths import RecordPath
from app.practice.rules.forms import Observation, OwnDrafts
from app.practice.rules.states import RecordState
from app.practice.tables.coaching import Assessment
from app.practice.tables.work import AssignmentRecord

CLOSED = frozenset({RecordState.SIGNED_OFF, RecordState.NOT_MET})


@dataclass(frozen=True)
class Sight:
    """What one viewer may read of one record. `coach_id`: as whom she is bound; None: by nothing."""

    coach_id: int | None = None
    drafts: OwnDrafts = field(default_factory=OwnDrafts)
    closed: bool = False

    def shows(self, author_id: int | None, *, attempt: int) -> bool:
        """Whether she may read what this coach wrote in this attempt."""
        if self.coach_id is None or self.coach_id == author_id:
            return True
        return self.drafts.open_words(of_attempt=attempt, closed=self.closed)


def sight_of(db: Session, viewer: Viewer, path: RecordPath, enrolment: EnrolmentFacts) -> Sight:
    """Who coaches is bound, also when she is an admin besides; the caller made sure that she may see the record."""
    return sights_of(db, viewer, [path], enrolment)[path.id]


def sights_of(
    db: Session, viewer: Viewer, paths: Collection[RecordPath], enrolment: EnrolmentFacts
) -> dict[int, Sight]:
    """The same for several records of one enrolment, by id: one statement, however many there are."""
    if viewer.person_id != enrolment.coach_id:
        return {path.id: Sight() for path in paths}
    rows = db.execute(
        select(Assessment.record_id, Assessment.attempt, Assessment.form)
        .join(AssignmentRecord, AssignmentRecord.id == Assessment.record_id)
        .where(AssignmentRecord.enrolment_id == enrolment.id, Assessment.coach_id == viewer.id)
    )
    written = [row for row in rows if Observation.from_facts(row.form) != Observation()]
    return {
        path.id: Sight(
            viewer.id,
            OwnDrafts(
                attempt=max((row.attempt for row in written if row.record_id == path.id), default=0),
                elsewhere=any(row.record_id != path.id for row in written),
            ),
            path.state in CLOSED,
        )
        for path in paths
    }
