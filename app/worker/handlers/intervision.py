"""The letters before a meeting, and letting the links of old ones go."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.intervision.actions import replying
from app.intervision.actions.reminding import plan_letters
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.meetings.actions import own_data, waiting
from app.worker.work import Handler, Periodic, Work


def remind(work: Work, _payload: dict[str, Any]) -> None:
    """Plan what is due today for everybody with a seat."""
    with work.database.writing() as db:
        plan_letters(db, now=work.now)


def expire_links(work: Work, _payload: dict[str, Any]) -> None:
    """Secrets that open nothing any more go, and the ledger says how many."""
    with work.database.writing() as db:
        gone = own_data.expire_links(db, now=work.now)
        if gone:
            subject = ("meeting_signup", None)
            record(db, "meetings.links_expired", actor_id=None, subject=subject, now=work.now, links=gone)


def expire_offer(work: Work, payload: dict[str, Any]) -> None:
    """A seat that was kept for somebody goes to the next in line, unless she answered meanwhile."""
    with work.database.writing() as db:
        waiting.expire_offer(db, signup_id=int(payload["signup_id"]), now=work.now)


def remove_replies(work: Work, _payload: dict[str, Any]) -> None:
    """Who could come when is not kept longer than it helps to plan."""
    with work.database.writing() as db:
        gone = replying.remove_replies(db, now=work.now)
        if gone:
            subject = ("round_reply", None)
            record(db, "intervision.replies_removed", actor_id=None, subject=subject, now=work.now, replies=gone)


def _each_day(now: datetime) -> str:
    return local_day(now).isoformat()


HANDLERS: Final[dict[str, Handler]] = {
    "meetings.remind": remind,
    "meetings.expire_links": expire_links,
    "meetings.expire_offer": expire_offer,
    "intervision.remove_replies": remove_replies,
}
PERIODIC: Final = tuple(
    Periodic(kind, _each_day) for kind in ("meetings.remind", "meetings.expire_links", "intervision.remove_replies")
)
