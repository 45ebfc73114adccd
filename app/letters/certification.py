"""Letters about certification: granted, or not (yet)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certification.actions import GRANTED, REFUSED
from app.certification.paper.sheet import check_link
from app.certification.tables import Certificate, CertificationDecision, CertificationPeriod
from app.courses.editions import edition_of
from app.courses.queries import enrolment_facts
from app.kit.localtime import local_day
from app.ledger.tables import LedgerContent
from app.letters.desk import Desk, Draft, Kind, NotDue
from app.outbox.tables import Message
from app.people.queries import cards


def granted(db: Session, message: Message, desk: Desk) -> Draft:
    """Congratulations, where the certificate is, and how others check it."""
    row = db.execute(
        select(Certificate, CertificationPeriod.ends_on)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .where(Certificate.id == int(message.data["certificate_id"]))
    ).first()
    if row is None or not row.Certificate.holder_name:
        raise NotDue("Dit certificaat is er niet meer.")
    certificate = row.Certificate
    return Draft(
        "certificate_granted",
        {
            "intervention": certificate.printed["intervention"],
            "number": certificate.number,
            "until": row.ends_on,
            "link": desk.link(f"/certificaat/{certificate.id}"),
            "check_link": check_link(desk.settings.address, certificate.code),
        },
    )


def refused(db: Session, message: Message, desk: Desk) -> Draft:
    """Why not (yet), what to do now, and how to object until when."""
    decision = db.get(CertificationDecision, int(message.data["decision_id"]))
    content = db.get(LedgerContent, decision.event_id) if decision is not None else None
    if decision is None or content is None:
        raise NotDue("Dit besluit is er niet meer.")
    enrolment = enrolment_facts(db, [decision.enrolment_id])[decision.enrolment_id]
    if enrolment.completed_at is not None:
        raise NotDue("Het certificaat is intussen toegekend.")
    appeal_days = edition_of(db, enrolment.edition_id).policy.appeal_days
    contact = cards(db, [enrolment.contact_id])[enrolment.contact_id]
    return Draft(
        "certificate_refused",
        {
            "course": enrolment.course_title,
            "reasons": str(content.content["reasons"]),
            "contact": contact.name,
            "object_until": local_day(decision.decided_at) + timedelta(days=appeal_days),
            "object_at": desk.settings.help_address,
            "link": desk.link("/traject"),
        },
    )


KINDS: Final[dict[str, Kind]] = {GRANTED: granted, REFUSED: refused}
