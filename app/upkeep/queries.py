"""When the last backup was made and the last check done, for the work list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger.tables import LedgerContent, LedgerEvent
from app.upkeep.invariants import CHECKED

MADE: Final = "backup.made"
NIGHTS: Final = 40  # looked back to find the last proof that a backup can be put back


@dataclass(frozen=True)
class LastCheck:
    """What the last night's check found, and when a backup was last put back on trial."""

    at: datetime
    violations: int
    missing_files: int
    restored_at: datetime | None

    @property
    def well(self) -> bool:
        return not self.violations and not self.missing_files


def newest_backup(db: Session) -> datetime | None:
    """When the newest backup was made."""
    return db.scalar(select(func.max(LedgerEvent.at)).where(LedgerEvent.action == MADE))


def last_check(db: Session) -> LastCheck | None:
    """The newest check; None before the first night."""
    rows = db.execute(
        select(LedgerEvent.at, LedgerContent.content)
        .outerjoin(LedgerContent, LedgerContent.event_id == LedgerEvent.id)
        .where(LedgerEvent.action == CHECKED)
        .order_by(LedgerEvent.at.desc())
        .limit(NIGHTS)
    ).all()
    if not rows:
        return None
    facts = rows[0].content or {}
    proofs = [row.at for row in rows if (row.content or {}).get("restored")]
    return LastCheck(
        at=rows[0].at,
        violations=int(facts.get("violations", 0)),
        missing_files=int(facts.get("missing_files", 0)),
        restored_at=max(proofs, default=None),
    )
