"""Reading practice: who is how far, and who waits for a coach. The pages stand in modules of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts, enrolments_visible_to, rubric_of
from app.courses.rules import AssignmentDefinition, EnrolmentStage, Policy, Rubric
from app.courses.tables import CourseEdition, Enrolment, PracticalAssignment
from app.delivery.queries import groups_of
from app.delivery.rules import DateFacts, DateKind, GroupFacts
from app.delivery.tables import DeliveryDate
from app.kit.errors import NotFound
from app.kit.localtime import local_day, working_days_between
from app.people.rules import Viewer
from app.practice.rules import (
    AssignmentProgress,
    Decision,
    NextCode,
    PracticeProgress,
    PracticeStep,
    Qualified,
    RecordFacts,
    RecordState,
    state,
)
from app.practice.tables import Assessment, AssignmentRecord, CoachVisit, Preparation, SignOff, Submission
from app.theory.queries import progress_of as theory_progress_of

WORKING_STAGES = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED, EnrolmentStage.COMPLETED})


def records_visible_to(viewer: Viewer) -> Select[int]:
    """The records a viewer may know of: of her own enrolment, of people she coaches now, all for an admin."""
    return select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(enrolments_visible_to(viewer)))


@dataclass(frozen=True)
class VisitFacts:
    """A visit that is planned, with the date it is for."""

    id: int
    coach_id: int
    date: DateFacts
    planned_at: datetime


@dataclass(frozen=True)
class RecordPath:
    """Where one record stands: its present attempt, and the latest submission in it."""

    id: int
    enrolment_id: int
    assignment_id: int
    attempt: int
    created_at: datetime
    prepared_at: datetime | None
    visit: VisitFacts | None
    submission_id: int | None
    submitted_at: datetime | None
    decision: Decision | None
    signed_at: datetime | None
    signed_by: int | None
    reviewed_at: datetime | None
    visits_done: int

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
        return self.signed_at or self.submitted_at or visit_at or self.created_at


def paths_of(db: Session, which: Select[int]) -> list[RecordPath]:
    """The paths of the records whose ids `which` selects: five statements, however many there are."""
    records = db.execute(
        select(
            AssignmentRecord.id,
            AssignmentRecord.enrolment_id,
            AssignmentRecord.assignment_id,
            AssignmentRecord.attempt,
            AssignmentRecord.created_at,
            Preparation.written_at.label("prepared_at"),
        )
        .outerjoin(Preparation, and_(Preparation.record_id == AssignmentRecord.id, Preparation.goal != ""))
        .where(AssignmentRecord.id.in_(which))
        .order_by(AssignmentRecord.id)
    ).all()
    ids = [row.id for row in records]
    latest, decided = _submissions(db, ids)
    reviewed = _reviews(db, ids)
    visits = _visits(db, ids)
    paths = []
    for row in records:
        submitted = latest.get((row.id, row.attempt))
        paths.append(
            RecordPath(
                **row._mapping,  # noqa: SLF001 - the row's own way to name its columns
                visit=visits.get((row.id, row.attempt)),
                submission_id=submitted.id if submitted else None,
                submitted_at=submitted.submitted_at if submitted else None,
                decision=Decision(submitted.decision) if submitted and submitted.decision else None,
                signed_at=submitted.signed_at if submitted else None,
                signed_by=submitted.coach_id if submitted else None,
                reviewed_at=reviewed.get((row.id, row.attempt)),
                visits_done=sum((row.id, attempt) in visits for attempt in decided[row.id]),
            )
        )
    return paths


@dataclass(frozen=True)
class _Submitted:
    id: int
    submitted_at: datetime
    decision: str | None
    signed_at: datetime | None
    coach_id: int | None


def _submissions(db: Session, ids: Collection[int]) -> tuple[dict[tuple[int, int], _Submitted], dict[int, set[int]]]:
    """The latest submission of each record and attempt; and the attempts in which something was decided."""
    latest: dict[tuple[int, int], _Submitted] = {}
    decided: dict[int, set[int]] = defaultdict(set)
    for row in db.execute(
        select(
            Submission.id,
            Submission.record_id,
            Submission.attempt,
            Submission.submitted_at,
            SignOff.decision,
            SignOff.signed_at,
            SignOff.coach_id,
        )
        .outerjoin(SignOff, SignOff.submission_id == Submission.id)
        .where(Submission.record_id.in_(ids))
        .order_by(Submission.number)
    ):
        latest[row.record_id, row.attempt] = _Submitted(
            row.id, row.submitted_at, row.decision, row.signed_at, row.coach_id
        )
        if row.decision is not None:
            decided[row.record_id].add(row.attempt)
    return latest, decided


def _reviews(db: Session, ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """When a coach last saved the form of each record and attempt."""
    rows = db.execute(
        select(Assessment.record_id, Assessment.attempt, Assessment.saved_at)
        .where(Assessment.record_id.in_(ids))
        .order_by(Assessment.saved_at)
    )
    return {(row.record_id, row.attempt): row.saved_at for row in rows}


def _visits(db: Session, ids: Collection[int]) -> dict[tuple[int, int], VisitFacts]:
    rows = db.execute(
        select(CoachVisit, DeliveryDate)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .where(CoachVisit.record_id.in_(ids), CoachVisit.cancelled_at.is_(None))
    )
    return {
        (visit.record_id, visit.attempt): VisitFacts(
            visit.id,
            visit.coach_id,
            DateFacts(date.id, DateKind(date.kind), date.starts_at, date.ends_at, date.cancelled_at is not None),
            visit.planned_at,
        )
        for visit, date in rows
    }


def pinned_dates(db: Session, group_id: int) -> frozenset[int]:
    """The dates of a group that a coach planned a visit on: they stay as they are while the visit stands."""
    return frozenset(
        db.scalars(
            select(CoachVisit.date_id)
            .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
            .where(DeliveryDate.delivery_id == group_id, CoachVisit.cancelled_at.is_(None))
        )
    )


def qualified(db: Session, enrolment_id: int) -> Qualified:
    """Whether an enrolment may begin with practice."""
    found = theory_progress_of(db, [enrolment_id]).get(enrolment_id)
    return Qualified(safety_done=found is not None and found.safety_done)


def progress_of(db: Session, enrolment_ids: Collection[int]) -> dict[int, PracticeProgress]:
    """How far each enrolment is with practice; the number of statements does not grow with the list."""
    if not enrolment_ids:
        return {}
    editions = {
        row.id: row.edition_id
        for row in db.execute(select(Enrolment.id, Enrolment.edition_id).where(Enrolment.id.in_(enrolment_ids)))
    }
    definitions = _definitions(db, set(editions.values()))
    paths: dict[int, dict[int, RecordPath]] = defaultdict(dict)
    chosen = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(enrolment_ids))
    for path in paths_of(db, chosen):
        paths[path.enrolment_id][path.assignment_id] = path
    theory = theory_progress_of(db, enrolment_ids)
    groups = groups_of(db, enrolment_ids)
    return {
        id_: _progress(
            definitions[edition],
            paths[id_],
            qualified=Qualified(safety_done=id_ in theory and theory[id_].safety_done),
            group=groups.get(id_),
        )
        for id_, edition in editions.items()
    }


def _definitions(db: Session, edition_ids: Collection[int]) -> dict[int, list[tuple[int, AssignmentDefinition]]]:
    found: dict[int, list[tuple[int, AssignmentDefinition]]] = defaultdict(list)
    for row in db.execute(
        select(PracticalAssignment.id, PracticalAssignment.edition_id, PracticalAssignment.definition)
        .where(PracticalAssignment.edition_id.in_(edition_ids))
        .order_by(PracticalAssignment.position)
    ):
        found[row.edition_id].append((row.id, AssignmentDefinition.from_facts(row.definition)))
    return found


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

    record_id: int
    person_id: int
    coach_id: int | None
    waiting_since: datetime
    working_days: int
    late: bool


def waiting(db: Session, now: datetime) -> list[WaitingRecord]:
    """Everything that waits for a decision, longest first; late past the days that the policy promises."""
    open_ones = (
        select(Submission.record_id)
        .outerjoin(SignOff, SignOff.submission_id == Submission.id)
        .where(SignOff.id.is_(None))
    )
    paths = [path for path in paths_of(db, open_ones) if path.submitted_at is not None and path.decision is None]
    facts = enrolment_facts(db, {path.enrolment_id for path in paths})
    policies = policies_of(db, {one.edition_id for one in facts.values()})
    found = []
    for path in paths:
        enrolment, since = facts[path.enrolment_id], path.submitted_at
        if since is None or enrolment.stage not in WORKING_STAGES:
            continue
        days = working_days_between(local_day(since), local_day(now))
        promised = policies[enrolment.edition_id].review_within_working_days
        found.append(WaitingRecord(path.id, enrolment.person_id, enrolment.coach_id, since, days, late=days > promised))
    return sorted(found, key=lambda one: one.waiting_since)


def policies_of(db: Session, edition_ids: Collection[int]) -> dict[int, Policy]:
    """The policies of editions, in one statement."""
    rows = db.execute(select(CourseEdition.id, CourseEdition.policy).where(CourseEdition.id.in_(edition_ids)))
    return {row.id: Policy.from_facts(row.policy) for row in rows}


def form_parts(db: Session, viewer: Viewer, record_id: int) -> tuple[AssignmentDefinition, Rubric]:
    """What the forms of a record are made from. Raises: NotFound when it is not the viewer's to see."""
    row = db.execute(
        select(PracticalAssignment.definition, PracticalAssignment.edition_id)
        .join(AssignmentRecord, AssignmentRecord.assignment_id == PracticalAssignment.id)
        .where(AssignmentRecord.id == record_id, AssignmentRecord.id.in_(records_visible_to(viewer)))
    ).first()
    if row is None:
        raise NotFound
    return AssignmentDefinition.from_facts(row.definition), rubric_of(db, row.edition_id)


def enrolments_signed() -> Select[int]:
    """Enrolments with at least one assignment signed off: only they can be near the end."""
    return (
        select(AssignmentRecord.enrolment_id)
        .join(SignOff, SignOff.record_id == AssignmentRecord.id)
        .where(SignOff.decision == Decision.SIGNED_OFF)
    )
