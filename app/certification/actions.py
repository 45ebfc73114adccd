"""Granting, refusing and taking over; the document that follows; the spans for lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.certification import queries
from app.certification.issuing import issue
from app.certification.paper.sheet import Printed
from app.certification.queries import Candidate
from app.certification.rules import (
    EyesNeeded,
    eyes,
    first_period,
    next_period,
    timeline,
)
from app.certification.tables import (
    Certificate,
    Certification,
    CertificationDecision,
    CertificationPeriod,
    StandingSpan,
)
from app.courses.actions.cohorts import complete
from app.courses.editions import edition_of, newest_editions
from app.courses.rules import EnrolmentStage, Policy
from app.courses.tables import Enrolment, Intervention
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.queries import admin_ids, person_names
from app.people.rules import Viewer
from app.theory.updating import ask_newcomer

GRANTED = "certification.granted"
REFUSED = "certification.refused"


def grant(db: Session, *, by: Viewer, enrolment_id: int, reason: str = "", anew: bool = False, now: datetime) -> int:
    """Grant the certificate and give its id; everything it rests on is looked at again, under a lock.

    A repeat gives the same certificate. After a refusal it is granted only by who knew of that (`anew`).
    Raises: Forbidden; NotFound; Refused("own_certificate" | "enrolment_not_open" | "theory_incomplete" |
    "assignments_open" | "visits_missing" | "refused_meanwhile" | "four_eyes" | "reason_needed").
    """
    found = _locked(db, by, enrolment_id)
    if found.enrolment.stage is EnrolmentStage.COMPLETED:
        return _granted_before(db, found)
    if not found.waits and not anew:
        raise Refused("refused_meanwhile")
    alone = _judge_eyes(db, by, found, reason)
    facts = _snapshot(found)
    event_id = record(
        db,
        GRANTED,
        actor_id=by.id,
        subject=("enrolment", enrolment_id),
        now=now,
        reason=reason,
        alone=alone,
        facts=facts,
    )
    db.add(_decision(found, "granted", by=by, four_eyes=not alone, facts=facts, event_id=event_id, now=now))
    enrolment = found.enrolment
    certification_id = _certification(
        db, enrolment.person_id, enrolment.intervention_id, source="training", since=local_day(now), now=now
    )
    period = _open_period(db, certification_id, found.policy, event_id=event_id, now=now)
    coach_id = found.practice.final_signed_by or enrolment.coach_id
    names = person_names(db, {one for one in (coach_id, by.id) if one is not None})
    elements = edition_of(db, enrolment.practice_edition_id).rubric.core_elements
    printed = Printed(
        intervention=enrolment.intervention_name,
        core_elements=tuple((one.title, one.motif) for one in elements),
        coach=names.get(coach_id or 0, ""),
        decided_by=names.get(by.id, by.name),
        taken_over=False,
        sample=enrolment.sample,
    )
    certificate_id = issue(db, period, enrolment.person_id, printed, now=now)
    complete(db, enrolment_id=enrolment_id, now=now)
    ask_newcomer(db, person_id=enrolment.person_id, intervention_id=enrolment.intervention_id, now=now)
    reassess(db, certification_ids=[certification_id])
    post(
        db,
        GRANTED,
        person_id=enrolment.person_id,
        key=f"{GRANTED}:{certificate_id}",
        data={"certificate_id": certificate_id},
        reply_to_id=enrolment.contact_id,
        now=now,
    )
    return certificate_id


def refuse(db: Session, *, by: Viewer, enrolment_id: int, reasons: str, now: datetime) -> None:
    """Not granted (yet): she gets the reasons, what to do, and how to object.

    Raises: as grant, but for the rule of four eyes; Refused("refused_already") until something new was done.
    """
    found = _locked(db, by, enrolment_id)
    if found.enrolment.stage is EnrolmentStage.COMPLETED:
        raise Refused("already_granted")
    if not found.waits:
        raise Refused("refused_already")
    facts = _snapshot(found)
    event_id = record(
        db, REFUSED, actor_id=by.id, subject=("enrolment", enrolment_id), now=now, reasons=reasons, facts=facts
    )
    alone = by.id == found.practice.final_signed_by
    decision = _decision(found, "refused", by=by, four_eyes=not alone, facts=facts, event_id=event_id, now=now)
    db.add(decision)
    db.flush()
    post(
        db,
        REFUSED,
        person_id=found.enrolment.person_id,
        key=f"{REFUSED}:{decision.id}",
        data={"decision_id": decision.id},
        reply_to_id=found.enrolment.contact_id,
        now=now,
    )


def take_over(
    db: Session,
    *,
    by_id: int | None,
    person_id: int,
    intervention_id: int,
    since: date,
    intervisions: int,
    now: datetime,
) -> int:
    """Somebody was trained before this system: her first period starts today. Gives the certification.

    What the list says of earlier meetings counts for that period. The same line twice changes nothing.
    Raises: Refused("since_in_future", "since").
    """
    today = local_day(now)
    if since > today:
        raise Refused("since_in_future", "since")
    known = db.scalar(
        select(Certification.id).where(
            Certification.person_id == person_id, Certification.intervention_id == intervention_id
        )
    )
    if known is not None:
        return known
    certification_id = _certification(db, person_id, intervention_id, source="taken_over", since=since, now=now)
    period_of = CertificationPeriod.certification_id == certification_id
    if db.scalar(select(CertificationPeriod.id).where(period_of).limit(1)) is not None:
        return certification_id  # the same list came twice at the same moment, and the other was first
    event_id = record(
        db,
        "certification.taken_over",
        actor_id=by_id,
        subject=("person", person_id),
        now=now,
        intervention_id=intervention_id,
        since=since,
        intervisions=intervisions,
    )
    taught = newest_editions(db, [intervention_id]).get(intervention_id)
    policy = taught.policy if taught else Policy()
    period = _open_period(db, certification_id, policy, event_id=event_id, now=now, intervisions=intervisions)
    printed = Printed(
        intervention=db.scalars(select(Intervention.name).where(Intervention.id == intervention_id)).one(),
        core_elements=(),
        coach="",
        decided_by=person_names(db, [by_id]).get(by_id, "") if by_id is not None else "",
        taken_over=True,
        sample=taught is not None and taught.sample,
    )
    issue(db, period, person_id, printed, now=now)
    reassess(db, certification_ids=[certification_id])
    ask_newcomer(db, person_id=person_id, intervention_id=intervention_id, now=now)
    return certification_id


def reassess(db: Session, *, certification_ids: Collection[int]) -> None:
    """Write what the rule says of certifications as spans, for lists over many people."""
    known = queries.held(db, certification_ids)
    db.execute(delete(StandingSpan).where(StandingSpan.certification_id.in_([one.id for one in known])))
    for one in known:
        for span in timeline(one.record, one.policy):
            db.add(
                StandingSpan(
                    certification_id=one.id,
                    person_id=one.person_id,
                    state=span.state.value,
                    starts_on=span.starts_on,
                    ends_on=span.ends_on,
                )
            )
    db.flush()


def _locked(db: Session, by: Viewer, enrolment_id: int) -> Candidate:
    """The facts for a decision, with the enrolment locked so that two decide one after the other."""
    if not by.is_admin:
        raise Forbidden
    if db.scalar(select(Enrolment.id).where(Enrolment.id == enrolment_id).with_for_update()) is None:
        raise NotFound
    found = queries.candidate(db, enrolment_id)
    if found.enrolment.person_id == by.id:
        raise Refused("own_certificate")
    if found.enrolment.stage is EnrolmentStage.COMPLETED:
        return found
    if found.enrolment.stage is not EnrolmentStage.FOLLOWING:
        raise Refused("enrolment_not_open")
    for code in found.unmet:
        raise Refused(code, needed=found.policy.coach_visits_min, done=found.practice.visits_done)
    return found


def _judge_eyes(db: Session, by: Viewer, found: Candidate, reason: str) -> bool:
    """Whether one person decides alone, with a reason. Raises: Refused("four_eyes" | "reason_needed")."""
    verdict = eyes(found.policy, decides=by.id, signed_final=found.practice.final_signed_by, admins=len(admin_ids(db)))
    if verdict is EyesNeeded.SOMEBODY_ELSE:
        raise Refused("four_eyes")
    if verdict is EyesNeeded.REASON and not reason:
        raise Refused("reason_needed", "reason")
    return verdict is EyesNeeded.REASON


def _granted_before(db: Session, found: Candidate) -> int:
    granted = db.scalar(
        select(Certificate.id)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .join(CertificationDecision, CertificationDecision.event_id == CertificationPeriod.event_id)
        .where(CertificationDecision.enrolment_id == found.enrolment.id, CertificationDecision.kind == "granted")
    )
    if granted is None:
        raise Refused("enrolment_not_open")
    return granted


def _snapshot(found: Candidate) -> dict[str, Any]:
    """What the decision rested on, as ids and days."""
    return {
        "edition_id": found.enrolment.edition_id,
        "practice_edition_id": found.enrolment.practice_edition_id,
        "policy": found.policy.version,
        "theory_completed_on": str(found.theory.completed_on),
        "lessons": found.theory.lessons_done,
        "quizzes": found.theory.quizzes_passed,
        "assignments": {one.code: one.record_id for one in found.practice.assignments},
        "practice_completed_on": str(found.practice.completed_on),
        "visits": found.practice.visits_done,
        "signed_final": found.practice.final_signed_by,
    }


def _decision(
    found: Candidate, kind: str, *, by: Viewer, four_eyes: bool, facts: dict[str, Any], event_id: int, now: datetime
) -> CertificationDecision:
    return CertificationDecision(
        enrolment_id=found.enrolment.id,
        kind=kind,
        decided_by_id=by.id,
        decided_at=now,
        four_eyes=four_eyes,
        facts=facts,
        event_id=event_id,
    )


def _certification(
    db: Session, person_id: int, intervention_id: int, *, source: str, since: date, now: datetime
) -> int:
    """The certification of a person for an intervention, made when it is the first; locked."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    db.execute(
        insert(Certification)
        .values(
            person_id=person_id, intervention_id=intervention_id, source=source, certified_since=since, created_at=now
        )
        .on_conflict_do_nothing(index_elements=["person_id", "intervention_id"])
    )
    return db.scalars(
        select(Certification.id)
        .where(Certification.person_id == person_id, Certification.intervention_id == intervention_id)
        .with_for_update()
    ).one()


def _open_period(
    db: Session, certification_id: int, policy: Policy, *, event_id: int, now: datetime, intervisions: int = 0
) -> CertificationPeriod:
    """The first period, or the one that follows the last."""
    last = db.scalar(
        select(CertificationPeriod)
        .where(CertificationPeriod.certification_id == certification_id)
        .order_by(CertificationPeriod.number.desc())
        .limit(1)
    )
    today = local_day(now)
    starts_on, ends_on = first_period(policy, today) if last is None else next_period(policy, last.ends_on, today)
    period = CertificationPeriod(
        certification_id=certification_id,
        number=1 if last is None else last.number + 1,
        starts_on=starts_on,
        ends_on=ends_on,
        policy=policy.as_facts(),
        imported_intervisions=intervisions,
        event_id=event_id,
    )
    db.add(period)
    db.flush()
    return period
