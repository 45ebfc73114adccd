"""Reading practice: who is how far, and who waits for a coach. The pages stand in modules of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import PRACTICE_EDITION
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, EnrolmentStage, Rubric
from app.courses.tables import CoachAssignment, Enrolment, PracticalAssignment
from app.delivery.queries import groups_of
from app.delivery.rules import GroupFacts
from app.delivery.tables import DeliveryDate
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.localtime import local_day, working_days_between
from app.people.rules import Viewer
from app.practice.paths import STANDS, WITHDRAWN_AT, RecordPath, paths_of_enrolments, records_visible_to
from app.practice.rules.progress import AssignmentProgress, NextCode, PracticeProgress, PracticeStep
from app.practice.rules.states import Decision, Qualified, RecordFacts, RecordState, state
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord, CoachVisit, Submission
from app.theory.queries import progress_of as theory_progress_of
from app.theory.rules import TheoryProgress


def pinned_dates(db: Session, group_id: int) -> frozenset[int]:
    """The dates of a group that a coach planned a visit on: they stay as they are while the visit stands."""
    return frozenset(
        db.scalars(
            select(CoachVisit.date_id)
            .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
            .where(DeliveryDate.delivery_id == group_id, CoachVisit.cancelled_at.is_(None))
        )
    )


def qualified(db: Session, enrolment: EnrolmentFacts) -> Qualified:
    """Whether an enrolment may begin with practice."""
    return Qualified(safety_done=theory_progress_of(db, [enrolment])[enrolment.id].safety_done)


def progress_of(
    db: Session, enrolments: Collection[EnrolmentFacts], *, theory: Mapping[int, TheoryProgress] | None = None
) -> dict[int, PracticeProgress]:
    """How far each enrolment is with practice, by id; the number of statements does not grow with the list.

    `theory` is how far they are with theory, where the caller knows it already.
    """
    ids = [one.id for one in enrolments]
    read = theory_progress_of(db, enrolments) if theory is None else theory
    open_ones = [one.id for one in enrolments if one.stage is not EnrolmentStage.COMPLETED]
    groups = groups_of(db, open_ones)  # a group of the training says what comes next, not what was
    return practice_of(db, enrolments, theory=read, paths=paths_of_enrolments(db, ids), groups=groups)


def practice_of(
    db: Session,
    enrolments: Iterable[EnrolmentFacts],
    *,
    theory: Mapping[int, TheoryProgress],
    paths: Iterable[RecordPath],
    groups: Mapping[int, GroupFacts],
) -> dict[int, PracticeProgress]:
    """How far each enrolment is with practice, by id, from facts that were read before."""
    own: dict[int, dict[int, RecordPath]] = defaultdict(dict)
    for path in paths:
        own[path.enrolment_id][path.assignment_id] = path
    return {
        one.id: _progress(
            edition_of(db, one.practice_edition_id).assignments,
            own[one.id],
            qualified=Qualified(safety_done=theory[one.id].safety_done),
            group=groups.get(one.id),
        )
        for one in enrolments
    }


def _progress(
    definitions: Iterable[tuple[int, AssignmentDefinition]],
    paths: dict[int, RecordPath],
    *,
    qualified: Qualified,
    group: GroupFacts | None,
) -> PracticeProgress:
    """One enrolment's practice from its facts."""
    unopened = state(RecordFacts(qualified=qualified.safety_done))
    assignments: list[AssignmentProgress] = []
    step: PracticeStep | None = None
    final_signed_by: int | None = None
    for id_, definition in definitions:
        path = paths.get(id_)
        now = path.state if path else unopened
        assignments.append(
            AssignmentProgress(
                id_,
                path.id if path else None,
                definition.code,
                definition.title,
                now,
                path.since if path else None,
                definition.decides,
                definition.final,
                path.visit.date.id if path and path.visit and path.submitted_at is None else None,
            )
        )
        if now is RecordState.SIGNED_OFF and path is not None:
            final_signed_by = path.signed_by if definition.final else final_signed_by
        elif step is None:
            step = next_step(definition, path, qualified=qualified, group=group)
    signed = [one for one in assignments if one.state is RecordState.SIGNED_OFF]
    complete = bool(assignments) and len(signed) == len(assignments)
    last = max((one.since for one in signed if one.since is not None), default=None)
    return PracticeProgress(
        assignments=tuple(assignments),
        required=len(assignments),
        signed_off=len(signed),
        visits_done=sum(path.visits_done for path in paths.values()),
        complete=complete,
        completed_on=local_day(last) if complete and last is not None else None,
        final_signed_by=final_signed_by,
        next=step,
        group=group,
    )


