"""A season from last year's: the same meetings on the nearest days that people can come. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from app.intervision.days import MONTHS, Free, days_to_meet, free_day
from app.intervision.places import Region, city_in, region_of
from app.intervision.rules import Half
from app.kit.text import fold
from app.meetings.rules import NET_MINUTES, SEATS_MAX, SEATS_MIN

SHARE: Final = 0.7  # domain.md 9.2: of those who need a meeting, a guess
AT_TABLE: Final = 7  # domain.md 9.2: ceil(expected / 7)
TABLES_MOST: Final = 3  # of one meeting, when there is none of last year to go by: what two people can receive
YEAR: Final = timedelta(weeks=52)
CLOSES_BEFORE: Final = timedelta(days=14)  # domain.md 9.2: sign-up closes 14 days before
THURSDAY: Final = 3
VENUE_TO_COME: Final = "Plek volgt"
"""The venue of a meeting whose room is still to be found; it is not published before there is one."""
EVERYWHERE: Final = frozenset(Region)


class Why(StrEnum):
    """Why a meeting is proposed on its day."""

    SAME_WEEK = "same_week"
    MOVED = "moved"
    """Another week: that of last year is free for something, or outside the months of the round, or taken."""
    FROM_COUNT = "from_count"
    """There is nothing of last year: it follows from how many people need one."""


@dataclass(frozen=True)
class Meeting:
    """What a meeting is, but for its day. `leaders` by id."""

    starts: time
    ends: time
    net_minutes: int
    seats: int
    venue: str
    address: str
    link: str = ""
    access: str = ""
    food: str = ""
    bring: str = ""
    leaders: tuple[int, ...] = ()

    @property
    def regions(self) -> frozenset[Region]:
        """Whose school holidays count: of its place; of everybody when we do not know it, or meet online."""
        found = region_of(city_in(self.address))
        return EVERYWHERE if found is None else frozenset({found})

    @property
    def region(self) -> Region | None:
        return region_of(city_in(self.address))


@dataclass(frozen=True)
class Held:
    """A meeting of last year: what it was, and when."""

    id: int
    day: date
    meeting: Meeting


@dataclass(frozen=True)
class Proposal:
    """A meeting for the coming year. `free`: why it is not in the week of last year; `weeks` how many later."""

    day: date
    meeting: Meeting
    why: Why
    weeks: int = 0
    free: Free | None = None
    outside: bool = False
    """Last year's meeting fell outside the months of the round."""
    before: date | None = None
    gone: tuple[int, ...] = ()
    """Who led it last year and may not any more."""


@dataclass(frozen=True)
class Count:
    """How many people of a region need a meeting, how many come then, and at how many tables; and what is offered."""

    region: Region | None
    needing: int
    expected: int
    tables: int
    seats: int


def expected_of(needing: int, extra: int = 0) -> int:
    """How many people come: domain.md 9.2, needs x 0.7 + those who come by choice."""
    return ceil(round(needing * SHARE, 6)) + extra


def tables_for(people: int) -> int:
    """How many tables that asks."""
    return ceil(people / AT_TABLE)


def propose(
    last: Sequence[Held],
    *,
    year: int,
    half: Half,
    may_lead: Collection[int],
    taken: Iterable[tuple[datetime, datetime, Meeting]] = (),
    not_before: date,
) -> list[Proposal]:
    """Each meeting of last year's round on the nearest day of the same weekday that fits, by day.

    `taken`: meetings of other rounds, with local times. A room and a gespreksleider are in one place at a time.
    """
    busy = list(taken)
    found: list[Proposal] = []
    for held in sorted(last, key=lambda one: (one.day, one.id)):
        stay = tuple(one for one in held.meeting.leaders if one in may_lead)
        meeting = replace(held.meeting, leaders=stay)
        days = [day for day in days_to_meet(year, half) if day >= not_before]
        day = _nearest(held.day + YEAR, meeting, days, busy)
        if day is None:
            continue
        busy.append((datetime.combine(day, meeting.starts), datetime.combine(day, meeting.ends), meeting))
        found.append(_explained(held, day, meeting, half))
    return sorted(found, key=lambda one: (one.day, one.meeting.starts))


