"""The backup that comes by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.kit.localtime import local_day
from app.ledger import actions as ledger
from app.upkeep import backup
from app.worker.work import Handler, Periodic, Work


def make_now(work: Work) -> backup.Backup:
    """Make a backup and note its moment in the ledger, where `/beheer` finds its age. Raises: BackupFailed."""
    made = backup.make(
        work.settings.database,
        work.storage,
        folder=work.settings.data_dir / "backups",
        keep=work.settings.backups_kept,
        now=work.now,
    )
    with work.database.writing() as db:
        ledger.record(
            db,
            "backup.made",
            actor_id=None,
            subject=("backup", None),
            now=work.now,
            file=made.path.name,
            bytes=made.bytes,
        )
    return made


def make(work: Work, _payload: dict[str, Any]) -> None:
    """The backup of the day."""
    make_now(work)


def _each_day(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"backup.make": make}
PERIODIC: Final = (Periodic("backup.make", _each_day),)
