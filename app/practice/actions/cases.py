"""Taking up a record to do something with it: found, allowed, and held until the transaction ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts, enrolments_assigned_to
from app.courses.rules import AssignmentDefinition, EnrolmentFacts, EnrolmentStage
from app.courses.tables import PracticalAssignment
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.people.rules import Role, Viewer
from app.people.tables import LineManager, RoleGrant
from app.practice.paths import RecordPath, paths_of, records_visible_to
from app.practice.rules.states import RecordState, Step, may
from app.practice.tables.work import AssignmentRecord


@dataclass(frozen=True)
class Case:
    """A record with what decisions about it need."""

    record: AssignmentRecord
    path: RecordPath
    enrolment: EnrolmentFacts
    definition: AssignmentDefinition


def own_case(db: Session, *, by: Viewer, record_id: int, hold: bool = True, following: bool = True) -> Case:
    """A record of one's own, to work on; `hold` keeps others off it until the transaction ends.

    `following`: only while the training runs; what is hers she may take away, and agree to, afterwards too.
    Raises: NotFound when it is somebody else's; Refused when the training stands still or has ended.
    """
    case = _case(db, among=records_visible_to(by), record_id=record_id, hold=hold)
    if case.enrolment.person_id != by.person_id:
        raise NotFound
    if following:
        must_follow(case.enrolment)
    return case


def must_follow(enrolment: EnrolmentFacts) -> None:
    """Raises: Refused when the training stands still or has ended."""
    if enrolment.stage is EnrolmentStage.PAUSED:
        raise Refused("training_paused")
    if enrolment.stage is not EnrolmentStage.FOLLOWING:
        raise Refused("training_closed")


def must_be_open(case: Case) -> None:
    """Raises: Refused when the work lies with the coach, or is decided for good."""
    now = case.path.state
    if may(now, Step.SUBMIT):
        return
    if now is RecordState.NOT_MET:
        raise Refused("attempts_used", attempts=case.record.attempt)
    raise Refused("already_signed_off" if now is RecordState.SIGNED_OFF else "already_handed_in")


def coached_case(db: Session, *, by: Viewer, record_id: int, now: datetime, hold: bool = True) -> Case:
    """The record of somebody one coaches now, to plan, observe or decide; `hold` as for one's own.

    Raises: NotFound for everybody but the present coach; Refused when she may not judge this person.
    """
    given_to_her = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(enrolments_assigned_to(by.id)))
    case = _case(db, among=given_to_her, record_id=record_id, hold=hold)
    must_be_free_to_judge(db, by=by, enrolment=case.enrolment, now=now)
    if not case.path.at_hand(case.enrolment.stage):
        must_follow(case.enrolment)
    return case


def seen_case(db: Session, *, by: Viewer, record_id: int) -> Case:
    """A record that somebody may see, whatever she is to it and however it ended. Raises: NotFound."""
    return _case(db, among=records_visible_to(by), record_id=record_id, hold=True)


def must_be_free_to_judge(db: Session, *, by: Viewer, enrolment: EnrolmentFacts, now: datetime) -> None:
    """The guards of domain.md 9.1: not oneself, a coach of this intervention, not her manager.

    Raises: Refused.
    """
    if enrolment.person_id == by.id:
        raise Refused("coach_is_professional")
    if not by.may_coach(enrolment.intervention_slug):
        raise Refused("not_coach_of_intervention", intervention=enrolment.intervention_name)
    today = local_day(now)
    manages = db.scalar(
        select(LineManager.id).where(
            LineManager.person_id == enrolment.person_id,
            LineManager.manager_id == by.id,
            LineManager.since <= today,
            or_(LineManager.until.is_(None), LineManager.until >= today),
        )
    )
    if manages is not None:
        raise Refused("coach_is_manager")


def must_still_coach(db: Session, *, by: Viewer, enrolment: EnrolmentFacts) -> None:
    """That her right stands this very moment, and is held: who takes it away comes before or after, never between.

    Raises: Refused.
    """
    grant = select(RoleGrant.id).where(
        RoleGrant.person_id == by.id,
        RoleGrant.role == Role.COACH.value,
        RoleGrant.intervention.in_({enrolment.intervention_slug, ""}),
        RoleGrant.revoked_at.is_(None),
    )
    if not db.scalars(grant.with_for_update(read=True)).all():
        raise Refused("not_coach_of_intervention", intervention=enrolment.intervention_name)


def _case(db: Session, *, among: Select[int], record_id: int, hold: bool) -> Case:
    found = select(AssignmentRecord).where(AssignmentRecord.id == record_id, AssignmentRecord.id.in_(among))
    record = db.scalar(found.with_for_update() if hold else found)
    # Who waited for it looks again: it may have gone to somebody else, and PostgreSQL judged before the wait.
    if record is None or (hold and db.scalar(found.with_only_columns(AssignmentRecord.id)) is None):
        raise NotFound
    path = paths_of(db, select(AssignmentRecord.id).where(AssignmentRecord.id == record.id))[0]
    enrolment = enrolment_facts(db, [record.enrolment_id])[record.enrolment_id]
    definition = db.scalars(
        select(PracticalAssignment.definition).where(PracticalAssignment.id == record.assignment_id)
    ).one()
    return Case(record, path, enrolment, AssignmentDefinition.from_facts(definition))
