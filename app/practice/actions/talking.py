"""The talk after the work: what the two agree is written down together, and confirmed by the professional herself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Viewer
from app.practice import inputs
from app.practice.actions.cases import Case, coached_case, own_case
from app.practice.rules.talks import Agreed, agreed
from app.practice.tables.coaching import Assessment, Talk
from app.practice.tables.work import Submission
from app.practice.talk_page import Ground, ground_of


def agree(db: Session, *, by: Viewer, record_id: int, given: inputs.Agreement, now: datetime) -> None:
    """Write down what the two agree, on the phone of either: the one list of the coach's form and of the talk.

    On her own phone the professional says yes with it; on her coach's it is only noted that they talked, and she
    confirms on her own sign-in, now or later. What changed makes an earlier yes void.
    Raises: NotFound for everybody but the two; Refused, with "stale_agreement" when somebody changed it meanwhile.
    """
    case, mine = _case(db, by=by, record_id=record_id, now=now)
    ground, form = _open_ground(db, case)
    lines, standing = given.lines(), ground.observation.agreements
    if not lines:
        raise Refused("agreement_missing", "agreement_1")
    if form.version != (given.version or 0) and lines != standing:
        raise Refused("stale_agreement")
    before = agreed(standing, ground.talk) if lines == standing else Agreed.OPEN
    if before is Agreed.CONFIRMED or (before is Agreed.DISCUSSED and not mine):
        return  # said before, in the same words
    if lines != standing:
        form.form = {**form.form, "agreements": list(lines)}
    talk = db.get(Talk, ground.submission_id)
    if talk is None:
        talk = Talk(submission_id=ground.submission_id, agreements=[], discussed_at=now, discussed_by_id=by.id)
        db.add(talk)
    if before is not Agreed.DISCUSSED:
        talk.agreements, talk.discussed_at, talk.discussed_by_id = list(lines), now, by.id
    talk.confirmed_at = now if mine else None
    db.flush()
    _note(db, case, "practice.agreed", by=by, now=now, lines=len(lines), confirmed=mine)
    other = case.enrolment.coach_id if mine else case.enrolment.person_id
    if other is not None:
        post(
            db,
            "practice.agreed",
            person_id=other,
            key=f"agreed:{talk.submission_id}:{talk.version}",
            now=now,
            data={"submission_id": talk.submission_id, "version": talk.version},
            reply_to_id=by.id,
        )


def confirm(db: Session, *, by: Viewer, record_id: int, given: inputs.Confirmation, now: datetime) -> None:
    """The professional's own yes to what was written down on her coach's phone; also after the decision.

    Raises: NotFound when it is not her work; Refused when other words stand there by now.
    """
    case = own_case(db, by=by, record_id=record_id, following=False)
    ground = ground_of(db, case.record.id, case.enrolment, hold=True)
    state = agreed(ground.observation.agreements, ground.talk) if ground is not None else Agreed.OPEN
    if state is Agreed.CONFIRMED:
        return  # pressed twice
    if ground is None or ground.talk is None or state is not Agreed.DISCUSSED or ground.talk.version != given.version:
        raise Refused("agreement_changed")
    db.get_one(Talk, ground.submission_id).confirmed_at = now
    db.flush()
    _note(db, case, "practice.agreement_confirmed", by=by, now=now)


def empty_talks(db: Session, *, records: Select[int]) -> None:
    """Take away what was agreed about these records; that there was a talk, and when, stays."""
    about = select(Submission.id).where(Submission.record_id.in_(records))
    db.execute(update(Talk).where(Talk.submission_id.in_(about)).values(agreements=[]))


def talks_of(db: Session, records: Select[int]) -> list[dict[str, Any]]:
    """For the copy of somebody's own data: what she agreed with her coach."""
    rows = db.scalars(
        select(Talk)
        .join(Submission, Submission.id == Talk.submission_id)
        .where(Submission.record_id.in_(records))
        .order_by(Talk.submission_id)
    )
    return [
        {
            "at": talk.discussed_at.isoformat(),
            "agreements": talk.agreements,
            "confirmed_at": talk.confirmed_at.isoformat() if talk.confirmed_at else None,
        }
        for talk in rows
    ]


def _case(db: Session, *, by: Viewer, record_id: int, now: datetime) -> tuple[Case, bool]:
    """The case of one of the two, and whether it is her own."""
    try:
        return own_case(db, by=by, record_id=record_id), True
    except NotFound:
        return coached_case(db, by=by, record_id=record_id, now=now), False


def _open_ground(db: Session, case: Case) -> tuple[Ground, Assessment]:
    """What there is to agree about. Raises: Refused before both sides are in, and after the decision."""
    ground = ground_of(db, case.record.id, case.enrolment, hold=True)
    if ground is None or not ground.both_in or ground.form is None or ground.attempt != case.record.attempt:
        raise Refused("talk_not_yet")
    if ground.signed:
        raise Refused("already_decided")
    return ground, ground.form


def _note(db: Session, case: Case, action: str, *, by: Viewer, now: datetime, **facts: Any) -> None:
    subject = ("assignment_record", case.record.id)
    record(db, action, actor_id=by.id, subject=subject, now=now, attempt=case.record.attempt, **facts)
