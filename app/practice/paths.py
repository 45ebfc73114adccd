"""Where a record stands: its present attempt, with the visit, what was handed in and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.courses.queries import enrolments_visible_to
from app.courses.rules import EnrolmentStage
from app.delivery.rules import DateFacts, DateKind
from app.delivery.tables import DeliveryDate
from app.kit.db import fetch
from app.people.rules import Viewer
from app.practice.rules.states import Decision, RecordFacts, RecordState, state
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import ReturnExtension, SignOff, SignOffContent, SignOffWithdrawal
from app.practice.tables.work import AssignmentRecord, CoachVisit, Preparation, Submission


def records_visible_to(viewer: Viewer) -> Select[int]:
    """The records a viewer may know of: of her own enrolment, of people she coaches now, all for an admin."""
    return select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(enrolments_visible_to(viewer)))


@dataclass(frozen=True)
class Way:
    """How to get to a visit, and whom of the place to ask for."""

    directions: str = ""
    venue_contact: str = ""


@dataclass(frozen=True)
class VisitFacts:
    """A visit that is planned, with the date it is for."""

    id: int
    coach_id: int
    date: DateFacts
    planned_at: datetime
    way: Way = Way()


@dataclass(frozen=True)
class RecordPath:
    """Where one record stands: its present attempt, and the latest submission in it.

    `by_when`: the day for what is still to do, as the coach or since then an admin gave it. `moved_at`: when it was
    last handed in or decided on, in whatever attempt.
    """

    id: int
    enrolment_id: int
    assignment_id: int
    attempt: int
    created_at: datetime
    prepared_at: datetime | None
    visit: VisitFacts | None
    reviewed_at: datetime | None
    reviewed_by: int | None = None
    submission_id: int | None = None
    submitted_at: datetime | None = None
    decision: Decision | None = None
    signed_at: datetime | None = None
    signed_by: int | None = None
    withdrawn_at: datetime | None = None
    by_when: date | None = None
    visits_done: int = 0
    moved_at: datetime | None = None

    @property
    def way(self) -> Way:
        return self.visit.way if self.visit else Way()

    @property
    def prepared(self) -> bool:
        return self.prepared_at is not None

    @property
    def state(self) -> RecordState:
        handed_in = self.submitted_at is not None and self.decision is None
        return state(
            RecordFacts(
                opened=True,
                visit_planned=self.visit is not None,
                handed_in=handed_in,
                review_saved=self.reviewed_at is not None
                and self.submitted_at is not None
                and self.reviewed_at >= self.submitted_at,
                decision=self.decision,
            )
        )

    @property
    def since(self) -> datetime:
        """Since when the state is what it is."""
        visit_at = self.visit.planned_at if self.visit else None
        return self.signed_at or self.lies_with_coach_since or visit_at or self.created_at

    @property
    def lies_with_coach_since(self) -> datetime | None:
        """Since when she may decide: it was handed in, or what she signed was taken back."""
        return self.withdrawn_at or self.submitted_at

    @property
    def reopened(self) -> bool:
        """Whether a sign-off was taken back and no other came in its place yet."""
        return self.withdrawn_at is not None and self.decision is None

    def at_hand(self, stage: EnrolmentStage) -> bool:
        """Whether its coach works on it; what was taken back is decided anew, also with a certificate."""
        return stage is EnrolmentStage.FOLLOWING or (self.reopened and stage is EnrolmentStage.COMPLETED)


STANDS: Final = ~exists().where(SignOffWithdrawal.sign_off_id == SignOff.id)
"""A sign-off that was not taken back: at most one for a submission."""
_Before = aliased(SignOff)  # of the same submission, taken back
WITHDRAWN_AT: Final = (
    select(func.max(SignOffWithdrawal.withdrawn_at))
    .join(_Before, _Before.id == SignOffWithdrawal.sign_off_id)
    .where(_Before.submission_id == Submission.id)
    .correlate(Submission)
    .scalar_subquery()
)
"""When the last sign-off of a submission was taken back."""
_Latest = aliased(CoachVisit)  # of the attempt that a submission was made in
_PATHS: Final = (
    select(
        AssignmentRecord.id,
        AssignmentRecord.enrolment_id,
        AssignmentRecord.assignment_id,
        AssignmentRecord.attempt,
        AssignmentRecord.created_at,
        Preparation.written_at.label("prepared_at"),
        select(Assessment.saved_at)
        .where(Assessment.record_id == AssignmentRecord.id, Assessment.attempt == AssignmentRecord.attempt)
        .order_by(Assessment.saved_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("reviewed_at"),
        select(Assessment.coach_id)
        .where(Assessment.record_id == AssignmentRecord.id, Assessment.attempt == AssignmentRecord.attempt)
        .order_by(Assessment.saved_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("reviewed_by"),
        CoachVisit.id.label("visit_id"),
        CoachVisit.coach_id.label("visitor_id"),
        CoachVisit.planned_at,
        CoachVisit.directions,
        CoachVisit.venue_contact,
        DeliveryDate.id.label("date_id"),
        DeliveryDate.kind,
        DeliveryDate.starts_at,
        DeliveryDate.ends_at,
        DeliveryDate.cancelled_at,
        Submission.id.label("submission_id"),
        Submission.attempt.label("submitted_in"),
        Submission.submitted_at,
        SignOff.decision,
        SignOff.signed_at,
        SignOff.coach_id.label("signed_by"),
        WITHDRAWN_AT.label("withdrawn_at"),
        SignOffContent.content["by_when"].as_string().label("by_when"),
        select(ReturnExtension.by_when)
        .where(ReturnExtension.sign_off_id == SignOff.id)
        .order_by(ReturnExtension.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("later"),
        _Latest.id.label("visited"),
    )
    .outerjoin(Preparation, and_(Preparation.record_id == AssignmentRecord.id, Preparation.goal != ""))
    .outerjoin(
        CoachVisit,
        and_(
            CoachVisit.record_id == AssignmentRecord.id,
            CoachVisit.attempt == AssignmentRecord.attempt,
            CoachVisit.cancelled_at.is_(None),
        ),
    )
    .outerjoin(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
    .outerjoin(Submission, Submission.record_id == AssignmentRecord.id)
    .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, STANDS))
    .outerjoin(SignOffContent, SignOffContent.sign_off_id == SignOff.id)
    .outerjoin(
        _Latest,
        and_(
            _Latest.record_id == AssignmentRecord.id,
            _Latest.attempt == Submission.attempt,
            _Latest.cancelled_at.is_(None),
        ),
    )
    .order_by(AssignmentRecord.id, Submission.number)
)
_PATHS_OF_ENROLMENTS: Final = _PATHS.where(AssignmentRecord.enrolment_id.in_(bindparam("enrolments", expanding=True)))


def paths_of(db: Session, which: Select[int]) -> list[RecordPath]:
    """The paths of the records whose ids `which` selects: one statement, however many there are."""
    return _paths(db.execute(_PATHS.where(AssignmentRecord.id.in_(which))).all())


def paths_of_enrolments(db: Session, enrolment_ids: Collection[int]) -> list[RecordPath]:
    """The paths of all records of enrolments: one statement."""
    return _paths(fetch(db, _PATHS_OF_ENROLMENTS, enrolments=list(enrolment_ids)).all()) if enrolment_ids else []


def _paths(rows: Sequence[Any]) -> list[RecordPath]:
    """The rows are those of `_PATHS`: one for each submission, in order, or one when nothing was handed in."""
    own: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        own[row.id].append(row)
    return [_path(rows_of_it) for rows_of_it in own.values()]


def _path(rows: Sequence[Any]) -> RecordPath:
    first, facts = rows[0], dict[str, Any]()
    for row in rows:
        if row.submitted_in == row.attempt:  # of several the last
            facts = {
                "submission_id": row.submission_id,
                "submitted_at": row.submitted_at,
                "decision": Decision(row.decision) if row.decision else None,
                "signed_at": row.signed_at,
                "signed_by": row.signed_by,
                "withdrawn_at": row.withdrawn_at,
                "by_when": row.later or (date.fromisoformat(row.by_when) if row.by_when else None),
            }
    moved = [at for row in rows for at in (row.submitted_at, row.signed_at) if at is not None]
    return RecordPath(
        id=first.id,
        enrolment_id=first.enrolment_id,
        assignment_id=first.assignment_id,
        attempt=first.attempt,
        created_at=first.created_at,
        prepared_at=first.prepared_at,
        visit=_visit(first),
        reviewed_at=first.reviewed_at,
        reviewed_by=first.reviewed_by,
        visits_done=len({row.submitted_in for row in rows if row.decision and row.visited}),
        moved_at=max(moved, default=None),
        **facts,
    )


def _visit(row: Any) -> VisitFacts | None:
    if row.visit_id is None:
        return None
    cancelled = row.cancelled_at is not None
    date = DateFacts(row.date_id, DateKind(row.kind), row.starts_at, row.ends_at, cancelled)
    return VisitFacts(row.visit_id, row.visitor_id, date, row.planned_at, Way(row.directions, row.venue_contact))
