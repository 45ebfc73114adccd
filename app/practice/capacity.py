"""How full coaches are: people now, and visits in each week to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.courses.coaches import people_of, rooms_of
from app.courses.rules import CoachRoom
from app.delivery.tables import DeliveryDate
from app.kit.db import fetch
from app.kit.localtime import local_day, start_of
from app.practice.tables.work import CoachVisit

WEEKS_AHEAD: Final = 8
WEEK: Final = timedelta(days=7)

_VISITS: Final = (
    select(CoachVisit.coach_id, DeliveryDate.starts_at)
    .join(DeliveryDate, DeliveryDate.id == CoachVisit.date_id)
    .where(
        CoachVisit.coach_id.in_(bindparam("coaches", expanding=True)),
        CoachVisit.cancelled_at.is_(None),
        DeliveryDate.cancelled_at.is_(None),
        DeliveryDate.starts_at >= bindparam("since"),
        DeliveryDate.starts_at < bindparam("until"),
    )
)


@dataclass(frozen=True)
class WeekLoad:
    """The visits that stand in one week. `monday`: its first day; `number`: as calendars count weeks."""

    monday: date
    visits: int

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week


@dataclass(frozen=True)
class Capacity:
    """One coach: what she can take on, and what she has. `weeks` begins with the present one."""

    room: CoachRoom
    people: int
    weeks: tuple[WeekLoad, ...]

    @property
    def free(self) -> int:
        """How many people more she can take on; below nought she has too many."""
        return self.room.people_max - self.people


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def capacity_of(
    db: Session, coach_ids: Collection[int], *, now: datetime, weeks: int = WEEKS_AHEAD
) -> dict[int, Capacity]:
    """How full each coach is: people in training now, and visits a week from the present week on.

    Four statements, however many there are. Who filled in nothing has the usual room (`room.told` is false).
    """
    ids = list(set(coach_ids))
    if not ids:
        return {}
    first = monday_of(local_day(now))
    mondays = [first + WEEK * number for number in range(weeks)]
    found: Counter[tuple[int, date]] = Counter()
    for row in fetch(db, _VISITS, coaches=ids, since=start_of(first), until=start_of(first + WEEK * weeks)):
        found[row.coach_id, monday_of(local_day(row.starts_at))] += 1
    rooms, people = rooms_of(db, ids, today=local_day(now)), people_of(db, ids)
    return {
        id_: Capacity(rooms[id_], people[id_], tuple(WeekLoad(monday, found[id_, monday]) for monday in mondays))
        for id_ in ids
    }