def propose_from_count(
    counts: Iterable[Count], *, year: int, half: Half, not_before: date, city: Mapping[Region | None, str]
) -> list[Proposal]:
    """Meetings for a region of which last year had none: at most three tables each, a week apart, on Thursdays."""
    found: list[Proposal] = []
    for count in counts:
        meetings = ceil(count.tables / TABLES_MOST)
        if not meetings or count.seats:
            continue
        seats = min(SEATS_MAX, max(SEATS_MIN, ceil(count.expected / meetings)))
        meeting = Meeting(
            time(13, 30), time(16), NET_MINUTES, seats, VENUE_TO_COME, city.get(count.region, "") or VENUE_TO_COME
        )
        days = [
            day
            for day in days_to_meet(year, half)
            if day.weekday() == THURSDAY and day >= not_before and free_day(day, meeting.regions) is None
        ]
        step = max(1, len(days) // (meetings + 1))
        found += [Proposal(day, meeting, Why.FROM_COUNT) for day in days[step - 1 :: step][:meetings]]
    return sorted(found, key=lambda one: (one.day, one.meeting.address))


def closing_day(first: date, today: date) -> date:
    """Until when people answer, for a round of which the first meeting is on this day; never a day that has passed."""
    return max(first - CLOSES_BEFORE, today)


def counted(
    needing: dict[Region | None, int], proposals: Iterable[Proposal], extra: int = 0
) -> tuple[list[Count], Count]:
    """How many people need a meeting by region beside what the proposal offers there, and the whole.

    Who comes by choice belongs to no region. A meeting whose place we do not know counts for the whole alone.
    """
    proposals = list(proposals)
    seats: dict[Region | None, int] = {}
    for one in proposals:
        seats[one.meeting.region] = seats.get(one.meeting.region, 0) + one.meeting.seats
    regions = [one for one in (*Region, None) if needing.get(one) or (one and seats.get(one))]
    by_region = [_count(one, needing.get(one, 0), seats.get(one, 0)) for one in regions]
    return by_region, _count(None, sum(needing.values()), sum(seats.values()), extra)


def _count(region: Region | None, needing: int, seats: int, extra: int = 0) -> Count:
    expected = expected_of(needing, extra)
    return Count(region, needing, expected, tables_for(expected), seats)


def _nearest(
    wanted: date, meeting: Meeting, days: Iterable[date], busy: Iterable[tuple[datetime, datetime, Meeting]]
) -> date | None:
    """The same weekday if one of them fits, else any."""
    fit = [day for day in days if free_day(day, meeting.regions) is None and not _clashes(day, meeting, busy)]
    return min(fit, key=lambda day: (day.weekday() != wanted.weekday(), abs(day - wanted), day), default=None)


def _clashes(day: date, meeting: Meeting, busy: Iterable[tuple[datetime, datetime, Meeting]]) -> bool:
    starts, ends = datetime.combine(day, meeting.starts), datetime.combine(day, meeting.ends)
    return any(
        begins < ends and stops > starts and (_same_room(other, meeting) or set(other.leaders) & set(meeting.leaders))
        for begins, stops, other in busy
    )


def _same_room(one: Meeting, other: Meeting) -> bool:
    rooms = [(fold(item.venue), fold(item.address)) for item in (one, other)]
    return bool(one.address) and one.venue != VENUE_TO_COME and rooms[0] == rooms[1]


def _explained(held: Held, day: date, meeting: Meeting, half: Half) -> Proposal:
    wanted = held.day + YEAR
    gone = tuple(one for one in held.meeting.leaders if one not in meeting.leaders)
    if day == wanted:
        return Proposal(day, meeting, Why.SAME_WEEK, before=held.day, gone=gone)
    outside = wanted.month not in MONTHS[half]
    free = None if outside else free_day(wanted, meeting.regions)
    weeks = round((day - wanted).days / 7)
    return Proposal(day, meeting, Why.MOVED, weeks, free, outside, before=held.day, gone=gone)
