"""What groups, searches and requests know of one person: to hand over, to forget, to keep as long as promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import String, cast, or_, select, update
from sqlalchemy.orm import Session

from app.delivery.actions import PLACE
from app.delivery.presentations import leave_calendars
from app.delivery.requests import REACH, end_request
from app.delivery.rules import Ended
from app.delivery.searching import end_search
from app.delivery.tables import Delivery, DeliveryDate, GroupLink, GroupSearch, TrainerRequest
from app.kit.storage import Storage
from app.kit.text import first_name, fold
from app.ledger.actions import forget
from app.people.rules import Role
from app.people.tables import Person, RoleGrant

NOTHING: Final[dict[str, Any]] = {"regions": [], "days": [], "parts": [], "offer": ""}
NOBODY: Final = dict.fromkeys(REACH, "")


def export_of(db: Session, person_id: int) -> dict[str, Any]:
    """The groups that somebody led, what she looked for and what she asked, for her own copy of her data."""
    groups = db.scalars(select(Delivery).where(Delivery.leader_id == person_id).order_by(Delivery.id)).all()
    dates = db.scalars(
        select(DeliveryDate)
        .where(DeliveryDate.delivery_id.in_([group.id for group in groups]))
        .order_by(DeliveryDate.starts_at)
    ).all()
    return {
        "groups": [
            {name: getattr(group, name) for name in PLACE}
            | {
                "since": group.created_at.isoformat(),
                "started": group.started,
                "finished": group.finished,
                "guests": group.guests,
                "dates": [
                    {
                        "kind": date.kind,
                        "from": date.starts_at.isoformat(),
                        "until": date.ends_at.isoformat(),
                        "attended": date.attended,
                    }
                    for date in dates
                    if date.delivery_id == group.id and date.cancelled_at is None
                ],
            }
            for group in groups
        ],
        "searches": [
            {
                "since": search.since.isoformat(),
                "until": search.ended_at.isoformat() if search.ended_at else None,
                "regions": search.regions,
                "days": search.days,
                "parts": search.parts,
                "offer": search.offer,
            }
            for search in db.scalars(
                select(GroupSearch).where(GroupSearch.person_id == person_id).order_by(GroupSearch.id)
            )
        ],
        "requests": [
            {
                "since": request.since.isoformat(),
                "until": request.ended_at.isoformat() if request.ended_at else None,
                "place": request.place,
                "contact_name": request.contact_name,
                "contact_email": request.contact_email,
                "contact_phone": request.contact_phone,
            }
            for request in db.scalars(
                select(TrainerRequest).where(TrainerRequest.asked_by_id == person_id).order_by(TrainerRequest.id)
            )
        ],
    }


def erase(db: Session, *, person_id: int, storage: Storage, now: datetime) -> None:  # noqa: ARG001 - one shape for all
    """Places and dates stay as counts; what was written in free words goes, and looking stops.

    Where she is the one to reach, a request cannot go on: it ends, and its trainer hears it. One that she wrote down
    for somebody else goes on; who asked is then nobody by name, as everywhere.
    """
    for group in db.scalars(select(Delivery).where(Delivery.leader_id == person_id).with_for_update()).all():
        group.goal_group = ""
        leave_calendars(db, group=group, now=now)
    searches = select(GroupSearch).where(GroupSearch.person_id == person_id).order_by(GroupSearch.id)
    for search in db.scalars(searches.with_for_update()).all():
        if search.ended_at is None:
            end_search(db, search, why=Ended.FORGOTTEN, actor_id=None, now=now)
        _set(search, NOTHING)
    for request in _reaching(db, person_id):
        if request.ended_at is None:
            end_request(db, request, why=Ended.FORGOTTEN, actor_id=None, now=now)
        _set(request, NOBODY)
    db.flush()
    own = select(GroupSearch.id).where(GroupSearch.person_id == person_id)
    forget(db, kind="group_link", ids=select(GroupLink.id).where(GroupLink.search_id.in_(own)))


def _reaching(db: Session, person_id: int) -> list[TrainerRequest]:
    """The requests in which somebody is the one to reach: by her address, or she asked and named herself; held.

    A contact of the organisation is known by her first name; who asks on behalf of another by her whole name only.
    """
    person = db.get(Person, person_id)
    if person is None:
        return []
    contact_of = select(RoleGrant.organisation_id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == Role.ORGANISATION_CONTACT, RoleGrant.revoked_at.is_(None)
    )
    organisations = set(db.scalars(contact_of))

    def named(request: TrainerRequest) -> bool:
        if request.organisation_id in organisations:
            return fold(first_name(request.contact_name)) in {"", fold(first_name(person.name))}
        return fold(request.contact_name) == fold(person.name)

    asked = TrainerRequest.asked_by_id == person_id
    hers = or_(asked, TrainerRequest.contact_email == person.email) if person.email else asked
    found = db.scalars(select(TrainerRequest).where(hers).order_by(TrainerRequest.id).with_for_update()).all()
    return [one for one in found if one.contact_email == person.email or named(one)]


def forget_looking(db: Session, *, before: datetime) -> int:
    """Where, when and whom to reach goes a while after looking ended; gives of how many. That somebody looked stays."""
    searches = update(GroupSearch).where(GroupSearch.ended_at < before, cast(GroupSearch.regions, String) != "[]")
    requests = update(TrainerRequest).where(TrainerRequest.ended_at < before, TrainerRequest.contact_name != "")
    silent = {"synchronize_session": False}
    gone = db.scalars(searches.values(**NOTHING).returning(GroupSearch.id).execution_options(**silent)).all()
    reached = db.scalars(requests.values(**NOBODY).returning(TrainerRequest.id).execution_options(**silent)).all()
    return len(gone) + len(reached)


def _set(row: object, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
