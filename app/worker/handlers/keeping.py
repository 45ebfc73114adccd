"""Letting go of what we promised to keep no longer: people nobody needs any more, answers, attendance."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from app.certification.keeping import empty_documents, enrolments_over_before, over_before
from app.certification.tables import Certification
from app.courses.tables import Cohort, Enrolment
from app.intervision.actions import own_data as intervision
from app.intervision.actions import placing
from app.jobs.actions import enqueue
from app.jobs.tables import Job
from app.kit.localtime import add_months, local_day, start_of
from app.ledger.actions import record
from app.letters.people import LEAVING_SOON
from app.meetings.actions import own_data as meetings
from app.outbox.actions import post
from app.outbox.tables import Message
from app.people.rules import Role
from app.people.tables import Account, Invitation, Person, RoleGrant, SignIn
from app.practice.actions import keeping as practice
from app.practice.actions import noting
from app.practice.tables.work import AssignmentRecord
from app.theory import keeping as theory
from app.worker.work import Handler, Periodic, Work

WRITE_AFTER: Final = 22  # months without a sign of life
FORGET_AFTER: Final = 24  # domain.md 8.1 and 8.5
NOTICE: Final = timedelta(days=60)  # the letter says two months
BATCH: Final = 50
ANSWERS_KEPT: Final = 12
NOTES_KEPT: Final = 12
ATTENDANCE_KEPT: Final = 72
TABLES_KEPT: Final = 24
PROPOSALS_KEPT: Final = timedelta(days=90)


def let_go(work: Work, _payload: dict[str, Any]) -> None:
    """Write to people whom nobody has needed for 22 months, and forget whom nobody has for 24."""
    now = work.now
    with work.database.writing() as db:
        for person_id in _unneeded(db, _months_ago(now, FORGET_AFTER), _written_since(now, by=now - NOTICE)):
            _forget(db, person_id, now=now)
        for person_id in _unneeded(db, _months_ago(now, WRITE_AFTER), ~_written_since(now, by=now)):
            key = f"{LEAVING_SOON}:{person_id}:{local_day(now)}"
            post(db, LEAVING_SOON, person_id=person_id, key=key, now=now)


def empty_answers(work: Work, _payload: dict[str, Any]) -> None:
    """What somebody answered in the checks goes a year after the training ended for her."""
    with work.database.writing() as db:
        emptied = theory.empty_answers(db, before=start_of(_months_ago(work.now, ANSWERS_KEPT)))
        if emptied:
            subject = ("quiz_attempt", None)
            record(db, "theory.answers_emptied", actor_id=None, subject=subject, now=work.now, attempts=emptied)


def remove_notes(work: Work, _payload: dict[str, Any]) -> None:
    """What a coach noted about a training goes a year after it ended."""
    with work.database.writing() as db:
        gone = noting.remove_notes(db, before=start_of(_months_ago(work.now, NOTES_KEPT)))
        if gone:
            record(db, "practice.notes_removed", actor_id=None, subject=("coach_note", None), now=work.now, notes=gone)


def clear_attendance(work: Work, _payload: dict[str, Any]) -> None:
    """Who was there goes six years after the meeting."""
    with work.database.writing() as db:
        cleared = meetings.clear_attendance(db, before=start_of(_months_ago(work.now, ATTENDANCE_KEPT)))
        if cleared:
            subject = ("meeting_signup", None)
            record(db, "meetings.attendance_cleared", actor_id=None, subject=subject, now=work.now, signups=cleared)


def clear_tables(work: Work, _payload: dict[str, Any]) -> None:
    """Who sat with whom goes two years after the meeting: long enough to mix the tables anew."""
    with work.database.writing() as db:
        cleared = intervision.clear_tables(db, before=start_of(_months_ago(work.now, TABLES_KEPT)))
        if cleared:
            subject = ("group_seat", None)
            record(db, "intervision.tables_cleared", actor_id=None, subject=subject, now=work.now, seats=cleared)


def clear_proposals(work: Work, _payload: dict[str, Any]) -> None:
    """Proposals of seats go after 90 days: by then the meetings have been, or are far on their way."""
    with work.database.writing() as db:
        cleared = placing.clear_proposals(db, before=work.now - PROPOSALS_KEPT)
        if cleared:
            subject = ("placing_proposal", None)
            record(db, "intervision.proposals_cleared", actor_id=None, subject=subject, now=work.now, count=cleared)


def close_files(work: Work, _payload: dict[str, Any]) -> None:
    """Scores, words and names go two years after a certificate ended, also of somebody who still comes in.

    Rows first, files after: what fails in between is an orphan, which the cleaner finds.
    """
    before = _months_ago(work.now, FORGET_AFTER)
    with work.database.writing() as db:
        ended = enrolments_over_before(before)
        records = select(AssignmentRecord.id).where(AssignmentRecord.enrolment_id.in_(ended))
        counted = practice.empty_scores(db, records=records)
        emptied = empty_documents(db, before=before)
        counted |= theory.empty_words(db, enrolments=ended)
        counted |= {"decisions": emptied.decisions, "certificates": emptied.certificates}
        counted = {name: number for name, number in counted.items() if number}
        if counted:
            subject = ("certification", None)
            record(db, "certification.files_closed", actor_id=None, subject=subject, now=work.now, **counted)
    for key in emptied.files:
        work.storage.delete(key)


def _months_ago(now: datetime, months: int) -> date:
    return add_months(local_day(now), -months)


def _unneeded(db: Session, before: date, letter: ColumnElement[bool]) -> list[int]:
    """People without a sign of life, a certificate, a training or a task since the day `before`.

    A training that was never finished counts as long as its group lasts: after that nobody follows it.
    """
    moment = start_of(before)
    seen = (
        exists().where(
            Account.person_id == Person.id, or_(Account.activated_at >= moment, Account.last_seen_at >= moment)
        ),
        exists().where(SignIn.person_id == Person.id, SignIn.last_seen_at >= moment),
        exists().where(Invitation.person_id == Person.id, Invitation.created_at >= moment),
    )
    certified = exists().where(Certification.person_id == Person.id, Certification.id.not_in(over_before(before)))
    ends = (Enrolment.completed_at, Enrolment.withdrawn_at, Enrolment.expired_at)
    touched = (one >= moment for one in (*ends, Enrolment.created_at, Enrolment.confirmed_at, Enrolment.paused_at))
    trained = exists().where(
        Enrolment.person_id == Person.id, Cohort.id == Enrolment.cohort_id, or_(Cohort.ends_on >= before, *touched)
    )
    staff = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None), RoleGrant.role != Role.PROFESSIONAL
    )
    going = exists().where(Job.key == literal("people.erase:") + cast(Person.id, String))
    return list(
        db.scalars(
            select(Person.id)
            .where(Person.erased_at.is_(None), Person.created_at < moment, letter)
            .where(*(~one for one in (*seen, certified, trained, staff, going)))
            .order_by(Person.id)
            .limit(BATCH)
        )
    )


def _written_since(now: datetime, *, by: datetime) -> ColumnElement[bool]:
    """Whether the letter of this silence was planned, `by` at the latest; one of an earlier silence is older."""
    since = start_of(_months_ago(now, WRITE_AFTER))
    return exists().where(
        Message.person_id == Person.id,
        Message.kind == LEAVING_SOON,
        Message.created_at >= since,
        Message.created_at <= by,
    )


def _forget(db: Session, person_id: int, *, now: datetime) -> None:
    """Close the door and queue the forgetting, unless she comes in at this very moment."""
    account = db.scalars(select(Account).where(Account.person_id == person_id).with_for_update()).first()
    if account is not None:
        if account.last_seen_at and account.last_seen_at >= start_of(_months_ago(now, FORGET_AFTER)):
            return
        db.execute(update(Account).where(Account.person_id == person_id).values(blocked_at=now))
    record(db, "people.forgotten", actor_id=None, subject=("person", person_id), now=now)
    enqueue(db, "people.erase", now=now, key=f"people.erase:{person_id}", person_id=person_id)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {
    "people.let_go": let_go,
    "theory.empty_answers": empty_answers,
    "practice.remove_notes": remove_notes,
    "meetings.clear_attendance": clear_attendance,
    "intervision.clear_tables": clear_tables,
    "intervision.clear_proposals": clear_proposals,
    "certification.close_files": close_files,
}
PERIODIC: Final = tuple(Periodic(kind, _nightly) for kind in HANDLERS)
