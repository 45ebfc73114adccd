"""Accepting what people agree on before they talk: each for herself, by version."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.intervision.methods.reading import agreements
from app.intervision.room.inputs import Accepted
from app.intervision.room.tables import AgreementAccepted
from app.kit.errors import Refused
from app.ledger.actions import record
from app.people.rules import Viewer


def accept(db: Session, *, by: Viewer, given: Accepted, now: datetime) -> None:
    """Say yes to the version that was shown; once counts. Raises: Refused when there is a newer one by now."""
    if given.version != agreements().number:
        raise Refused("agreements_newer")
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    made = db.execute(
        insert(AgreementAccepted)
        .values(person_id=by.id, version=given.version, accepted_at=now)
        .on_conflict_do_nothing(index_elements=["person_id", "version"])
        .returning(AgreementAccepted.id)
    ).first()
    if made is not None:
        subject = ("person", by.id)
        record(db, "intervision.agreed", actor_id=by.id, subject=subject, now=now, version=given.version)


def accepted(db: Session, person_ids: Collection[int]) -> dict[int, datetime]:
    """Who of these accepted what people agree on now, and when. One statement."""
    rows = db.execute(
        select(AgreementAccepted.person_id, AgreementAccepted.accepted_at).where(
            AgreementAccepted.person_id.in_(set(person_ids)), AgreementAccepted.version == agreements().number
        )
    )
    return {row.person_id: row.accepted_at for row in rows}
