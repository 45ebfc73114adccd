"""Writing down a group of residents: place and dates, never a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.courses.queries import current_enrolment
from app.courses.rules import IN_TRAINING
from app.delivery.inputs import DateRow, GroupGiven
from app.delivery.presentations import settle_presentation
from app.delivery.rules import Authorised, Certificates, DateKind, grounds
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local_day
from app.ledger.actions import record
from app.people.rules import Viewer
from app.people.tables import Person

DAYS_BACK = timedelta(days=366)  # choice: who comes to us with a group that runs already
DAYS_AHEAD = timedelta(days=731)  # choice
PLACE = ("place", "address", "municipality", "goal_group")


def save_group(
    db: Session, *, by: Viewer, given: GroupGiven, authorised: Certificates, pinned: frozenset[int], now: datetime
) -> int:
    """Enter a group, or change it; gives its id.

    A group is part of a training, or its leader holds a certificate that permits to start one (`authorised`); with
    more than one of those she chose. Dates in `pinned` have a coach coming and stay as they are. Dates that are
    left out are called off, not removed. The end presentation comes into the calendars.

    Raises: Refused, NotFound when the group is not hers.
    """
    rows = _checked(given)
    if given.group_id is None:
        group = _begin(db, by=by, authorised=authorised, given=given, now=now)
        action = "delivery.group_entered"
    else:
        group = own_running(db, by=by, group_id=given.group_id)
        if given.version != group.version:
            raise Refused("stale_group")
        action = "delivery.group_changed"
    _must_be_near(db, group, rows, on=local_day(now))
    _must_be_covered(db, group, rows, authorised, on=local_day(now))
    _write_dates(db, group, rows, pinned=pinned, now=now)
    for name in PLACE:
        setattr(group, name, getattr(given, name))
    touch(group)
    db.flush()
    settle_presentation(db, group=group, now=now)
    record(db, action, actor_id=by.id, subject=("delivery", group.id), now=now, dates=len(rows))
    return group.id


def _must_be_near(db: Session, group: Delivery, rows: list[DateRow], *, on: date) -> None:
    """A date that is new lies within reach: farther it is a year that was typed wrong. Raises: Refused."""
    known = set(db.scalars(select(DeliveryDate.starts_at).where(DeliveryDate.delivery_id == group.id)))
    for row in rows:
        if not on - DAYS_BACK <= row.day <= on + DAYS_AHEAD and row.starts_at not in known:
            raise Refused("date_far", f"day_{row.number}")


def touch(group: Delivery) -> None:
    """Raise the group's version, also when only its dates change: a form that was opened before is an old one."""
    flag_modified(group, "place")


def _must_be_covered(
    db: Session, group: Delivery, rows: list[DateRow], certificates: Certificates, *, on: date
) -> None:
    """The dates of a trainer's group lie within her certificate; without one that holds no date is added or moved.

    In grace, or while she is late with reading what is new, she finishes what runs: a date may move, not past the last
    one. Raises: Refused.
    """
    if group.enrolment_id is not None:
        return
    found = grounds(certificates, person_id=group.leader_id, training=None, on=on)
    until = next((one.until for one in certificates if isinstance(one, Authorised) and _about(one, group)), None)
    if group.intervention_id in found.permitted and until is not None:
        for row in rows:
            if row.day > until:
                raise Refused("date_after_certificate", f"day_{row.number}")
        return
    known = db.scalars(select(DeliveryDate.starts_at).where(DeliveryDate.delivery_id == group.id)).all()
    last = max((local_day(moment) for moment in known), default=on)
    barred = next((one for one in found.barred if one.intervention_id == group.intervention_id), None)
    finishes = barred is not None and barred.finishes
    for row in rows:
        if row.starts_at not in known and not (finishes and row.day <= last):
            raise Refused(barred.why if barred else "certificate_over", f"day_{row.number}")


def _about(proof: Authorised, group: Delivery) -> bool:
    return (proof.person_id, proof.intervention_id) == (group.leader_id, group.intervention_id)


def hold_groups(db: Session, *, leader_id: int) -> None:
    """Keep the dates of somebody's groups as they are until the transaction ends.

    Who changes them and the coach who plans a visit on one take turns: no visit to a date that has just moved.
    """
    groups = select(Delivery.id).where(Delivery.leader_id == leader_id, Delivery.ended_at.is_(None))
    db.execute(groups.order_by(Delivery.id).with_for_update(key_share=True))


def _checked(given: GroupGiven) -> list[DateRow]:
    """The rows, when they can be: at least one, each whole, none over another, one end presentation at most."""
    rows, missing = given.filled()
    if missing:
        raise Refused("missing", missing[0])
    if not rows:
        raise Refused("group_needs_a_date", "day_1")
    for row in rows:
        if row.ends_at <= row.starts_at:
            raise Refused("date_ends_before_start", f"ends_{row.number}")
    in_order = sorted(rows, key=lambda row: row.starts_at)
    for earlier, later in pairwise(in_order):
        if later.starts_at < earlier.ends_at:
            raise Refused("dates_overlap", f"starts_{later.number}")
    ends = [row for row in rows if row.kind is DateKind.END_PRESENTATION]
    if len(ends) > 1:
        raise Refused("one_end_presentation", f"kind_{ends[-1].number}")
    return rows


