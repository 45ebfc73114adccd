"""What a coach does with the work: observe, keep a draft, decide and sign."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.delivery.queries import groups_of
from app.kit.errors import FreshFactorNeeded, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import FACTOR_FOR_SIGN_OFF, Viewer, fresh_factor
from app.practice import inputs
from app.practice.actions.cases import Case, coached_case, must_still_coach
from app.practice.basis import Basis, basis_of
from app.practice.paths import STANDS
from app.practice.rules.forms import Observation, Suggestion, decisions_for, digest_of, gaps, signature_gaps, suggestion
from app.practice.rules.states import Decision, Step, may, may_be_observed, step_of
from app.practice.tables.coaching import Assessment
from app.practice.tables.proof import SignOff, SignOffContent


def save_observation(
    db: Session, *, by: Viewer, record_id: int, given: Observation, version: int | None, whole: bool, now: datetime
) -> int:
    """Keep the form; gives its new version. `whole`: the coach says that she is done with it.

    `version` is the one that she had before her; another device may have saved since. What stands already word for
    word is no quarrel: its answer may have been lost on the way.
    Raises: Refused, with "stale_form" when somebody saved in the meantime.
    """
    case = coached_case(db, by=by, record_id=record_id, now=now)
    if not may_be_observed(case.path.state):
        raise Refused("not_observable")
    form = form_of(db, case, by=by)
    if not stands(form, given) and (form.version if form else 0) != (version or 0):
        raise Refused("stale_form")
    return keep(db, case, form, by=by, given=given, whole=whole, now=now).version


def stands(form: Assessment | None, given: Observation) -> bool:
    """Whether a form holds this word for word."""
    return form is not None and form.form == given.as_facts()


def _looked_before(form: Assessment, case: Case) -> bool:
    """Whether work came in after the form was last kept: to leave every word as it is counts as looking again."""
    return case.path.submitted_at is not None and form.saved_at < case.path.submitted_at


def keep(
    db: Session, case: Case, form: Assessment | None, *, by: Viewer, given: Observation, whole: bool, now: datetime
) -> Assessment:
    """Write what somebody observed, once it is sure that it may take the place of what stands.

    Raises: Refused when she says that it is whole and it is not.
    """
    if whole:
        for gap in gaps(given, case.definition, edition_of(db, case.enrolment.practice_edition_id).rubric):
            raise Refused(gap.code, gap.field, title=gap.title)
    if form is None:
        form = Assessment(
            record_id=case.record.id,
            attempt=case.record.attempt,
            coach_id=by.id,
            edition_id=case.enrolment.practice_edition_id,
            form=given.as_facts(),
            saved_at=now,
        )
        db.add(form)
    elif not stands(form, given) or _looked_before(form, case):
        form.form = given.as_facts()
        form.saved_at = now
    first_time = whole and form.finished_at is None
    if first_time:
        form.finished_at = now
    db.flush()
    if first_time:  # what she gave before she could see the other side
        record(
            db,
            "practice.assessed",
            actor_id=by.id,
            subject=("assignment_record", case.record.id),
            now=now,
            attempt=case.record.attempt,
            scores=given.scores,
        )
    return form


@dataclass(frozen=True)
class _Shown:
    """What she had before her and signs: her form, what it suggests, and what lies beside it."""

    form: Assessment
    suggested: Suggestion
    basis: Basis


def sign(db: Session, *, by: Viewer, record_id: int, given: inputs.Signature, now: datetime) -> int:
    """Decide on what was handed in, once and for good; gives the sign-off.

    Raises: FreshFactorNeeded; Refused, also when what lies there is not what was shown: "form_changed" for her form,
    "evidence_changed" for what lies beside it.
    """
    if not fresh_factor(by, max_age=FACTOR_FOR_SIGN_OFF, now=now):
        raise FreshFactorNeeded
    case = coached_case(db, by=by, record_id=record_id, now=now)
    must_still_coach(db, by=by, enrolment=case.enrolment)
    shown = _must_be_signable(db, case, by=by, given=given)
    form, suggested = shown.form, shown.suggested
    given = _only_what_counts(given, suggested, now=now)
    attempts_max = edition_of(db, case.enrolment.practice_edition_id).policy.assignment_attempts_max
    step = step_of(given.decision, attempt=case.record.attempt, attempts_max=attempts_max)
    if not may(case.path.state, step):
        raise Refused("already_decided")
    replaces = _taken_back(db, given.submission_id)
    event_id = record(
        db,
        f"practice.{given.decision.value}",
        actor_id=by.id,
        subject=("assignment_record", record_id),
        now=now,
        attempt=case.record.attempt,
        submission_id=given.submission_id,
        suggested=suggested.decision.value,
        deviates=given.decision is not suggested.decision,
        **({"replaces": replaces} if replaces is not None else {}),
    )
    content = _content(db, case, shown, given=given, by=by, now=now)
    salt = secrets.token_hex(16)
    signed = SignOff(
        record_id=record_id,
        submission_id=given.submission_id,
        assessment_id=form.id,
        attempt=case.record.attempt,
        decision=given.decision.value,
        suggested=suggested.decision.value,
        coach_id=by.id,
        signed_at=now,
        digest=digest_of(salt, content),
        event_id=event_id,
        replaces_id=replaces,
    )
    db.add(signed)
    db.flush()
    db.add(SignOffContent(sign_off_id=signed.id, salt=salt, content=content))
    if step is Step.TRY_AGAIN:
        case.record.attempt += 1
    _tell(db, case, sign_off_id=signed.id, by=by, now=now)
    db.flush()
    return signed.id


def _tell(db: Session, case: Case, *, sign_off_id: int, by: Viewer, now: datetime) -> None:
    post(
        db,
        "practice.decided",
        person_id=case.enrolment.person_id,
        key=f"decided:{sign_off_id}",
        now=now,
        data={"sign_off_id": sign_off_id},
        reply_to_id=by.id,
    )


def note_reading(db: Session, *, by: Viewer, record_id: int, now: datetime) -> None:
    """Somebody other than the two whom it is about looked at scores: who, whose and when."""
    record(db, "practice.scores_read", actor_id=by.id, subject=("assignment_record", record_id), now=now)


def _must_be_signable(db: Session, case: Case, *, by: Viewer, given: inputs.Signature) -> _Shown:
    """What will be signed, when it is what she saw. Raises: Refused."""
    if db.scalar(select(SignOff.id).where(SignOff.submission_id == given.submission_id, STANDS)) is not None:
        raise Refused("already_decided")
    if case.path.submission_id != given.submission_id:
        raise Refused("nothing_handed_in")
    form = form_of(db, case, by=by)
    if form is None or form.finished_at is None:
        raise Refused("form_first")
    if form.version != given.version:
        raise Refused("form_changed")
    basis = _basis(db, case, form=form, by=by)
    if basis is None or basis.digest != given.basis:
        raise Refused("evidence_changed")
    rubric = edition_of(db, form.edition_id).rubric
    observation = Observation.from_facts(form.form)
    if gaps(observation, case.definition, rubric):
        raise Refused("form_first")
    if given.decision not in decisions_for(case.definition):
        raise Refused("enum", "decision")
    suggested = suggestion(observation, case.definition, rubric)
    for gap in signature_gaps(given.decision, suggested.decision, reason=given.reason, by_when=given.by_when):
        raise Refused(gap.code, gap.field)
    return _Shown(form, suggested, basis)


def _basis(db: Session, case: Case, *, form: Assessment, by: Viewer) -> Basis | None:
    group = groups_of(db, [case.enrolment.id]).get(case.enrolment.id)
    return basis_of(db, case.path, case.enrolment, coach_id=by.id, form=form.form, group=group)


def _only_what_counts(given: inputs.Signature, suggested: Suggestion, *, now: datetime) -> inputs.Signature:
    """Without what was typed for another decision: the page hides it, so nobody signs it.

    Raises: Refused when the piece was due before today is over.
    """
    if given.decision is suggested.decision:
        given = given.model_copy(update={"reason": ""})
    if given.decision is not Decision.RETURNED:
        return given.model_copy(update={"by_when": None})
    if given.by_when is not None and given.by_when <= local_day(now):
        raise Refused("by_when_past", "by_when")
    return given


def _taken_back(db: Session, submission_id: int) -> int | None:
    """The last sign-off of the submission, which the new one replaces; none stands any more."""
    return db.scalar(
        select(SignOff.id).where(SignOff.submission_id == submission_id).order_by(SignOff.id.desc()).limit(1)
    )


def _content(
    db: Session, case: Case, shown: _Shown, *, given: inputs.Signature, by: Viewer, now: datetime
) -> dict[str, Any]:
    """Exactly what is signed, as text and numbers that stay readable when the program has changed."""
    form = shown.form
    return {
        "assignment": {"id": case.record.assignment_id, "code": case.definition.code, "title": case.definition.title},
        "attempt": case.record.attempt,
        "by_when": _iso(given.by_when),
        "coach_id": by.id,
        "decision": given.decision.value,
        "edition_id": form.edition_id,
        "form": form.form,
        "form_version": edition_of(db, form.edition_id).rubric.version,
        "person_id": case.enrolment.person_id,
        "reason": given.reason,
        "signed_at": now.isoformat(),
        "suggested": shown.suggested.decision.value,
        **shown.basis.content,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def form_of(db: Session, case: Case, *, by: Viewer, attempt: int | None = None) -> Assessment | None:
    """The viewer's own form about the present attempt, or another one; held until the transaction ends."""
    return db.scalar(
        select(Assessment)
        .where(
            Assessment.record_id == case.record.id,
            Assessment.attempt == (attempt or case.record.attempt),
            Assessment.coach_id == by.id,
        )
        .with_for_update()
    )
