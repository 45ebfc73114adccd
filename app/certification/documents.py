"""Reading the documents: a certificate as its holder sees it, and what anybody with the code may know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session

from app.certification.paper.sheet import Document, Printed
from app.certification.queries import PersonStanding, standing_of
from app.certification.rules import Standing, initials
from app.certification.tables import Certificate, Certification, CertificationPeriod
from app.courses.tables import Intervention
from app.kit.errors import NotFound
from app.kit.ids import read_code
from app.kit.localtime import local_day
from app.people.rules import Viewer


@dataclass(frozen=True)
class CertificatePage:
    """One certificate as its holder sees it. `holder` is empty once the file has been closed."""

    id: int
    own: bool
    holder: str
    standing: PersonStanding
    number: str
    code: str
    seal_svg: str
    show_name: bool
    initials: str
    pdf_key: str
    sample: bool
    issued_on: date
    ends_on: date


def certificates_visible_to(viewer: Viewer) -> Select[int]:
    """The certificates a viewer may open: her own, all for an admin."""
    ids = (
        select(Certificate.id)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .join(Certification, Certification.id == CertificationPeriod.certification_id)
    )
    if viewer.is_admin:
        return ids
    return ids.where(Certification.person_id == viewer.person_id) if viewer.signed_in else ids.where(false())


def certificate_page(db: Session, viewer: Viewer, certificate_id: int, *, on: date) -> CertificatePage:
    """One certificate with its live state. Raises: NotFound."""
    row = _document(db, (Certificate.id == certificate_id) & Certificate.id.in_(certificates_visible_to(viewer)))
    return CertificatePage(
        id=row.Certificate.id,
        own=row.person_id == viewer.person_id,
        holder=row.Certificate.holder_name,
        standing=standing_of(db, row.certification_id, on),
        number=row.Certificate.number,
        code=row.Certificate.code,
        seal_svg=row.seal_svg,
        show_name=row.Certificate.show_name,
        initials=initials(row.Certificate.holder_name),
        pdf_key=row.Certificate.pdf_key,
        sample=bool(row.Certificate.printed.get("sample")),
        issued_on=local_day(row.Certificate.issued_at),
        ends_on=row.ends_on,
    )


@dataclass(frozen=True)
class Verification:
    """What anybody with the code may know. `name` is empty when it went with the file (domain.md 8.5)."""

    name: str
    named: bool
    intervention: str
    standing: Standing
    since: date
    until: date
    number: str
    code: str
    seal_svg: str
    taken_over: bool
    sample: bool = field(default=False)


def verification(db: Session, typed: str, *, on: date) -> Verification | None:
    """The certificate of a code that somebody typed or scanned; None for unknown and malformed alike."""
    code = read_code(typed)
    if code is None:
        return None
    try:
        row = _document(db, Certificate.code == code)
    except NotFound:
        return None
    found = standing_of(db, row.certification_id, on)
    name = row.Certificate.holder_name
    return Verification(
        name=name if row.Certificate.show_name or not name else initials(name),
        named=row.Certificate.show_name and bool(name),
        intervention=found.intervention,
        standing=found.standing,
        since=found.starts_on,
        until=found.standing.until or row.ends_on,
        number=row.Certificate.number,
        code=code,
        seal_svg=row.seal_svg,
        taken_over=found.source == "taken_over",
        sample=bool(row.Certificate.printed.get("sample")),
    )


def _document(db: Session, which: ColumnElement[bool]) -> Any:
    row = db.execute(
        select(
            Certificate,
            Certificate.seal_svg,
            CertificationPeriod.certification_id,
            CertificationPeriod.ends_on,
            Certification.person_id,
        )
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .join(Certification, Certification.id == CertificationPeriod.certification_id)
        .where(which)
    ).first()
    if row is None:
        raise NotFound
    return row


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """What we know of somebody's certificates."""
    rows = db.execute(
        select(
            Certification,
            CertificationPeriod,
            Intervention.name,
            Certificate.number,
            Certificate.code,
            Certificate.show_name,
        )
        .join(Intervention, Intervention.id == Certification.intervention_id)
        .join(CertificationPeriod, CertificationPeriod.certification_id == Certification.id)
        .outerjoin(Certificate, Certificate.period_id == CertificationPeriod.id)
        .where(Certification.person_id == person_id)
        .order_by(CertificationPeriod.starts_on)
    )
    return {
        "certificaten": [
            {
                "interventie": name,
                "herkomst": certification.source,
                "gecertificeerd_sinds": certification.certified_since.isoformat(),
                "van": period.starts_on.isoformat(),
                "tot_en_met": period.ends_on.isoformat(),
                "eerder_intervisie": period.imported_intervisions,
                "nummer": number,
                "code": code,
                "naam_openbaar": show_name,
            }
            for certification, period, name, number, code, show_name in rows
        ]
    }


def document(db: Session, certificate_id: int) -> Document | None:
    """What the press needs; None when the PDF exists already, or the holder was erased."""
    row = db.execute(
        select(
            Certificate,
            Certificate.seal_svg,
            CertificationPeriod.starts_on,
            CertificationPeriod.ends_on,
            Certification.certified_since,
        )
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .join(Certification, Certification.id == CertificationPeriod.certification_id)
        .where(Certificate.id == certificate_id, Certificate.pdf_key == "", Certificate.holder_name != "")
    ).first()
    if row is None:
        return None
    return Document(
        name=row.Certificate.holder_name,
        number=row.Certificate.number,
        code=row.Certificate.code,
        seal_svg=row.seal_svg,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        certified_since=row.certified_since,
        printed=Printed.from_facts(row.Certificate.printed),
    )
