"""Taking consent back: the file goes, everywhere and for good, whatever was decided on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.jobs.actions import enqueue
from app.kit.errors import NotFound
from app.ledger.actions import record
from app.people.actions.own_data import make_copies_again
from app.people.rules import Viewer
from app.practice.actions.cases import seen_case
from app.practice.evidence_view import visible_evidence
from app.practice.tables.evidence import ConsentAttestation, Evidence


def withdraw_consent(db: Session, *, by: Viewer, record_id: int, evidence_id: int, now: datetime) -> bool:
    """Somebody in it does not want to be shown, or can be recognised after all; gives whether the work is her own.

    The professional may do this always, also after the work was handed in and decided on, and so may who added it
    and an admin. Out of sight at once; a job of the same transaction removes the files. A copy of her own data that
    holds it is made again without it. A sign-off keeps the hash.

    Raises: NotFound.
    """
    case = seen_case(db, by=by, record_id=record_id)
    photo = db.scalar(
        select(Evidence).where(
            Evidence.id == evidence_id, Evidence.record_id == record_id, Evidence.removed_at.is_(None)
        )
    )
    if photo is None or not visible_evidence(db, by, record_id=record_id, evidence_id=evidence_id):
        raise NotFound
    if by.id not in {case.enrolment.person_id, photo.added_by_id} and not by.is_admin:
        raise NotFound
    photo.removed_at = photo.withdrawn_at = now
    photo.caption = photo.words = photo.link = ""
    db.execute(
        update(ConsentAttestation)
        .where(ConsentAttestation.evidence_id == photo.id, ConsentAttestation.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by_id=by.id)
    )
    copies = make_copies_again(db, person_id=case.enrolment.person_id, because=f"evidence:{photo.id}", now=now)
    enqueue(
        db,
        "practice.remove_photo",
        now=now,
        key=f"practice.remove_photo:{photo.id}",
        evidence_id=photo.id,
        copies=copies,
    )
    record(db, "practice.consent_withdrawn", actor_id=by.id, subject=("evidence", photo.id), now=now)
    return by.id == case.enrolment.person_id
