"""Somebody who looks for a group and an organisation that looks for a trainer, by the real actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from app.certification.queries import authorised
from app.delivery import linking, requests, searching
from app.delivery.inputs import LinkGiven, Request, Search
from app.delivery.tables import GroupSearch
from app.kit.localtime import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.people.rules import Viewer

WHEN: Final[dict[str, Any]] = {"regions": "Rotterdam, Schiedam", "days": ["tuesday"], "parts": ["afternoon"]}
SEARCH: Final[dict[str, Any]] = WHEN | {"offer": "Ik werk graag met fotografie."}
REQUEST: Final[dict[str, Any]] = WHEN | {
    "regions": "Rotterdam",
    "place": "Huis van de Wijk De Esdoorn",
    "goal_group": "Buren van 55 en ouder",
    "contact_name": "Sanne Bakker",
    "contact_phone": "010 123 45 67",
    "contact_email": "sanne@demo.example",
}


def look(db: Session, by: Viewer, *, now: datetime, **changes: Any) -> int:
    """Look for a group, with what certificates say in the same transaction."""
    proofs = authorised(db, by.id, local_day(now))
    given = Search.model_validate(SEARCH | changes)
    return searching.look_for_group(db, by=by, given=given, authorised=proofs, now=now)


def ask(db: Session, by: Viewer, *, now: datetime, **changes: Any) -> int:
    """Ask for a trainer."""
    return requests.ask_for_trainer(db, by=by, given=Request.model_validate(REQUEST | changes), now=now)


def bring_together(db: Session, by: Viewer, search_id: int, request_id: int, *, now: datetime, reason: str = "") -> int:
    """Link two, as the page of an admin does."""
    person_id = db.scalars(select(GroupSearch.person_id).where(GroupSearch.id == search_id)).one()
    proofs = authorised(db, person_id, local_day(now))
    given = LinkGiven(request_id=request_id, reason=reason)
    return linking.link(db, by=by, search_id=search_id, given=given, authorised=proofs, now=now)
