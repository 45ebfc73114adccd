"""What the coach's visits have to do with the group: a date that is off, or another place. Both hear it once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions import hold_groups, save_group
from app.delivery.dates import call_off_date
from app.delivery.inputs import GroupGiven
from app.delivery.rules import Certificates
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.errors import Refused
from app.ledger.actions import record
from app.people.rules import Viewer
from app.practice.actions.cases import Case, own_case
from app.practice.actions.reminding import forget_reminders, remind_of
from app.practice.actions.visits import tell_both, tell_of_another_place
from app.practice.queries import pinned_dates
from app.practice.rules.states import Step, may
from app.practice.tables.work import CoachVisit


def keep_group(db: Session, *, by: Viewer, given: GroupGiven, authorised: Certificates, now: datetime) -> int:
    """Enter a group, or change it; gives its id. A visit that is still to come follows to another place.

    Raises: as save_group.
    """
    # Records first, as everywhere: who plans a visit holds the record and then looks at the group.
    held = _cases(db, by=by, group_id=given.group_id)
    hold_groups(db, leader_id=by.id)  # before we look on which dates a coach comes
    was = _place(db, given.group_id)
    pinned = pinned_dates(db, given.group_id) if given.group_id is not None else frozenset[int]()
    group_id = save_group(db, by=by, given=given, authorised=authorised, pinned=pinned, now=now)
    if was is not None and _place(db, group_id) != was:
        _follow(db, held, by=by, group_id=group_id, now=now)
    return group_id


def _place(db: Session, group_id: int | None) -> tuple[str, ...] | None:
    group = db.get(Delivery, group_id) if group_id is not None else None
    return (group.place, group.address, group.municipality) if group is not None else None


def _cases(db: Session, *, by: Viewer, group_id: int | None) -> dict[int, Case]:
    """The records with a visit to a date of a group of one's own, held, in order."""
    visited = (
        select(CoachVisit.record_id)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .join(Delivery, Delivery.id == DeliveryDate.delivery_id)
        .where(Delivery.id == group_id, Delivery.leader_id == by.id, CoachVisit.cancelled_at.is_(None))
        .order_by(CoachVisit.record_id)
        .distinct()
    )
    return {id_: own_case(db, by=by, record_id=id_, following=False) for id_ in db.scalars(visited).all()}


def _follow(db: Session, held: Mapping[int, Case], *, by: Viewer, group_id: int, now: datetime) -> None:
    """The same day in another place: the entry in both calendars changes.

    A visit that was planned at this very moment is told with the new place already.
    """
    coming = (
        select(CoachVisit, DeliveryDate.starts_at, DeliveryDate.ends_at)
        .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
        .where(DeliveryDate.delivery_id == group_id, DeliveryDate.ends_at > now, CoachVisit.cancelled_at.is_(None))
        .order_by(CoachVisit.record_id)
        .execution_options(populate_existing=True)
    )
    for visit, starts_at, ends_at in db.execute(coming).all():
        case = held.get(visit.record_id)
        if case is None or visit.attempt != case.record.attempt:
            continue
        visit.sequence += 1
        db.flush()
        record(db, "practice.visit_elsewhere", actor_id=by.id, subject=("coach_visit", visit.id), now=now)
        tell_of_another_place(db, case, visit, now=now, not_after=ends_at)
        remind_of(db, visit, starts_at=starts_at, people=(case.enrolment.person_id, visit.coach_id), now=now)


def call_off(db: Session, *, by: Viewer, date_id: int, now: datetime) -> bool:
    """Call off a date of one's own group with whatever hangs on it; gives whether it changed.

    What hangs on it comes back by itself only where nobody has to agree: a coach chooses a day anew.
    Raises: NotFound; Refused when there is work of that day with the coach.
    """
    standing = CoachVisit.date_id == date_id, CoachVisit.cancelled_at.is_(None)
    records = db.scalars(select(CoachVisit.record_id).where(*standing).order_by(CoachVisit.record_id)).all()
    # Records first, as everywhere: who hands in, or plans a visit, holds the record and then looks at the group.
    held = {record_id: own_case(db, by=by, record_id=record_id, following=False) for record_id in records}
    if not call_off_date(db, by=by, date_id=date_id, now=now):
        return False
    for visit in db.scalars(select(CoachVisit).where(*standing).order_by(CoachVisit.id)).all():
        case = held.get(visit.record_id)
        if case is None:  # planned at this very moment: she has not seen it yet
            raise Refused("date_has_visit")
        if visit.attempt != case.record.attempt or not may(case.path.state, Step.CANCEL_VISIT):
            raise Refused("date_has_work")
        visit.cancelled_at = now
        visit.sequence += 1
        db.flush()
        record(
            db,
            "practice.visit_cancelled",
            actor_id=by.id,
            subject=("coach_visit", visit.id),
            now=now,
            with_date=date_id,
        )
        tell_both(db, "practice.visit_cancelled", case, visit, now=now, not_after=None, with_date=True)
        forget_reminders(db, visit, now=now)
    return True
