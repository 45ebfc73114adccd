"""One date of a group: it does not go on, it does after all, and how many were there. Numbers only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions import own_running, touch
from app.delivery.presentations import settle_presentation
from app.delivery.queries import dates_of
from app.delivery.rules import Counts, DateFacts, DateKind, contradiction
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.errors import NotFound, Refused
from app.ledger.actions import record
from app.people.rules import Viewer


def call_off_date(db: Session, *, by: Viewer, date_id: int, now: datetime) -> bool:
    """The date does not go on, or did not; gives whether it was called off just now.

    Whoever had it in a calendar loses it there. Visits are called off above: `practice.actions.dates`.
    Raises: NotFound when it is not hers; Refused("date_counted") when she said how many were there.
    """
    group, date = _own_date(db, by=by, date_id=date_id)
    if date.cancelled_at is not None:
        return False
    if date.attended is not None:
        raise Refused("date_counted")
    date.cancelled_at = date.called_off_at = now
    touch(group)
    db.flush()
    settle_presentation(db, group=group, now=now)
    record(db, "delivery.date_called_off", actor_id=by.id, subject=("delivery", group.id), now=now, date_id=date.id)
    return True


def put_date_back(db: Session, *, by: Viewer, date_id: int, now: datetime) -> bool:
    """A date that was called off goes on after all; gives whether it changed.

    Raises: NotFound; Refused when another date took its place in the meantime.
    """
    group, date = _own_date(db, by=by, date_id=date_id)
    if date.cancelled_at is None:
        return False
    if date.called_off_at is None:
        raise NotFound  # it was taken from the list: not there any more
    _must_fit(db, group, date)
    date.cancelled_at = date.called_off_at = None
    touch(group)
    db.flush()
    settle_presentation(db, group=group, now=now)
    record(db, "delivery.date_put_back", actor_id=by.id, subject=("delivery", group.id), now=now, date_id=date.id)
    return True


def count_date(db: Session, *, by: Viewer, date_id: int, attended: int, now: datetime) -> None:
    """Say how many were there, or change it. It was held, then.

    Raises: NotFound; Refused when it has not been, was called off, or when fewer people are said to have begun.
    """
    group, date = _own_date(db, by=by, date_id=date_id)
    if date.cancelled_at is not None:
        raise Refused("date_called_off")
    if date.starts_at > now:
        raise Refused("date_not_yet", "attended")
    if group.started is not None and attended > group.started:
        raise Refused("more_came_than_started", "attended", started=group.started)
    if date.attended == attended:
        return
    date.attended = attended
    db.flush()
    record(
        db,
        "delivery.date_counted",
        actor_id=by.id,
        subject=("delivery", group.id),
        now=now,
        date_id=date.id,
        attended=attended,
    )


def end_group(db: Session, *, by: Viewer, group_id: int, counts: Counts, now: datetime) -> None:
    """Close a group whose dates have all been and are counted, so that a next one can begin.

    Raises: NotFound; Refused while dates are still to come, or when a number lacks or contradicts another.
    """
    group = own_running(db, by=by, group_id=group_id)
    dates = [one for one in dates_of(db, [group.id])[group.id] if not one.cancelled]
    if any(one.ends_at > now for one in dates):
        raise Refused("group_still_running")
    if any(one.uncounted(now) for one in dates):
        raise Refused("dates_uncounted")
    asked = _checked(counts, dates=dates)
    group.started, group.finished, group.guests = counts.started, counts.finished, asked.get("guests")
    group.ended_at = now
    record(db, "delivery.group_ended", actor_id=by.id, subject=("delivery", group.id), now=now, **asked)


def correct_numbers(
    db: Session, *, by: Viewer, group_id: int, counts: Counts, attended: Mapping[int, int], now: datetime
) -> bool:
    """Other numbers for a group that was closed; what they were stands in the ledger. Gives whether they changed.

    `attended`: how many were there, by date, of those that were held. Raises: NotFound; Refused as for closing.
    """
    group = db.scalar(
        select(Delivery)
        .where(Delivery.id == group_id, Delivery.leader_id == by.id, Delivery.ended_at.is_not(None))
        .with_for_update()
    )
    if group is None:
        raise NotFound
    was = {"started": group.started, "finished": group.finished, "guests": group.guests}
    before = {}
    for date in db.scalars(select(DeliveryDate).where(DeliveryDate.delivery_id == group_id)).all():
        number = attended.get(date.id, date.attended)
        if date.attended is not None and number != date.attended:
            before[str(date.id)] = date.attended
            date.attended = number
    db.flush()
    asked = _checked(counts, dates=[one for one in dates_of(db, [group.id])[group.id] if not one.cancelled])
    if was == {"guests": None} | asked and not before:
        return False
    group.started, group.finished, group.guests = counts.started, counts.finished, asked.get("guests")
    db.flush()
    told = {"was": was | ({"attended": before} if before else {})} | asked
    record(db, "delivery.numbers_corrected", actor_id=by.id, subject=("delivery", group.id), now=now, **told)
    return True


def _checked(counts: Counts, *, dates: Collection[DateFacts]) -> dict[str, int | None]:
    """The numbers that a group is asked for. Raises: Refused when one lacks or contradicts another."""
    presented = any(one.kind is DateKind.END_PRESENTATION for one in dates)
    if counts.guests and not presented:
        raise Refused("guests_without_presentation", "guests")
    asked = {"started": counts.started, "finished": counts.finished} | ({"guests": counts.guests} if presented else {})
    for name, number in asked.items():
        if number is None:
            raise Refused("missing", name)
    wrong = contradiction(counts, dates=dates)
    if wrong is not None:
        code, field, facts = wrong
        raise Refused(code, field, **facts)
    return asked


def _own_date(db: Session, *, by: Viewer, date_id: int) -> tuple[Delivery, DeliveryDate]:
    """A date of a running group of one's own, with the group held. Raises: NotFound."""
    group_id = db.scalar(select(DeliveryDate.delivery_id).where(DeliveryDate.id == date_id))
    if group_id is None:
        raise NotFound
    group = own_running(db, by=by, group_id=group_id)
    date = db.get_one(DeliveryDate, date_id, populate_existing=True)
    return group, date


def _must_fit(db: Session, group: Delivery, date: DeliveryDate) -> None:
    """Raises: Refused when it stands over another date, or another day is the end presentation now."""
    standing = [one for one in dates_of(db, [group.id])[group.id] if not one.cancelled]
    if any(one.starts_at < date.ends_at and date.starts_at < one.ends_at for one in standing):
        raise Refused("date_taken")
    if date.kind == DateKind.END_PRESENTATION and any(one.kind is DateKind.END_PRESENTATION for one in standing):
        raise Refused("other_end_presentation")
