"""An organisation looks for a trainer: asked, changed, stopped; by its contact or by an admin on its behalf."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.delivery.inputs import Request
from app.delivery.linking import link_of, undo
from app.delivery.rules import Ended
from app.delivery.tables import TrainerRequest
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.people.rules import Viewer
from app.people.tables import Organisation

OPEN_MOST: Final = 20  # requests of one organisation at a time; more is a list that nobody reads
REACH: Final = ("contact_name", "contact_email", "contact_phone")


def ask_for_trainer(db: Session, *, by: Viewer, given: Request, now: datetime) -> int:
    """Say that an organisation looks for a trainer; gives the request.

    A contact asks for her own organisation, an admin for any. Raises: NotFound; Refused.
    """
    organisation_id = _for_whom(db, by=by, given=given)
    intervention_id = _about(db, given)
    _must_be_reachable(given)
    # Held, so that a limit is counted by one at a time.
    db.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    standing = select(TrainerRequest.id).where(
        TrainerRequest.organisation_id == organisation_id, TrainerRequest.ended_at.is_(None)
    )
    if len(db.scalars(standing.limit(OPEN_MOST)).all()) >= OPEN_MOST:
        raise Refused("requests_full", most=OPEN_MOST)
    request = TrainerRequest(
        organisation_id=organisation_id,
        intervention_id=intervention_id,
        asked_by_id=by.id,
        since=now,
        **_words(given),
    )
    db.add(request)
    db.flush()
    record(
        db,
        "delivery.trainer_asked",
        actor_id=by.id,
        subject=("trainer_request", request.id),
        now=now,
        organisation_id=organisation_id,
    )
    return request.id


def change_request(db: Session, *, by: Viewer, request_id: int, given: Request, now: datetime) -> None:
    """Change what is asked; for whom and for which intervention stays. Raises: NotFound; Refused."""
    request = open_request(db, by=by, request_id=request_id)
    if given.version != request.version:
        raise Refused("stale")
    _must_be_reachable(given)
    for name, value in _words(given).items():
        setattr(request, name, value)
    db.flush()
    record(db, "delivery.request_changed", actor_id=by.id, subject=("trainer_request", request.id), now=now)


def stop_request(db: Session, *, by: Viewer, request_id: int, now: datetime) -> None:
    """The organisation looks no more; a link is undone, and both hear it. Raises: NotFound."""
    request = open_request(db, by=by, request_id=request_id)
    end_request(db, request, why=Ended.STOPPED, actor_id=by.id, now=now)


def end_request(db: Session, request: TrainerRequest, *, why: Ended, actor_id: int | None, now: datetime) -> None:
    """End a request that the caller holds, with what hangs on it."""
    link = link_of(db, request_id=request.id)
    if link is not None:
        undo(db, link, actor_id=actor_id, reason=why.value, now=now)
    request.ended_at, request.ended_why = now, why.value
    db.flush()
    record(db, "delivery.request_ended", actor_id=actor_id, subject=("trainer_request", request.id), now=now, why=why)


def open_request(db: Session, *, by: Viewer, request_id: int) -> TrainerRequest:
    """A request that still stands, of one's own organisation or for an admin; held. Raises: NotFound."""
    found = select(TrainerRequest).where(TrainerRequest.id == request_id, TrainerRequest.ended_at.is_(None))
    if not by.is_admin:
        found = found.where(TrainerRequest.organisation_id.in_(by.contact_of))
    request = db.scalar(found.with_for_update())
    if request is None:
        raise NotFound
    return request


def _for_whom(db: Session, *, by: Viewer, given: Request) -> int:
    """Which organisation asks. Raises: NotFound for one that is not hers; Refused when she has to choose."""
    wanted = given.organisation_id
    if by.is_admin:
        if wanted is None:
            raise Refused("missing", "organisation_id")
        if db.get(Organisation, wanted) is None:
            raise NotFound
        return wanted
    if wanted is None and len(by.contact_of) > 1:
        raise Refused("missing", "organisation_id")
    chosen = wanted or next(iter(by.contact_of), None)
    if chosen is None or chosen not in by.contact_of:
        raise NotFound
    return chosen


def _about(db: Session, given: Request) -> int:
    """Which intervention; with one there is nothing to ask. Raises: NotFound; Refused when she has to choose."""
    known = list(db.scalars(select(Intervention.id).order_by(Intervention.id)))
    if given.intervention_id is None and len(known) == 1:
        return known[0]
    if given.intervention_id is None:
        raise Refused("missing", "intervention_id")
    if given.intervention_id not in known:
        raise NotFound
    return given.intervention_id


def _must_be_reachable(given: Request) -> None:
    if not given.contact_email and not given.contact_phone:
        raise Refused("no_way_to_reach", "contact_phone")


def _words(given: Request) -> dict[str, Any]:
    return given.wanted | {name: getattr(given, name) for name in ("place", "goal_group", *REACH)}
