"""Keeping conversations no longer than promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.conversation import keeping
from app.kit.localtime import local_day
from app.worker.work import Handler, Periodic, Work


def expire(work: Work, _payload: dict[str, Any]) -> None:
    """Remove what was written long enough ago about work that is decided."""
    with work.database.writing() as db:
        keeping.expire(db, now=work.now)


def _nightly(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {"conversation.expire": expire}
PERIODIC: Final = (Periodic("conversation.expire", _nightly),)
