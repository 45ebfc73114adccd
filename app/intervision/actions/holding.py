"""A round, held while something about it is decided; and what the ledger hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.tables import IntervisionRound, IntervisionSession
from app.kit.errors import NotFound
from app.ledger import actions as ledger
from app.people.rules import Viewer


def locked(db: Session, round_id: int) -> IntervisionRound:
    """The round, held until the transaction ends. Always before any meeting of it. Raises: NotFound."""
    query = select(IntervisionRound).where(IntervisionRound.id == round_id).with_for_update()
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def meetings_of(round_id: int) -> Any:
    """The ids of its meetings, as a query."""
    return select(IntervisionSession.meeting_id).where(IntervisionSession.round_id == round_id)


def record(
    db: Session,
    what: str,
    by: Viewer,
    subject_id: int,
    now: datetime,
    *,
    kind: str = "intervision_round",
    **content: object,
) -> None:
    """Write into the ledger what an admin or a professional did; `kind` names what `subject_id` is."""
    ledger.record(db, f"intervision.{what}", actor_id=by.id, subject=(kind, subject_id), now=now, **content)
