"""Bringing together somebody who looks for a group and an organisation that looks for a trainer; and undoing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.courses.queries import current_enrolment
from app.courses.rules import IN_TRAINING
from app.delivery.inputs import LinkGiven
from app.delivery.rules import Certificates, PartOfDay, Weekday, Wishes, fit, grounds
from app.delivery.tables import GroupLink, GroupSearch, TrainerRequest
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.outbox.actions import post
from app.people.rules import Role, Viewer
from app.people.tables import Person, RoleGrant

TO_TRAINER: Final = "delivery.linked"
TO_ORGANISATION: Final = "delivery.trainer_found"
UNDONE: Final = "delivery.link_undone"


def wishes_of(row: GroupSearch | TrainerRequest) -> Wishes:
    """Where and when, as the rules compare it."""
    return Wishes(
        row.intervention_id,
        tuple(row.regions),
        frozenset(Weekday(day) for day in row.days),
        frozenset(PartOfDay(part) for part in row.parts),
    )


def link(db: Session, *, by: Viewer, search_id: int, given: LinkGiven, authorised: Certificates, now: datetime) -> int:
    """Bring two together; both get a letter. Each is with one other at a time.

    Where place or days do not fit it is a decision, and asks for a reason. `authorised`: what the certificates of
    the one who looks say. Raises: Forbidden; NotFound; Refused.
    """
    if not by.is_admin:
        raise Forbidden
    # The search first, then the request: always in this order, so that two admins never wait for each other.
    search = db.get(GroupSearch, search_id, with_for_update=True, populate_existing=True)
    if search is None:
        raise NotFound
    request = db.get(TrainerRequest, given.request_id, with_for_update=True, populate_existing=True)
    if search.ended_at is not None or link_of(db, search_id=search.id) is not None:
        raise Refused("search_over")
    if request is None or request.ended_at is not None or link_of(db, request_id=request.id) is not None:
        raise Refused("request_over", "request_id")
    lies = fit(wishes_of(search), wishes_of(request))
    if not lies.same_intervention:
        raise Refused("other_intervention", "request_id")
    _must_be_allowed(db, search, authorised, now=now)
    if not lies.whole and not given.reason:
        raise Refused("link_needs_reason", "reason")
    made = GroupLink(search_id=search.id, request_id=request.id, linked_at=now, linked_by_id=by.id)
    db.add(made)
    db.flush()
    record(
        db,
        "delivery.linked",
        actor_id=by.id,
        subject=("group_link", made.id),
        now=now,
        search_id=search.id,
        request_id=request.id,
        fits=lies.whole,
        reason=given.reason,
    )
    data = {"link_id": made.id}
    post(
        db,
        TO_TRAINER,
        person_id=search.person_id,
        key=f"{TO_TRAINER}:{made.id}",
        data=data,
        reply_to_id=by.id,
        now=now,
    )
    for person_id in contacts_of(db, request):
        key = f"{TO_ORGANISATION}:{made.id}:{person_id}"
        post(db, TO_ORGANISATION, person_id=person_id, key=key, data=data, reply_to_id=by.id, now=now)
    return made.id


def unlink(db: Session, *, by: Viewer, search_id: int, reason: str, now: datetime) -> None:
    """Undo a link that did not become a group: both look on, and both hear it. Raises: Forbidden; NotFound."""
    if not by.is_admin:
        raise Forbidden
    search = db.get(GroupSearch, search_id, with_for_update=True, populate_existing=True)
    link_ = link_of(db, search_id=search_id) if search is not None else None
    if search is None or link_ is None or search.ended_at is not None:
        raise NotFound
    if not undo(db, link_, actor_id=by.id, reason=reason, now=now):
        raise NotFound


def undo(db: Session, link_: GroupLink, *, actor_id: int | None, reason: str, now: datetime) -> bool:
    """Undo a link; False when somebody did at this very moment.

    Of the two who may, one holds the search and the other the request, so only the row itself says who was first.
    """
    mine = update(GroupLink).where(GroupLink.id == link_.id, GroupLink.undone_at.is_(None))
    if db.execute(mine.values(undone_at=now).returning(GroupLink.id)).first() is None:
        return False
    record(db, "delivery.link_undone", actor_id=actor_id, subject=("group_link", link_.id), now=now, reason=reason)
    search = db.get_one(GroupSearch, link_.search_id)
    request = db.get_one(TrainerRequest, link_.request_id)
    for person_id in dict.fromkeys([search.person_id, *contacts_of(db, request)]):
        key = f"{UNDONE}:{link_.id}:{person_id}"
        post(db, UNDONE, person_id=person_id, key=key, data={"link_id": link_.id}, reply_to_id=None, now=now)
    return True


def link_of(db: Session, *, search_id: int | None = None, request_id: int | None = None) -> GroupLink | None:
    """The link that holds for a search, or for a request."""
    about = GroupLink.search_id == search_id if search_id is not None else GroupLink.request_id == request_id
    return db.scalar(select(GroupLink).where(about, GroupLink.undone_at.is_(None)))


def contacts_of(db: Session, request: TrainerRequest) -> list[int]:
    """Who is written to about a request: who asked while she is a contact there, else every contact there."""
    contacts = _contacts(db, [request.organisation_id])[request.organisation_id]
    return [request.asked_by_id] if request.asked_by_id in contacts else list(contacts)


def contact_names(db: Session, requests: Collection[TrainerRequest]) -> dict[int, tuple[str, ...]]:
    """The names of those who are written to, by request: one statement for all of them."""
    contacts = _contacts(db, {request.organisation_id for request in requests})
    names = {}
    for request in requests:
        known = contacts[request.organisation_id]
        told = {request.asked_by_id: known[request.asked_by_id]} if request.asked_by_id in known else known
        names[request.id] = tuple(told.values())
    return names


def _contacts(db: Session, organisation_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The contacts of organisations, with their names."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = db.execute(
        select(RoleGrant.organisation_id, RoleGrant.person_id, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ORGANISATION_CONTACT,
            RoleGrant.organisation_id.in_(organisation_ids),
            RoleGrant.revoked_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(RoleGrant.person_id)
    )
    for row in rows:
        found[row.organisation_id or 0][row.person_id] = row.name
    return found


def _must_be_allowed(db: Session, search: GroupSearch, authorised: Certificates, *, now: datetime) -> None:
    """Raises: Refused when who looks may start no such group any more."""
    enrolment = current_enrolment(db, search.person_id)
    training = enrolment.intervention_id if enrolment is not None and enrolment.stage in IN_TRAINING else None
    found = grounds(authorised, person_id=search.person_id, training=training, on=local_day(now))
    if search.intervention_id not in found.choices:
        raise Refused("may_start_none")
