"""Reading certifications: standings for lists and pages, proofs for lower domains, the documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.certification.rules import (
    Attended,
    DecisionFacts,
    Offered,
    Period,
    Record,
    Standing,
    State,
    standing,
    unmet,
)
from app.certification.tables import (
    Certificate,
    Certification,
    CertificationDecision,
    CertificationPeriod,
    StandingSpan,
)
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, Policy
from app.courses.tables import Course, CourseEdition, Enrolment, Intervention
from app.delivery.rules import Authorised
from app.intervision.queries import facts as intervision
from app.intervision.rules import Invitees
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.practice.queries import enrolments_signed, policies_of
from app.practice.queries import progress_of as practice_of
from app.practice.rules import PracticeProgress
from app.theory.queries import progress_of as theory_of
from app.theory.rules import TheoryProgress

HOLDING = (State.VALID, State.EXPIRING, State.IN_GRACE)


@dataclass(frozen=True)
class PersonStanding:
    """One certification of one person as it stands on a day, with its newest document."""

    certification_id: int
    person_id: int
    intervention_id: int
    intervention: str
    source: str
    since: date
    standing: Standing
    starts_on: date
    certificate_id: int | None
    number: str
    code: str


def standings(db: Session, person_ids: Collection[int], on: date) -> dict[int, list[PersonStanding]]:
    """How people stand; everybody asked for is in the answer. The statements do not grow with the people."""
    found: dict[int, list[PersonStanding]] = {person_id: [] for person_id in person_ids}
    for one in _standings(db, Certification.person_id.in_(set(person_ids)), on):
        found[one.person_id].append(one)
    return found


def standing_of(db: Session, certification_id: int, on: date) -> PersonStanding:
    """How one certification stands. Raises: NotFound."""
    found = _standings(db, Certification.id == certification_id, on)
    if not found:
        raise NotFound
    return found[0]


def _standings(db: Session, which: ColumnElement[bool], on: date) -> list[PersonStanding]:
    rows = db.execute(
        select(Certification, Intervention.name)
        .join(Intervention, Intervention.id == Certification.intervention_id)
        .where(which)
        .order_by(Certification.id)
    ).all()
    records = records_of(db, [row.Certification for row in rows])
    documents = _newest_documents(db, [row.Certification.id for row in rows])
    policies = current_policies(db, {row.Certification.intervention_id for row in rows})
    found = []
    for certification, intervention_name in rows:
        record = records[certification.id]
        document = documents.get(certification.id)
        found.append(
            PersonStanding(
                certification_id=certification.id,
                person_id=certification.person_id,
                intervention_id=certification.intervention_id,
                intervention=intervention_name,
                source=certification.source,
                since=certification.certified_since,
                standing=standing(record, policies[certification.intervention_id], on),
                starts_on=min((period.starts_on for period in record.periods), default=certification.certified_since),
                certificate_id=document.id if document else None,
                number=document.number if document else "",
                code=document.code if document else "",
            )
        )
    return found


def records_of(db: Session, certifications: Iterable[Certification]) -> dict[int, Record]:
    """The facts of certifications: one statement for periods, one for attendance, one per intervention."""
    known = list(certifications)
    periods: dict[int, list[Period]] = defaultdict(list)
    for row in db.scalars(
        select(CertificationPeriod)
        .where(CertificationPeriod.certification_id.in_([one.id for one in known]))
        .order_by(CertificationPeriod.number)
    ):
        policy = Policy.from_facts(row.policy)
        periods[row.certification_id].append(Period(row.starts_on, row.ends_on, policy, row.imported_intervisions))
    attended = intervision.attended(db, {one.person_id for one in known})
    offered = {
        id_: tuple(Offered(one.day, one.cancelled) for one in intervision.offered(db, id_))
        for id_ in {one.intervention_id for one in known}
    }
    return {
        one.id: Record(
            periods=tuple(periods[one.id]),
            attended=tuple(
                Attended(seen.day, seen.full)
                for seen in attended[one.person_id]
                if seen.intervention_id == one.intervention_id
            ),
            offered=offered[one.intervention_id],
        )
        for one in known
    }


def current_policies(db: Session, intervention_ids: Collection[int]) -> dict[int, Policy]:
    """The policy in force now for each intervention: of the newest edition; the defaults when there is none."""
    newest = (
        select(func.max(CourseEdition.id))
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id.in_(set(intervention_ids)))
        .group_by(Course.intervention_id)
    )
    rows = db.execute(
        select(Course.intervention_id, CourseEdition.policy)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(CourseEdition.id.in_(newest))
    )
    return {id_: Policy() for id_ in intervention_ids} | {
        row.intervention_id: Policy.from_facts(row.policy) for row in rows
    }


def newest_is_sample(db: Session, intervention_id: int) -> bool:
    """Whether what is taught for an intervention now is sample content."""
    newest = (
        select(CourseEdition.sample)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.intervention_id == intervention_id)
        .order_by(CourseEdition.id.desc())
        .limit(1)
    )
    return bool(db.scalar(newest))


def _newest_documents(db: Session, certification_ids: Collection[int]) -> dict[int, Any]:
    rows = db.execute(
        select(Certificate.id, Certificate.number, Certificate.code, CertificationPeriod.certification_id)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .where(CertificationPeriod.certification_id.in_(set(certification_ids)))
        .order_by(CertificationPeriod.number)
    )
    return {row.certification_id: row for row in rows}


# Proofs for lower domains, and lists over many people: from the spans that the rule itself computed ----------


def invitees(db: Session, intervention_id: int, on: date) -> Invitees:
    """Who is invited for intervision: everybody whose certificate holds that day, also in grace."""
    return Invitees(frozenset(db.scalars(_on_day(select(StandingSpan.person_id), on, HOLDING, intervention_id))))


def authorised(db: Session, person_id: int, intervention_id: int, on: date) -> Authorised | None:
    """Proof that somebody may start a group of an intervention; None when she may not."""
    found = _standings(
        db,
        (Certification.person_id == person_id) & (Certification.intervention_id == intervention_id),
        on,
    )
    if not found or not found[0].standing.state.may_start_group or found[0].standing.until is None:
        return None
    return Authorised(person_id, intervention_id, found[0].standing.until)


def states_on(db: Session, on: date, intervention_id: int | None = None) -> dict[int, State]:
    """The state of every certified person on a day, by person; the best one when somebody has several."""
    order = list(State)
    best: dict[int, State] = {}
    for person_id, name in db.execute(
        _on_day(select(StandingSpan.person_id, StandingSpan.state), on, None, intervention_id)
    ):
        state = State(name)
        if person_id not in best or order.index(state) > order.index(best[person_id]):
            best[person_id] = state
    return best


def _on_day(
    query: Select[*tuple[Any, ...]], on: date, states: Collection[State] | None, intervention_id: int | None
) -> Select[*tuple[Any, ...]]:
    query = query.where(StandingSpan.starts_on <= on, or_(StandingSpan.ends_on.is_(None), StandingSpan.ends_on >= on))
    if states is not None:
        query = query.where(StandingSpan.state.in_(states))
    if intervention_id is not None:
        query = query.join(Certification, Certification.id == StandingSpan.certification_id).where(
            Certification.intervention_id == intervention_id
        )
    return query


# Decisions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Somebody in training, with everything a decision about the certificate rests on."""

    enrolment: EnrolmentFacts
    theory: TheoryProgress
    practice: PracticeProgress
    policy: Policy
    refused_on: date | None = None

    @property
    def facts(self) -> DecisionFacts:
        return DecisionFacts(
            theory_complete=self.theory.complete,
            assignments=self.practice.required,
            signed_off=self.practice.signed_off,
            visits_done=self.practice.visits_done,
            signed_final=self.practice.final_signed_by,
        )

    @property
    def unmet(self) -> tuple[str, ...]:
        return unmet(self.facts, self.policy)

    @property
    def ready_on(self) -> date | None:
        """Since when everything is done; None while something is open."""
        days = [day for day in (self.theory.completed_on, self.practice.completed_on) if day is not None]
        return max(days) if days and not self.unmet else None

    @property
    def waits(self) -> bool:
        """Whether a decision is due: all is done, and not refused since."""
        return self.ready_on is not None and (self.refused_on is None or self.refused_on < self.ready_on)