def _begin(db: Session, *, by: Viewer, authorised: Certificates, given: GroupGiven, now: datetime) -> Delivery:
    # The same form twice at the same moment: the second waits here, and then finds the group of the first.
    db.execute(select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))
    training, enrolment_id = _training_of(db, by)
    intervention_id = choose_intervention(db, by=by, authorised=authorised, wanted=given.intervention_id, now=now)
    running = select(Delivery.id).where(Delivery.leader_id == by.id, Delivery.ended_at.is_(None))
    if training is not None:  # a group of her own, as a trainer of something else, does not stand in the way
        running = running.where(Delivery.intervention_id == training)
    if db.scalar(running.limit(1)) is not None:
        raise Refused("group_exists")
    group = Delivery(
        leader_id=by.id,
        intervention_id=intervention_id,
        enrolment_id=enrolment_id if intervention_id == training else None,
        created_at=now,
        **{name: getattr(given, name) for name in PLACE},
    )
    db.add(group)
    db.flush()
    return group


def _training_of(db: Session, by: Viewer) -> tuple[int | None, int | None]:
    """The intervention of the training that somebody follows now, and the enrolment; nothing when she follows none."""
    enrolment = current_enrolment(db, by.id)
    if enrolment is None or enrolment.stage not in IN_TRAINING:
        return None, None
    return enrolment.intervention_id, enrolment.id


def choose_intervention(db: Session, *, by: Viewer, authorised: Certificates, wanted: int | None, now: datetime) -> int:
    """The intervention that a new group is of, or a search for one. With one to choose from there is nothing to ask.

    Raises: Refused.
    """
    training, _ = _training_of(db, by)
    found = grounds(authorised, person_id=by.id, training=training, on=local_day(now))
    field = "intervention_id" if len(found.choices) > 1 else None  # only then it is on the form
    if wanted is None and field:
        raise Refused("missing", field)
    if wanted in found.choices or (wanted is None and found.choices):
        return wanted or found.choices[0]
    barred = [one for one in found.barred if wanted in {None, one.intervention_id}]
    told = sorted(barred, key=lambda one: not one.finishes)  # what can be helped first
    raise Refused(told[0].why if told else "group_not_allowed", field)


def own_running(db: Session, *, by: Viewer, group_id: int) -> Delivery:
    """A group of one's own that has not ended, held until the transaction ends. Raises: NotFound."""
    group = db.scalar(
        select(Delivery)
        .where(Delivery.id == group_id, Delivery.leader_id == by.id, Delivery.ended_at.is_(None))
        .with_for_update()
    )
    if group is None:
        raise NotFound
    return group


@dataclass(frozen=True)
class _Planned:
    """A row and the date that it becomes; None: a new one."""

    date: DeliveryDate | None
    kind: DateKind
    starts_at: datetime
    ends_at: datetime


def _write_dates(db: Session, group: Delivery, rows: list[DateRow], *, pinned: frozenset[int], now: datetime) -> None:
    """Bring the dates in line with the rows: change, add, call off. Decides everything before it writes.

    Raises: Refused when a date with a visit would move or go, or one of which she said how many were there.
    """
    known = db.scalars(select(DeliveryDate).where(DeliveryDate.delivery_id == group.id)).all()
    planned = _planned(rows, known)
    standing = {(row.date.id, row.starts_at, row.ends_at) for row in planned if row.date is not None}
    for one in known:
        if (one.id, one.starts_at, one.ends_at) in standing:
            continue
        if one.id in pinned:
            raise Refused("date_has_visit")
        if one.attended is not None and one.cancelled_at is None:
            raise Refused("date_counted")
    kept = {row.date.id for row in planned if row.date is not None}
    for one in known:
        if one.id not in kept and one.cancelled_at is None:
            one.cancelled_at = now
    for row in planned:
        if row.date is None:
            db.add(DeliveryDate(delivery_id=group.id, kind=row.kind, starts_at=row.starts_at, ends_at=row.ends_at))
        else:
            row.date.kind = row.kind
            row.date.starts_at, row.date.ends_at = row.starts_at, row.ends_at
            row.date.cancelled_at = row.date.called_off_at = None
    db.flush()


def _planned(rows: list[DateRow], known: Sequence[DeliveryDate]) -> list[_Planned]:
    """Which date each row is: first the one with that start (also when it was called off), then the row's own."""
    at = {date.starts_at: date for date in known}
    taken = {at[row.starts_at].id for row in rows if row.starts_at in at}
    by_id = {date.id: date for date in known if date.id not in taken}
    return [
        _Planned(at.get(row.starts_at) or by_id.pop(row.id or 0, None), row.kind, row.starts_at, row.ends_at)
        for row in rows
    ]
