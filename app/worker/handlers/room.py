"""The texts of cases, and the keys to them, go when their day has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.intervision.room import keeping
from app.intervision.room.keys import AREA
from app.kit.localtime import local_day
from app.upkeep.files import ORPHAN_AGE
from app.worker.work import Handler, Periodic, Work


def purge_cases(work: Work, _payload: dict[str, Any]) -> None:
    """The key first: from then on nobody reads the words, wherever they still stand. Then the words themselves.

    Comes every night, and as soon as a meeting is called off. Cut off half-way, the next time does the rest.
    """
    with work.database.reading() as db:
        due = keeping.due(db, now=work.now)
    for gone in due:
        for key in gone.files:
            work.storage.delete(key)
        with work.database.writing() as db:
            keeping.purge(db, gone, now=work.now)
    entries = work.storage.entries(AREA)
    with work.database.reading() as db:
        loose = keeping.loose_keys(db, entries, before=work.now - ORPHAN_AGE)
    for key in loose:
        work.storage.delete(key)


def _each_day(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"intervision.purge_cases": purge_cases}
PERIODIC: Final = (Periodic("intervision.purge_cases", _each_day),)
