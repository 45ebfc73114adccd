"""Somebody looks for a group, or stops looking."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions import choose_intervention
from app.delivery.inputs import Search
from app.delivery.linking import link_of, undo
from app.delivery.rules import Certificates, Ended
from app.delivery.tables import GroupSearch, TrainerRequest
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.people.rules import Viewer
from app.people.tables import Person


def look_for_group(db: Session, *, by: Viewer, given: Search, authorised: Certificates, now: datetime) -> int:
    """Look for a group, or look elsewhere than before: since when she looks stays as it was.

    Who may start a group may look for one: in training, or with a certificate that permits it. Raises: Refused.
    """
    # Twice at the same moment: the second waits here, and then finds the search of the first.
    db.execute(select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))
    search = own_search(db, by=by)
    if search is not None and given.version is not None and given.version != search.version:
        raise Refused("stale")
    if search is None:
        intervention_id = choose_intervention(db, by=by, authorised=authorised, wanted=given.intervention_id, now=now)
        search = GroupSearch(person_id=by.id, intervention_id=intervention_id, since=now, **given.wanted)
        db.add(search)
        action = "delivery.search_begun"
    else:
        for name, value in given.wanted.items():
            setattr(search, name, value)
        action = "delivery.search_changed"
    search.offer = given.offer
    db.flush()
    record(db, action, actor_id=by.id, subject=("group_search", search.id), now=now)
    return search.id


def stop_looking(db: Session, *, by: Viewer, found: bool, now: datetime) -> bool:
    """She looks no more: she has a group (`found`), or stops. Gives whether she did look.

    Found through a link: the organisation has its trainer too. Stopped: a link is undone, and both hear it.
    """
    search = own_search(db, by=by)
    if search is None:
        return False
    end_search(db, search, why=Ended.FOUND if found else Ended.STOPPED, actor_id=by.id, now=now)
    return True


def end_search(db: Session, search: GroupSearch, *, why: Ended, actor_id: int | None, now: datetime) -> None:
    """End a search that the caller holds, with what hangs on it."""
    link = link_of(db, search_id=search.id)
    if link is not None and why is Ended.FOUND:
        request = db.get_one(TrainerRequest, link.request_id, with_for_update=True)
        if request.ended_at is None:
            request.ended_at, request.ended_why = now, why.value
            record(
                db,
                "delivery.request_ended",
                actor_id=actor_id,
                subject=("trainer_request", request.id),
                now=now,
                why=why,
            )
    elif link is not None:
        undo(db, link, actor_id=actor_id, reason=why.value, now=now)
    search.ended_at, search.ended_why = now, why.value
    db.flush()
    record(db, "delivery.search_ended", actor_id=actor_id, subject=("group_search", search.id), now=now, why=why)


def own_search(db: Session, *, by: Viewer) -> GroupSearch | None:
    """The search of the viewer that runs, held until the transaction ends."""
    if by.person_id is None:
        raise NotFound
    running = select(GroupSearch).where(GroupSearch.person_id == by.person_id, GroupSearch.ended_at.is_(None))
    return db.scalar(running.with_for_update())
