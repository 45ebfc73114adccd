"""What happens every night: everything is looked over, and files without a row go."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from app.kit.localtime import local
from app.ledger import actions as ledger
from app.upkeep import backup, files, heads, queries
from app.upkeep.archive import BackupFailed
from app.upkeep.examine import examine, try_restore
from app.upkeep.invariants import CHECKED, Violation
from app.worker.work import Handler, Periodic, Work

WEEK: Final = timedelta(days=7)
NIGHT: Final = timedelta(hours=3)  # the day of upkeep begins at three in the morning

log = structlog.get_logger("upkeep")


def check(work: Work, _payload: dict[str, Any]) -> None:
    """Look everything over; once a week also put the newest backup back on trial. The ledger keeps the counts."""
    settings = work.settings
    with work.database.reading() as db:
        last = queries.last_check(db)
    with work.database.reading() as db:  # before it is looked over, so that what was wrong then shows for ever
        heads.keep(db, work.storage, work.keyring, now=work.now)
    found = examine(settings.database, work.storage, work.keyring, data_dir=settings.data_dir)
    tried = backup.newest(settings.data_dir / "backups")
    due = last is None or last.restored_at is None or work.now - last.restored_at > WEEK - NIGHT
    restored = None
    if tried is not None and due:
        in_backup = _tried(tried, settings.database)
        restored = not in_backup
        found += in_backup
    for violation in found:
        log.error("violation", rule=violation.rule, subject=violation.subject, id=violation.subject_id)
    with work.database.writing() as db:
        ledger.record(
            db,
            CHECKED,
            actor_id=None,
            subject=("upkeep", None),
            now=work.now,
            violations=len(found),
            rules=dict(Counter(violation.rule for violation in found)),
            missing_files=sum(violation.rule == "I-7" for violation in found),
            restored=restored,
            backup=tried.path.name if tried is not None else "",
        )


def _tried(made: backup.Backup, url: str) -> list[Violation]:
    try:
        return try_restore(made.path, url)
    except BackupFailed:
        return [Violation("I-14", "backup", None, f"{made.path.name} is niet terug te zetten")]


def remove_orphans(work: Work, _payload: dict[str, Any]) -> None:
    """Remove files that no row names, a day after they came, and what never became a whole file.

    The rows are read after the list of files. A file of a course is called by its digest, so that one that nobody
    needed can come again: each is looked at once more before it goes.
    """
    unfinished = work.storage.sweep(before=work.now - files.ORPHAN_AGE)
    entries = work.storage.entries()
    with work.database.reading() as db:
        unused = files.orphans(entries, files.named(db), now=work.now)
    removed = sum(files.removed(work.storage, key, before=work.now - files.ORPHAN_AGE) for key in unused)
    if gone := removed + unfinished:
        with work.database.writing() as db:
            ledger.record(
                db, "upkeep.orphans_removed", actor_id=None, subject=("upkeep", None), now=work.now, files=gone
            )


def _each_night(now: datetime) -> str:
    return (local(now) - NIGHT).date().isoformat()


HANDLERS: Final[dict[str, Handler]] = {"upkeep.check": check, "upkeep.orphans": remove_orphans}
PERIODIC: Final = (Periodic("upkeep.check", _each_night), Periodic("upkeep.orphans", _each_night))