def next_step(
    definition: AssignmentDefinition, path: RecordPath | None, *, qualified: Qualified, group: GroupFacts | None
) -> PracticeStep:
    """What a professional does next for an assignment that is not signed off."""
    href = f"/praktijk/{path.id}" if path else "/praktijk"
    visit = path.visit if path else None
    match path.state if path else state(RecordFacts(qualified=qualified.safety_done)):
        case RecordState.LOCKED:
            return PracticeStep(NextCode.THEORY_FIRST, definition.title, "/opleiding")
        case RecordState.SUBMITTED | RecordState.IN_REVIEW:
            return PracticeStep(NextCode.WAIT_FOR_COACH, definition.title, href)
        case RecordState.RETURNED:
            return PracticeStep(NextCode.IMPROVE, definition.title, href)
        case RecordState.NOT_MET:
            return PracticeStep(NextCode.TALK, definition.title, href)
    if definition.needs_group and (group is None or not group.coming):
        return PracticeStep(NextCode.FIND_GROUP, definition.title, "/groep")
    if path is None or not path.prepared:
        return PracticeStep(NextCode.PREPARE, definition.title, href)
    if definition.needs_visit and visit is None:
        return PracticeStep(NextCode.WAIT_FOR_DATE, definition.title, href)
    if visit is not None:
        return PracticeStep(NextCode.VISIT, definition.title, href, day=local_day(visit.date.starts_at))
    return PracticeStep(NextCode.HAND_IN, definition.title, href)


@dataclass(frozen=True)
class WaitingRecord:
    """Work that was handed in and waits for a coach. `coach_id` is None when nobody is assigned."""

    person_id: int
    coach_id: int | None
    waiting_since: datetime
    working_days: int
    late: bool


_WAITING: Final = (
    select(
        func.coalesce(WITHDRAWN_AT, Submission.submitted_at).label("since"),
        Enrolment.person_id,
        PRACTICE_EDITION.label("edition_id"),
        CoachAssignment.coach_id,
    )
    .join(AssignmentRecord, AssignmentRecord.id == Submission.record_id)
    .join(Enrolment, Enrolment.id == AssignmentRecord.enrolment_id)
    .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, STANDS))
    .outerjoin(CoachAssignment, and_(CoachAssignment.enrolment_id == Enrolment.id, CoachAssignment.until.is_(None)))
    .where(
        SignOff.id.is_(None),
        Enrolment.confirmed_at.is_not(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
    )
    .order_by(func.coalesce(WITHDRAWN_AT, Submission.submitted_at))
)


def waiting(db: Session, now: datetime) -> list[WaitingRecord]:
    """Everything that waits for a decision, longest first; late past the days that the policy promises.

    Only the last submission of a record can be without a decision: the next one is for what was returned.
    """
    today = local_day(now)
    found = []
    for row in fetch(db, _WAITING):
        days = working_days_between(local_day(row.since), today)
        late = days > edition_of(db, row.edition_id).policy.review_within_working_days
        found.append(WaitingRecord(row.person_id, row.coach_id, row.since, days, late=late))
    return found


def form_parts(db: Session, viewer: Viewer, record_id: int) -> tuple[AssignmentDefinition, Rubric]:
    """What the forms of a record are made from. Raises: NotFound when it is not the viewer's to see."""
    row = db.execute(
        select(PracticalAssignment.definition, PracticalAssignment.edition_id)
        .join(AssignmentRecord, AssignmentRecord.assignment_id == PracticalAssignment.id)
        .where(AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer)))
    ).first()
    if row is None:
        raise NotFound
    return AssignmentDefinition.from_facts(row.definition), edition_of(db, row.edition_id).rubric


def enrolments_signed() -> Select[int]:
    """Enrolments with at least one assignment signed off: only they can be near the end."""
    return (
        select(AssignmentRecord.enrolment_id)
        .join(SignOff, SignOff.record_id == AssignmentRecord.id)
        .where(SignOff.decision == Decision.SIGNED_OFF, STANDS)
    )
