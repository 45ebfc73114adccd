"""What a professional does with an assignment: begin, prepare, look at herself, hand in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.queries import current_enrolment
from app.courses.tables import Enrolment
from app.delivery.queries import groups_of
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, must_be_open, must_follow, own_case
from app.practice.actions.reflections import hand_in_reflection, must_be_written
from app.practice.coming import on_the_way
from app.practice.queries import qualified
from app.practice.rules.evidence import SHOWS_THE_WORK
from app.practice.rules.forms import self_gaps
from app.practice.tables.coaching import Assessment
from app.practice.tables.evidence import Evidence
from app.practice.tables.work import AssignmentRecord, Preparation, Submission


def open_record(db: Session, *, by: Viewer, assignment_id: int, now: datetime) -> int:
    """Begin with an assignment of the own training; gives the record, also when it was begun before.

    With the first one practice is pinned to this edition, also when she moves to a newer one.
    Raises: NotFound for an assignment of another edition; Refused before the safety module is done.
    """
    enrolment = current_enrolment(db, by.id, to_change=True)
    if enrolment is None or assignment_id not in {
        id_ for id_, _ in edition_of(db, enrolment.practice_edition_id).assignments
    }:
        raise NotFound
    known = db.scalar(
        select(AssignmentRecord.id).where(
            AssignmentRecord.enrolment_id == enrolment.id, AssignmentRecord.assignment_id == assignment_id
        )
    )
    if known is not None:
        return known
    must_follow(enrolment)
    if not qualified(db, enrolment).safety_done:
        raise Refused("safety_first")
    db.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.practice_edition_id.is_(None))
        .values(practice_edition_id=enrolment.practice_edition_id)
        .execution_options(synchronize_session=False)
    )
    opened = AssignmentRecord(enrolment_id=enrolment.id, assignment_id=assignment_id, created_at=now)
    db.add(opened)
    db.flush()
    record(db, "practice.opened", actor_id=by.id, subject=("assignment_record", opened.id), now=now)
    return opened.id


def prepare(db: Session, *, by: Viewer, record_id: int, given: inputs.Preparation, now: datetime) -> None:
    """Write down goal, session plan and learning question.

    `given.version` is what she had before her: 0, or nothing, when she saw that nothing was written yet. The row may
    stand all the same, with her view of herself in it.
    Raises: Refused when it is no longer hers to change, or when another window wrote in the meantime.
    """
    case = own_case(db, by=by, record_id=record_id)
    must_be_open(case)
    written = db.get(Preparation, record_id)
    words = given.model_dump(exclude={"version"})
    standing = written.version if written is not None and written.goal else 0
    if (given.version or 0) != standing and any(getattr(written, name, "") != text for name, text in words.items()):
        raise Refused("stale_preparation")
    if written is None:
        written = Preparation(record_id=record_id, goal="", session_plan="", learning_question="", written_at=now)
        db.add(written)
    for name, text in words.items():
        setattr(written, name, text)
    written.written_at = now
    db.flush()
    record(db, "practice.prepared", actor_id=by.id, subject=("assignment_record", record_id), now=now)


def save_self_view(db: Session, *, by: Viewer, record_id: int, given: inputs.SelfView, now: datetime) -> int:
    """Keep what she scored so far; gives its new version. Nobody else sees it before she hands in.

    What stands already is no quarrel: its answer may have been lost on the way.
    Raises: Refused, with "stale_self_view" when another window saved in the meantime.
    """
    case = own_case(db, by=by, record_id=record_id)
    must_be_open(case)
    return _keep_self_view(db, case, given=given, now=now)


def submit(db: Session, *, by: Viewer, record_id: int, given: inputs.SelfView, now: datetime) -> int:
    """Hand in: evidence, self-scores and what she wrote looking back, numbered and from then on unchanged.

    Gives the submission.

    Raises: Refused for what is still missing.
    """
    case = own_case(db, by=by, record_id=record_id)
    must_be_open(case)
    _must_be_ready(db, case, given, now=now)
    _keep_self_view(db, case, given=given, now=now)
    number = (db.scalar(select(func.max(Submission.number)).where(Submission.record_id == record_id)) or 0) + 1
    handed_in = Submission(
        record_id=record_id,
        number=number,
        attempt=case.record.attempt,
        self_scores=given.scores(),
        note=given.note,
        submitted_at=now,
    )
    db.add(handed_in)
    if case.path.decision is not None:
        # What comes back is looked at anew: the coach's earlier scores stand, but are a draft again.
        db.execute(
            update(Assessment)
            .where(Assessment.record_id == record_id, Assessment.attempt == case.record.attempt)
            .values(finished_at=None)
        )
    db.flush()
    hand_in_reflection(db, case, submission_id=handed_in.id)
    record(db, "practice.submitted", actor_id=by.id, subject=("assignment_record", record_id), now=now, number=number)
    if case.enrolment.coach_id is not None:
        post(
            db,
            "practice.submitted",
            person_id=case.enrolment.coach_id,
            key=f"submitted:{handed_in.id}",
            now=now,
            data={"submission_id": handed_in.id},
        )
    return handed_in.id


def _must_be_ready(db: Session, case: Case, given: inputs.SelfView, *, now: datetime) -> None:
    """Raises: Refused for the first thing that is missing."""
    definition, path = case.definition, case.path
    if definition.needs_group and not _has_dates(db, case.enrolment.id):
        raise Refused("group_first")
    if not path.prepared:
        raise Refused("prepare_first")
    if definition.needs_visit and path.visit is None:
        raise Refused("visit_first")
    if path.visit is not None and path.visit.date.starts_at > now:
        raise Refused("visit_not_yet")
    if on_the_way(db, record_id=case.record.id, now=now):
        raise Refused("upload_running")
    if definition.needs_photo and not shows_work(db, case):
        raise Refused("photo_first", "photo")
    must_be_written(db, case)
    for gap in self_gaps(given.scores(), definition, edition_of(db, case.enrolment.practice_edition_id).rubric):
        raise Refused(gap.code, gap.field, title=gap.title)


def shows_work(db: Session, case: Case) -> bool:
    """Whether she has a photo or a film in this attempt. Those of nobody are hers, from before it was written down."""
    owner = case.enrolment.person_id
    there = select(Evidence.id).where(
        Evidence.record_id == case.record.id,
        Evidence.attempt == case.record.attempt,
        Evidence.kind.in_(SHOWS_THE_WORK),
        Evidence.removed_at.is_(None),
        func.coalesce(Evidence.added_by_id, owner) == owner,
    )
    return db.scalar(there.limit(1)) is not None


def _has_dates(db: Session, enrolment_id: int) -> bool:
    group = groups_of(db, [enrolment_id]).get(enrolment_id)
    return group is not None and bool(group.coming)


def _keep_self_view(db: Session, case: Case, *, given: inputs.SelfView, now: datetime) -> int:
    """Raises: Refused when another window saved other scores in the meantime."""
    written = db.get(Preparation, case.record.id)
    if written is None:
        written = Preparation(record_id=case.record.id, goal="", session_plan="", learning_question="", written_at=now)
        db.add(written)
        db.flush()
    standing = written.draft_version
    kept = (written.draft_attempt, written.draft_scores, written.draft_note)
    typed = (case.record.attempt, given.scores(), given.note)
    if kept == typed:
        return standing
    if standing != (given.version or 0):
        raise Refused("stale_self_view")
    # Not through the mapper: that counts the version of what she wrote beforehand, which did not change.
    db.execute(
        update(Preparation)
        .where(Preparation.record_id == case.record.id)
        .values(
            draft_attempt=typed[0],
            draft_scores=typed[1],
            draft_note=typed[2],
            draft_version=standing + 1,
            draft_at=now,
        )
    )
    return standing + 1
