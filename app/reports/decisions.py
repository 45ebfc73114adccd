"""`/beheer/besluiten`: who is ready with what it rests on, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certification.queries import Candidate, candidate, ready_for_decision
from app.certification.rules import EyesNeeded, eyes
from app.certification.tables import Certificate, CertificationDecision, CertificationPeriod
from app.courses.rules import EnrolmentStage
from app.courses.tables import CourseEdition, Enrolment
from app.kit.errors import NotFound
from app.people.queries import admin_ids, cards, person_names
from app.people.rules import PersonCard, Viewer
from app.practice.paths import STANDS
from app.practice.tables.proof import SignOff
from app.practice.tables.work import AssignmentRecord

DECIDED_SHOWN: Final = 30


@dataclass(frozen=True)
class SignedAssignment:
    """One assignment of somebody who is ready: who signed it, and when."""

    title: str
    final: bool
    signed_by: str
    signed_on: datetime | None


@dataclass(frozen=True)
class Ready:
    """Somebody who has done everything, with what a decision rests on."""

    found: Candidate
    person: PersonCard
    coach: str
    assignments: tuple[SignedAssignment, ...]
    eyes: EyesNeeded
    own: bool

    @property
    def enrolment_id(self) -> int:
        return self.found.enrolment.id


@dataclass(frozen=True)
class Decided:
    """A decision that was taken. `alone`: by one person, with a reason."""

    name: str
    course: str
    kind: str
    by: str
    at: datetime
    alone: bool
    certificate_id: int | None


@dataclass(frozen=True)
class DecisionsPage:
    """The list: who waits, who was refused and may be looked at again, and what was decided."""

    waiting: tuple[Ready, ...]
    refused: tuple[Ready, ...]
    decided: tuple[Decided, ...]


@dataclass(frozen=True)
class DecisionPage:
    """One person to decide about."""

    ready: Ready
    sample: bool


def decisions_page(db: Session, viewer: Viewer) -> DecisionsPage:
    """The list of this moment; the number of statements does not grow with the people."""
    ready = _with_people(db, viewer, ready_for_decision(db))
    return DecisionsPage(
        waiting=tuple(one for one in ready if one.found.waits),
        refused=tuple(one for one in ready if not one.found.waits),
        decided=_decided(db),
    )


def decision_page(db: Session, viewer: Viewer, enrolment_id: int) -> DecisionPage:
    """One person who is ready. Raises: NotFound when there is nothing to decide (any more)."""
    found = candidate(db, enrolment_id)
    if found.ready_on is None or found.enrolment.stage is not EnrolmentStage.FOLLOWING:
        raise NotFound
    (ready,) = _with_people(db, viewer, [found])
    return DecisionPage(ready, found.enrolment.sample)


def _with_people(db: Session, viewer: Viewer, found: list[Candidate]) -> list[Ready]:
    people = cards(db, [one.enrolment.person_id for one in found])
    signed = _signed(db, [one.enrolment.id for one in found])
    coaches = {one.enrolment.coach_id for one in found if one.enrolment.coach_id is not None}
    names = person_names(db, coaches | {coach_id for coach_id, _ in signed.values()})
    admins = len(admin_ids(db))
    return [
        Ready(
            found=one,
            person=people[one.enrolment.person_id],
            coach=names.get(one.enrolment.coach_id or 0, ""),
            assignments=tuple(
                SignedAssignment(
                    title=work.title,
                    final=work.final,
                    signed_by=names.get(signed[work.record_id][0], "") if work.record_id in signed else "",
                    signed_on=signed[work.record_id][1] if work.record_id in signed else None,
                )
                for work in one.practice.assignments
            ),
            eyes=eyes(one.policy, decides=viewer.id, signed_final=one.practice.final_signed_by, admins=admins),
            own=one.enrolment.person_id == viewer.id,
        )
        for one in found
    ]


def _signed(db: Session, enrolment_ids: list[int]) -> dict[int | None, tuple[int, datetime]]:
    """Who signed each record, and when."""
    rows = db.execute(
        select(SignOff.record_id, SignOff.coach_id, SignOff.signed_at)
        .join(AssignmentRecord, AssignmentRecord.id == SignOff.record_id)
        .where(AssignmentRecord.enrolment_id.in_(enrolment_ids), SignOff.decision == "signed_off", STANDS)
        .order_by(SignOff.id)
    )
    return {row.record_id: (row.coach_id, row.signed_at) for row in rows}


def _decided(db: Session) -> tuple[Decided, ...]:
    rows = db.execute(
        select(
            CertificationDecision.kind,
            CertificationDecision.decided_at,
            CertificationDecision.decided_by_id,
            CertificationDecision.four_eyes,
            Enrolment.person_id,
            CourseEdition.title,
            Certificate.id.label("certificate_id"),
        )
        .join(Enrolment, Enrolment.id == CertificationDecision.enrolment_id)
        .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
        .outerjoin(CertificationPeriod, CertificationPeriod.event_id == CertificationDecision.event_id)
        .outerjoin(Certificate, Certificate.period_id == CertificationPeriod.id)
        .order_by(CertificationDecision.id.desc())
        .limit(DECIDED_SHOWN)
    ).all()
    names = person_names(db, {row.person_id for row in rows} | {row.decided_by_id for row in rows})
    return tuple(
        Decided(
            name=names[row.person_id],
            course=row.title,
            kind=row.kind,
            by=names[row.decided_by_id],
            at=row.decided_at,
            alone=not row.four_eyes,
            certificate_id=row.certificate_id,
        )
        for row in rows
    )
