"""Reading groups of residents: place and dates, no people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.delivery.rules import Counts, DateFacts, DateKind, GroupFacts
from app.delivery.tables import Delivery, DeliveryDate
from app.kit.db import fetch
from app.kit.errors import NotFound
from app.kit.localtime import local_day, start_of

_GROUPS: Final = (
    select(
        Delivery.enrolment_id,
        Delivery.id.label("group_id"),
        Delivery.place,
        Delivery.address,
        Delivery.municipality,
        DeliveryDate.id,
        DeliveryDate.kind,
        DeliveryDate.starts_at,
        DeliveryDate.ends_at,
        DeliveryDate.cancelled_at,
        DeliveryDate.called_off_at,
        DeliveryDate.attended,
    )
    .outerjoin(DeliveryDate, DeliveryDate.delivery_id == Delivery.id)
    .where(Delivery.enrolment_id.in_(bindparam("enrolments", expanding=True)), Delivery.ended_at.is_(None))
    .order_by(Delivery.id, DeliveryDate.starts_at)
)


def groups_of(db: Session, enrolment_ids: Collection[int]) -> dict[int, GroupFacts]:
    """The present group of each enrolment that has one, with its dates: one statement, however many there are."""
    if not enrolment_ids:
        return {}
    groups: dict[int, Any] = {}
    dates: dict[int, list[DateFacts]] = defaultdict(list)
    for row in fetch(db, _GROUPS, enrolments=list(enrolment_ids)).all():
        groups[row.enrolment_id] = row
        if row.id is not None:
            dates[row.group_id].append(_date(row))
    return {
        enrolment_id: GroupFacts(row.group_id, row.place, row.address, row.municipality, tuple(dates[row.group_id]))
        for enrolment_id, row in groups.items()
    }


def dates_of(db: Session, group_ids: Collection[int]) -> dict[int, tuple[DateFacts, ...]]:
    """The dates of groups, in order."""
    found: dict[int, list[DateFacts]] = defaultdict(list)
    if group_ids:
        for row in db.scalars(
            select(DeliveryDate)
            .where(DeliveryDate.delivery_id.in_(group_ids))
            .order_by(DeliveryDate.starts_at)
            .execution_options(populate_existing=True)
        ):
            found[row.delivery_id].append(_date(row))
    return defaultdict(tuple, {id_: tuple(dates) for id_, dates in found.items()})


def _date(row: Any) -> DateFacts:
    """The row is a `DeliveryDate`, or has its columns."""
    return DateFacts(
        id=row.id,
        kind=DateKind(row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        cancelled=row.cancelled_at is not None,
        called_off=row.called_off_at is not None,
        attended=row.attended,
    )


@dataclass(frozen=True)
class OwnGroup:
    """The group that somebody leads now, as her page shows it."""

    id: int
    intervention_id: int
    enrolment_id: int | None
    version: int
    place: str
    address: str
    municipality: str
    goal_group: str
    counts: Counts
    dates: tuple[DateFacts, ...]

    @property
    def coming(self) -> tuple[DateFacts, ...]:
        """The dates that go on."""
        return tuple(date for date in self.dates if not date.cancelled)


def own_group(
    db: Session, person_id: int, *, training: int | None = None, group_id: int | None = None
) -> OwnGroup | None:
    """The latest group that somebody leads and that has not ended; while a training runs, one of its intervention.

    `group_id`: that one, whatever it is of.
    """
    query = select(Delivery).where(Delivery.leader_id == person_id, Delivery.ended_at.is_(None))
    if group_id is not None:
        query = query.where(Delivery.id == group_id)
    elif training is not None:
        query = query.where(Delivery.intervention_id == training)
    row = db.scalar(query.order_by(Delivery.id.desc()).limit(1))
    if row is None:
        return None
    dates = dates_of(db, [row.id])[row.id]
    return OwnGroup(
        id=row.id,
        intervention_id=row.intervention_id,
        enrolment_id=row.enrolment_id,
        version=row.version,
        place=row.place,
        address=row.address,
        municipality=row.municipality,
        goal_group=row.goal_group,
        counts=Counts(row.started, row.finished, row.guests),
        dates=dates,
    )


def group_of_date(db: Session, date_id: int) -> int | None:
    return db.scalar(select(DeliveryDate.delivery_id).where(DeliveryDate.id == date_id))


@dataclass(frozen=True)
class DatePlace:
    """One date of the group that somebody leads: its place among the dates that go on, counted from one."""

    id: int
    starts_at: datetime
    nth: int
    presentation: bool
    intervention_id: int
    enrolment_id: int | None


def own_date(db: Session, person_id: int, date_id: int) -> DatePlace | None:
    """A date of a group that somebody leads now; None for any other."""
    group = db.execute(
        select(Delivery.id, Delivery.intervention_id, Delivery.enrolment_id)
        .join(DeliveryDate, DeliveryDate.delivery_id == Delivery.id)
        .where(DeliveryDate.id == date_id, Delivery.leader_id == person_id, Delivery.ended_at.is_(None))
    ).first()
    if group is None:
        return None
    dates = dates_of(db, [group.id])[group.id]
    date = next(one for one in dates if one.id == date_id)
    before = sum(not one.cancelled and one.starts_at < date.starts_at for one in dates)
    return DatePlace(
        id=date_id,
        starts_at=date.starts_at,
        nth=before + 1,
        presentation=date.kind is DateKind.END_PRESENTATION,
        intervention_id=group.intervention_id,
        enrolment_id=group.enrolment_id,
    )


def date_today(db: Session, person_id: int, now: datetime) -> tuple[int, datetime, str] | None:
    """The date that somebody leads today, when it goes on and is not over: its id, when it begins, and where."""
    row = db.execute(
        select(DeliveryDate.id, DeliveryDate.starts_at, Delivery.place)
        .join(Delivery, Delivery.id == DeliveryDate.delivery_id)
        .where(
            Delivery.leader_id == person_id,
            Delivery.ended_at.is_(None),
            DeliveryDate.cancelled_at.is_(None),
            DeliveryDate.ends_at > now,
            DeliveryDate.starts_at < start_of(local_day(now) + timedelta(days=1)),
        )
        .order_by(DeliveryDate.starts_at)
        .limit(1)
    ).first()
    return (row.id, row.starts_at, row.place) if row else None


def other_groups(db: Session, person_id: int, *, but: int | None) -> tuple[tuple[int, int, str], ...]:
    """The other groups that somebody leads now: id, intervention and place. A trainer in training may have two."""
    rows = db.execute(
        select(Delivery.id, Delivery.intervention_id, Delivery.place)
        .where(Delivery.leader_id == person_id, Delivery.ended_at.is_(None), Delivery.id != (but or 0))
        .order_by(Delivery.id.desc())
    )
    return tuple((row.id, row.intervention_id, row.place) for row in rows)


@dataclass(frozen=True)
class EndedGroup:
    """A group that was closed, with its numbers. `first` and `last`: the days it was held between, if it was."""

    id: int
    place: str
    municipality: str
    held: int
    called_off: int
    counts: Counts
    first: datetime | None
    last: datetime | None


def ended_group(db: Session, person_id: int, group_id: int) -> EndedGroup:
    """One of the groups that somebody led and closed. Raises: NotFound."""
    found = next((one for one in ended_groups(db, person_id) if one.id == group_id), None)
    if found is None:
        raise NotFound
    return found


_ENDED: Final = (
    select(
        Delivery.id,
        Delivery.place,
        Delivery.municipality,
        Delivery.started,
        Delivery.finished,
        Delivery.guests,
        func.count(DeliveryDate.attended).label("held"),
        func.count(DeliveryDate.called_off_at).label("called_off"),
        func.min(case((DeliveryDate.attended.is_not(None), DeliveryDate.starts_at))).label("first"),
        func.max(case((DeliveryDate.attended.is_not(None), DeliveryDate.starts_at))).label("last"),
    )
    .outerjoin(DeliveryDate, DeliveryDate.delivery_id == Delivery.id)
    .where(Delivery.leader_id == bindparam("leader"), Delivery.ended_at.is_not(None))
    .group_by(Delivery.id)
    .order_by(Delivery.id.desc())
)


def ended_groups(db: Session, person_id: int) -> tuple[EndedGroup, ...]:
    """The groups that somebody led and closed, the latest first: one statement."""
    return tuple(
        EndedGroup(
            id=row.id,
            place=row.place,
            municipality=row.municipality,
            held=row.held,
            called_off=row.called_off,
            counts=Counts(row.started, row.finished, row.guests),
            first=row.first,
            last=row.last,
        )
        for row in fetch(db, _ENDED, leader=person_id)
    )
