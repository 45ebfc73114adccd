"""The document of a certification: made, shown with or without a name, kept, erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.certification.documents import certificate_page
from app.certification.keeping import nameless
from app.certification.paper.sheet import Printed
from app.certification.rules import certificate_number
from app.certification.tables import Certificate, Certification, CertificationPeriod, NumberSeries
from app.jobs.actions import enqueue
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import CODE_ALPHABET, new_code
from app.kit.localtime import local_day
from app.kit.papercut import seal_svg
from app.kit.storage import Storage, StoredFile
from app.ledger.actions import record
from app.people.queries import person_names
from app.people.rules import Viewer


def issue(db: Session, period: CertificationPeriod, person_id: int, printed: Printed, *, now: datetime) -> int:
    """The document of a period: number, code, seal, and a job that makes the PDF."""
    number = _next_number(db, local_day(now).year)
    certificate = Certificate(
        period_id=period.id,
        number=number,
        code=_readable_code(),
        holder_name=person_names(db, [person_id])[person_id],
        printed=printed.as_facts(),
        issued_at=now,
        seal_svg=seal_svg(number, f"Knipsel van certificaat {number}"),
    )
    db.add(certificate)
    db.flush()
    enqueue(
        db,
        "certification.render",
        now=now,
        key=f"certification.render:{certificate.id}",
        certificate_id=certificate.id,
    )
    return certificate.id


def _next_number(db: Session, year: int) -> str:
    """The next number of a year, in one statement: never read first and written later."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    serial = db.execute(
        insert(NumberSeries)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": NumberSeries.last + 1})
        .returning(NumberSeries.last)
    ).scalar_one()
    return certificate_number(year, serial)


def _readable_code() -> str:
    """A code whose check symbol is a letter or digit, so that people can type it from paper."""
    while (code := new_code())[-1] not in CODE_ALPHABET:
        pass
    return code


def choose_name(db: Session, *, by: Viewer, certificate_id: int, show_name: bool, now: datetime) -> None:
    """The holder decides whether the public sees her name or her initials.

    Raises: NotFound, also when the name has gone; Forbidden for anybody else.
    """
    page = certificate_page(db, by, certificate_id, on=local_day(now))
    if not page.own:
        raise Forbidden
    if not page.holder:  # the name went with the file, so there is nothing to choose between
        raise NotFound
    chosen = update(Certificate).where(Certificate.id == certificate_id, Certificate.show_name != show_name)
    if db.execute(chosen.values(show_name=show_name).returning(Certificate.id)).first() is None:
        return
    record(
        db,
        "certification.name_chosen",
        actor_id=by.id,
        subject=("certificate", certificate_id),
        now=now,
        show_name=show_name,
    )


def attach_pdf(db: Session, *, certificate_id: int, stored: StoredFile) -> bool:
    """Keep the PDF with its certificate, once. False when another run was first: its file stays."""
    done = db.execute(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.pdf_key == "", Certificate.holder_name != "")
        .values(pdf_key=stored.key, pdf_sha256=stored.sha256)
        .returning(Certificate.id)
    )
    return done.first() is not None


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - one shape for all
    """Take name and document away; number, state and dates stay for ten years (domain.md 8.5)."""
    rows = db.scalars(
        select(Certificate)
        .join(CertificationPeriod, CertificationPeriod.id == Certificate.period_id)
        .join(Certification, Certification.id == CertificationPeriod.certification_id)
        .where(Certification.person_id == person_id)
    ).all()
    for key in nameless(db, rows):
        storage.delete(key)
