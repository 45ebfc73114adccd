"""How long the file of a certification is kept (domain.md 8.5): until 24 months after its end.

The end is the last day on which it still counted for something, so grace included, and of a chain that was renewed
the last one. The spans say so already, as the rule computed them. A training that led to no certificate has an end
of its own. What is emptied leaves its row: that something was decided, by whom and when, and a digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, String, and_, case, cast, exists, or_, select, update
from sqlalchemy.orm import Session

from app.certification.rules import State
from app.certification.tables import (
    Certificate,
    Certification,
    CertificationDecision,
    CertificationPeriod,
    StandingSpan,
)
from app.courses.tables import Course, Enrolment
from app.kit.localtime import start_of

OVER: Final = (State.LAPSED, State.REVOKED, State.RELINQUISHED)
"""What a certification ends in; a suspension passes."""


def over_before(day: date) -> Select[int]:
    """The certifications whose last day was before `day`."""
    return select(StandingSpan.certification_id).where(
        StandingSpan.state.in_(OVER), StandingSpan.ends_on.is_(None), StandingSpan.starts_on <= day
    )


def enrolments_over_before(day: date) -> Select[int]:
    """The enrolments whose file ended before `day`: with the certification they led to, or with the training."""
    moment = start_of(day)
    hers = and_(Certification.person_id == Enrolment.person_id, Certification.intervention_id == Course.intervention_id)
    led_to_one = exists().where(hers)
    return (
        select(Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(
            case(
                (
                    Enrolment.completed_at.is_not(None) & led_to_one,
                    exists().where(hers, Certification.id.in_(over_before(day))),
                ),
                else_=or_(
                    Enrolment.completed_at < moment, Enrolment.withdrawn_at < moment, Enrolment.expired_at < moment
                ),
            )
        )
    )


@dataclass(frozen=True)
class Emptied:
    """How much was emptied, and the files that no row names any more."""

    decisions: int
    certificates: int
    files: tuple[str, ...]


def empty_documents(db: Session, *, before: date) -> Emptied:
    """Take the name off documents, and what decisions rested on; number, state and dates stay for ten years."""
    certificates = db.scalars(
        select(Certificate)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .where(CertificationPeriod.certification_id.in_(over_before(before)), Certificate.holder_name != "")
    ).all()
    decided = db.execute(
        update(CertificationDecision)
        .where(
            CertificationDecision.enrolment_id.in_(enrolments_over_before(before)),
            cast(CertificationDecision.facts, String) != "{}",
        )
        .values(facts={})
        .returning(CertificationDecision.id)
        .execution_options(synchronize_session=False)
    )
    return Emptied(len(decided.all()), len(certificates), nameless(db, certificates))


def nameless(db: Session, certificates: Iterable[Certificate]) -> tuple[str, ...]:
    """Take name and paper away from documents; gives the files that may go once this is committed.

    That it was given on sample content stays: nobody may take it for a real one later.
    """
    files = []
    for one in certificates:
        if one.pdf_key:
            files.append(one.pdf_key)
        one.printed = {"sample": True} if one.printed.get("sample") else {}
        one.holder_name, one.pdf_key, one.show_name = "", "", False
    db.flush()
    return tuple(files)