def candidates(db: Session, enrolment_ids: Collection[int]) -> list[Candidate]:
    """The facts for a decision about each enrolment; the statements do not grow with the list."""
    facts = enrolment_facts(db, enrolment_ids)
    theory, practice = theory_of(db, enrolment_ids), practice_of(db, enrolment_ids)
    policies = policies_of(db, {one.edition_id for one in facts.values()})
    refused = db.execute(
        select(CertificationDecision.enrolment_id, func.max(CertificationDecision.decided_at).label("at"))
        .where(CertificationDecision.enrolment_id.in_(enrolment_ids), CertificationDecision.kind == "refused")
        .group_by(CertificationDecision.enrolment_id)
    )
    refused_on = {row.enrolment_id: local_day(row.at) for row in refused}
    return [
        Candidate(one, theory[one.id], practice[one.id], policies[one.edition_id], refused_on.get(one.id))
        for one in facts.values()
    ]


def ready_for_decision(db: Session) -> list[Candidate]:
    """Everybody who has done everything and waits for a decision, longest first; also who was refused before."""
    following = select(Enrolment.id).where(
        Enrolment.confirmed_at.is_not(None),
        Enrolment.completed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
        Enrolment.expired_at.is_(None),
        Enrolment.paused_at.is_(None),
        Enrolment.id.in_(enrolments_signed()),
    )
    ready = [one for one in candidates(db, db.scalars(following).all()) if one.ready_on is not None]
    return sorted(ready, key=lambda one: (one.ready_on or date.max, one.enrolment.id))


def candidate(db: Session, enrolment_id: int) -> Candidate:
    """The facts for one decision. Raises: NotFound."""
    found = candidates(db, [enrolment_id])
    if not found:
        raise NotFound
    return found[0]
