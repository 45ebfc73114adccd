"""Taking a sign-off back: asked for with a reason, agreed to by a second pair of eyes, and never a change of the first.

What was signed stays as it was, with a withdrawal beside it. The work lies with the coach again, her form is a draft,
and what she signs next points at what it replaces.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.rules import EnrolmentStage
from app.kit.errors import Forbidden, NotFound, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.queries import admin_ids
from app.people.rules import Viewer
from app.practice.actions.cases import Case, seen_case
from app.practice.paths import STANDS
from app.practice.rules.corrections import CorrectionFacts, alone, objection
from app.practice.rules.forms import digest_of
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import (
    Correction,
    ResultSeen,
    SignOff,
    SignOffContent,
    SignOffWithdrawal,
    SignOffWithdrawalContent,
)
from app.practice.tables.work import CoachVisit, Submission

OPEN: Final = frozenset({EnrolmentStage.FOLLOWING, EnrolmentStage.PAUSED, EnrolmentStage.COMPLETED})


def ask_correction(db: Session, *, by: Viewer, record_id: int, sign_off_id: int, reason: str, now: datetime) -> bool:
    """Ask to take a sign-off back, as the coach who signed or an admin; gives whether that was done at once.

    An admin who may decide alone does so; else it waits for another admin.
    Raises: NotFound; Forbidden; Refused.
    """
    case = seen_case(db, by=by, record_id=record_id)
    signed = _signed(db, record_id=record_id, sign_off_id=sign_off_id)
    if case.enrolment.person_id == by.person_id or not (by.is_admin or by.person_id == signed.coach_id):
        raise Forbidden
    _must_be_correctable(db, case, signed)
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    asked = db.scalar(
        insert(Correction)
        .values(sign_off_id=signed.id, asked_by_id=by.id, asked_at=now, reason=reason, granted=False, answer="")
        .on_conflict_do_nothing()
        .returning(Correction.id)
    )
    if asked is None:
        raise Refused("correction_open")
    record(
        db,
        "practice.correction_asked",
        actor_id=by.id,
        subject=("assignment_record", record_id),
        now=now,
        sign_off_id=signed.id,
        reason=reason,
    )
    policy = edition_of(db, case.enrolment.practice_edition_id).policy
    if not alone(policy.four_eyes, is_admin=by.is_admin, admins=len(admin_ids(db))):
        return False
    _settle(db, correction_id=asked, by=by, granted=True, answer="", now=now)
    _withdraw(db, case, signed, db.get_one(Correction, asked), by=by, now=now)
    return True


def agree(db: Session, *, by: Viewer, correction_id: int, now: datetime) -> None:
    """The second pair of eyes agrees: the sign-off stands no more. Raises: NotFound; Forbidden; Refused."""
    asked, case, signed = _asked(db, by=by, correction_id=correction_id)
    _must_be_correctable(db, case, signed)
    _settle(db, correction_id=asked.id, by=by, granted=True, answer="", now=now)
    _withdraw(db, case, signed, asked, by=by, now=now)


def decline(db: Session, *, by: Viewer, correction_id: int, answer: str, now: datetime) -> None:
    """The second pair of eyes says no: the sign-off stands, and who asked hears why. Raises: as `agree`."""
    asked, case, signed = _asked(db, by=by, correction_id=correction_id)
    _settle(db, correction_id=asked.id, by=by, granted=False, answer=answer, now=now)
    record(
        db,
        "practice.correction_declined",
        actor_id=by.id,
        subject=("assignment_record", case.record.id),
        now=now,
        sign_off_id=signed.id,
        answer=answer,
    )
    post(
        db,
        "practice.correction_declined",
        person_id=asked.asked_by_id,
        key=f"correction_declined:{asked.id}",
        now=now,
        data={"correction_id": asked.id},
        reply_to_id=by.id,
    )


def see_result(db: Session, *, by: Viewer, record_id: int, sign_off_id: int, now: datetime) -> None:
    """The professional read what was decided; once, and seeing it again changes nothing. Raises: NotFound."""
    case = seen_case(db, by=by, record_id=record_id)
    signed = _signed(db, record_id=record_id, sign_off_id=sign_off_id)
    if case.enrolment.person_id != by.person_id:
        raise NotFound
    if db.get(ResultSeen, signed.id) is not None:
        return
    event_id = record(
        db,
        "practice.result_seen",
        actor_id=by.id,
        subject=("assignment_record", record_id),
        now=now,
        sign_off_id=signed.id,
    )
    db.add(ResultSeen(sign_off_id=signed.id, seen_at=now, event_id=event_id))
    db.flush()


def _signed(db: Session, *, record_id: int, sign_off_id: int) -> SignOff:
    """Raises: NotFound."""
    signed = db.get(SignOff, sign_off_id)
    if signed is None or signed.record_id != record_id:
        raise NotFound
    return signed


def _asked(db: Session, *, by: Viewer, correction_id: int) -> tuple[Correction, Case, SignOff]:
    """What waits for a second pair of eyes. Raises: NotFound; Forbidden; Refused("correction_somebody_else")."""
    asked = db.get(Correction, correction_id)
    if asked is None:
        raise NotFound
    signed = db.get_one(SignOff, asked.sign_off_id)
    case = seen_case(db, by=by, record_id=signed.record_id)
    if not by.is_admin or case.enrolment.person_id == by.person_id:
        raise Forbidden
    if asked.asked_by_id == by.person_id:
        raise Refused("correction_somebody_else")
    return asked, case, signed


def _settle(db: Session, *, correction_id: int, by: Viewer, granted: bool, answer: str, now: datetime) -> None:
    """Once, whoever else tries. Raises: Refused("correction_settled")."""
    settled = db.execute(
        update(Correction)
        .where(Correction.id == correction_id, Correction.settled_at.is_(None))
        .values(settled_at=now, settled_by_id=by.id, granted=granted, answer=answer)
        .returning(Correction.id)
    )
    if settled.first() is None:
        raise Refused("correction_settled")


def _must_be_correctable(db: Session, case: Case, signed: SignOff) -> None:
    """Raises: Refused."""
    later = select(func.count()).select_from(SignOff).where(SignOff.record_id == signed.record_id)
    handed_in = select(func.count()).select_from(Submission).where(Submission.record_id == signed.record_id)
    visits = select(func.count()).select_from(CoachVisit).where(CoachVisit.record_id == signed.record_id)
    facts = CorrectionFacts(
        stands=db.scalar(select(SignOff.id).where(SignOff.id == signed.id, STANDS)) is not None,
        latest=not db.scalar(later.where(SignOff.id > signed.id)),
        readable=db.get(SignOffContent, signed.id) is not None,
        handed_in_since=bool(db.scalar(handed_in.where(Submission.id > signed.submission_id))),
        visit_since=bool(
            db.scalar(visits.where(CoachVisit.attempt > signed.attempt, CoachVisit.cancelled_at.is_(None)))
        ),
        training_open=case.enrolment.stage in OPEN,
    )
    if (code := objection(facts)) is not None:
        raise Refused(code)


def _withdraw(db: Session, case: Case, signed: SignOff, asked: Correction, *, by: Viewer, now: datetime) -> None:
    event_id = record(
        db,
        "practice.sign_off_withdrawn",
        actor_id=by.id,
        subject=("assignment_record", case.record.id),
        now=now,
        sign_off_id=signed.id,
        asked_by_id=asked.asked_by_id,
        reason=asked.reason,
    )
    content = {
        "asked_at": asked.asked_at.isoformat(),
        "asked_by_id": asked.asked_by_id,
        "decided_by_id": by.id,
        "person_id": case.enrolment.person_id,
        "reason": asked.reason,
        "sign_off_digest": signed.digest,
        "sign_off_id": signed.id,
        "withdrawn_at": now.isoformat(),
    }
    salt = secrets.token_hex(16)
    withdrawal = SignOffWithdrawal(
        sign_off_id=signed.id,
        asked_by_id=asked.asked_by_id,
        decided_by_id=by.id,
        withdrawn_at=now,
        digest=digest_of(salt, content),
        event_id=event_id,
    )
    db.add(withdrawal)
    db.flush()
    db.add(SignOffWithdrawalContent(withdrawal_id=withdrawal.id, salt=salt, content=content))
    case.record.attempt = signed.attempt  # a next attempt in which nothing was handed in is not begun
    db.execute(
        update(Assessment)
        .where(Assessment.record_id == case.record.id, Assessment.attempt == signed.attempt)
        .values(finished_at=None, version=Assessment.version + 1)
    )
    db.flush()
    told = {case.enrolment.person_id, signed.coach_id, *([case.enrolment.coach_id] if case.enrolment.coach_id else [])}
    for person_id in sorted(told - {by.id}):
        post(
            db,
            "practice.sign_off_withdrawn",
            person_id=person_id,
            key=f"sign_off_withdrawn:{withdrawal.id}:{person_id}",
            now=now,
            data={"withdrawal_id": withdrawal.id},
            reply_to_id=by.id,
        )
