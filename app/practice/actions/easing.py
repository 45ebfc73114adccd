"""What an admin does when somebody is stuck: more time, or one more attempt. Each with a reason."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.tables import Enrolment, EnrolmentExtension
from app.courses.terms import term_of
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Viewer
from app.practice.paths import STANDS, RecordPath, paths_of
from app.practice.rules.states import RecordState, Step, may
from app.practice.tables.proof import ReturnExtension, SignOff
from app.practice.tables.work import AssignmentRecord

RUNS = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED})


def allow_again(db: Session, *, by: Viewer, record_id: int, reason: str, now: datetime) -> None:
    """After the last attempt, and the talk about it: one attempt more. Raises: Forbidden; NotFound; Refused."""
    row, path, enrolment = _held(db, by=by, record_id=record_id)
    if not may(path.state, Step.ALLOW_AGAIN):
        raise Refused("not_blocked")
    row.attempt += 1
    db.flush()
    subject = ("assignment_record", record_id)
    record(db, "practice.allowed_again", actor_id=by.id, subject=subject, now=now, attempt=row.attempt, reason=reason)
    post(
        db,
        "practice.allowed_again",
        person_id=enrolment.person_id,
        key=f"allowed_again:{record_id}:{row.attempt}",
        data={"record_id": record_id, "attempt": row.attempt},
        reply_to_id=by.id,
        now=now,
    )


def extend_training(db: Session, *, by: Viewer, enrolment_id: int, days: int, reason: str, now: datetime) -> date:
    """More days for a training, and gives its last day since. Raises: Forbidden; NotFound; Refused."""
    if not by.is_admin:
        raise Forbidden
    db.execute(select(Enrolment.id).where(Enrolment.id == enrolment_id).with_for_update(key_share=True))
    enrolment = enrolment_facts(db, [enrolment_id]).get(enrolment_id)
    if enrolment is None:
        raise NotFound
    not_her_own(enrolment, by=by)
    term = term_of(db, enrolment)
    if term is None or enrolment.stage not in RUNS:
        raise Refused("enrolment_closed")
    chosen = dict(term.choices).get(days)
    if chosen is None:
        raise Refused("extension_too_long", "days", left=term.left)
    db.add(EnrolmentExtension(enrolment_id=enrolment_id, days=days, granted_at=now, granted_by_id=by.id))
    db.flush()
    subject = ("enrolment", enrolment_id)
    record(db, "courses.extended", actor_id=by.id, subject=subject, now=now, days=days, until=chosen, reason=reason)
    return chosen


def extend_piece(db: Session, *, by: Viewer, record_id: int, by_when: date, reason: str, now: datetime) -> None:
    """Another day for the piece that a coach asked for. Raises: Forbidden; NotFound; Refused."""
    _, path, enrolment = _held(db, by=by, record_id=record_id)
    if path.state is not RecordState.RETURNED:
        raise Refused("nothing_returned")
    if by_when <= local_day(now):
        raise Refused("back_on_past", "by_when")
    asked = db.scalars(select(SignOff.id).where(SignOff.submission_id == path.submission_id, STANDS)).one()
    extension = ReturnExtension(sign_off_id=asked, by_when=by_when, granted_at=now, granted_by_id=by.id)
    db.add(extension)
    db.flush()
    subject = ("assignment_record", record_id)
    record(db, "practice.piece_extended", actor_id=by.id, subject=subject, now=now, by_when=by_when, reason=reason)
    post(
        db,
        "practice.piece_extended",
        person_id=enrolment.person_id,
        key=f"piece_extended:{extension.id}",
        data={"record_id": record_id, "extension_id": extension.id},
        reply_to_id=by.id,
        now=now,
    )


def not_her_own(enrolment: EnrolmentFacts, *, by: Viewer) -> None:
    """Nobody decides about her own training. Raises: Refused("own_training")."""
    if enrolment.person_id == by.id:
        raise Refused("own_training")


def _held(db: Session, *, by: Viewer, record_id: int) -> tuple[AssignmentRecord, RecordPath, EnrolmentFacts]:
    """A record of a training that runs, held. Raises: Forbidden; NotFound; Refused."""
    if not by.is_admin:
        raise Forbidden
    held = select(AssignmentRecord).where(AssignmentRecord.id == record_id).with_for_update()
    row = db.scalar(held.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    path = paths_of(db, select(AssignmentRecord.id).where(AssignmentRecord.id == record_id))[0]
    enrolment = enrolment_facts(db, [row.enrolment_id])[row.enrolment_id]
    not_her_own(enrolment, by=by)
    if enrolment.stage not in RUNS:
        raise Refused("enrolment_closed")
    return row, path, enrolment
