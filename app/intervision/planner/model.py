"""What the planner is told, and what it answers. Ids are whatever the caller uses; points are the price of a wish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

TABLE_MIN = 4  # domain.md 9.2: tables of 4-8, ideally 6-7; 3 only when people drop out late
TABLE_MAX = 8
TABLE_IDEAL = 7
TABLE_LATE = 3


class Why(StrEnum):
    """What decided about somebody: first why she sits where she sits, then why she has no seat."""

    FIXED = "fixed"
    ONLY = "only"
    PREFERRED = "preferred"
    NEAREST = "nearest"
    FITS = "fits"
    OTHERS_FULL = "others_full"
    MIXED = "mixed"
    NO_DAY = "no_day"
    BUSY = "busy"
    CLASH = "clash"
    FULL = "full"
    CLOSED = "closed"
    MANAGER = "manager"


@dataclass(frozen=True)
class Someone:
    """One person. `slots`: where she may go. `seat`: the meeting where she has her seat already, which stays.

    `distance` in minutes for each slot, as far as known. `busy`: when she is elsewhere. `experience` from 0 (new).
    """

    id: int
    slots: frozenset[int] = frozenset()
    organisation: int | None = None
    experience: int = 0
    brings_case: bool = False
    distance: Mapping[int, int] = field(default_factory=dict)
    prefers: frozenset[int] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()
    seat: int | None = None
    last_with: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Slot:
    """One meeting. `held`: seats that are taken by nobody in the list of people. `leaders` are people with a seat."""

    id: int
    starts: datetime
    ends: datetime
    seats: int
    leaders: tuple[int, ...] = ()
    room: str = ""
    held: int = 0

    def overlaps(self, starts: datetime, ends: datetime) -> bool:
        return self.starts < ends and starts < self.ends


@dataclass(frozen=True)
class Rules:
    """What always holds. `managers`: (person, her manager).

    `close`: meetings without a seat taken may stay empty, so that none has fewer than `minimum` people.
    """

    managers: frozenset[tuple[int, int]] = frozenset()
    close: bool = False
    minimum: int = TABLE_MIN
    table_min: int = TABLE_MIN
    table_max: int = TABLE_MAX
    table_ideal: int = TABLE_IDEAL

    def apart(self, one: int, other: int) -> bool:
        """Whether two people may not share a table."""
        return (one, other) in self.managers or (other, one) in self.managers


@dataclass(frozen=True)
class Wishes:
    """What is weighed, in points: `travel` for a minute, the others for each time that it goes otherwise.

    `same_tables`: keep people with whom they sat last time, rather than mix them.
    """

    travel: int = 1
    preference: int = 40
    organisations: int = 15
    experience: int = 5
    case: int = 40
    last_time: int = 20
    same_tables: bool = False


@dataclass(frozen=True)
class Problem:
    """Dividing the seats as numbers only: people and slots are rows and columns.

    `costs[i][j]` in points, -1 where she may not go. `limits[(organisation, slot)]`: how many of one organisation cost
    nothing extra; each more costs `over`. `clashes`: pairs of slots of which only one may be used. A slot in `closable`
    gets nobody, or at least `minimum`.
    """

    costs: tuple[tuple[int, ...], ...]
    seats: tuple[int, ...]
    organisations: tuple[int, ...]
    limits: Mapping[tuple[int, int], int]
    over: int
    closable: frozenset[int] = frozenset()
    minimum: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Solution:
    """The slot of each person, -1 without. `bound`: with as many people placed, no division has fewer points."""

    chosen: tuple[int, ...]
    bound: float
    by: str
    closed: frozenset[int] = frozenset()


Solve = Callable[[Problem], Solution]


@dataclass(frozen=True)
class Placement:
    """Somebody in a meeting. `instead`: the meetings she would rather have had."""

    person: int
    slot: int
    why: Why
    minutes: int | None = None
    instead: tuple[int, ...] = ()


@dataclass(frozen=True)
class Unplaced:
    """Somebody without a seat."""

    person: int
    why: Why


@dataclass(frozen=True)
class Table:
    """Who sits together. `number` counts from 1 within the meeting."""

    slot: int
    number: int
    leader: int | None
    people: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """The answer: seats, tables, and how good it is. `standing`: who has a seat but no table that keeps the rules."""

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    tables: tuple[Table, ...]
    standing: tuple[Unplaced, ...]
    closed: tuple[int, ...]
    objective: int
    bound: float
    by: str
    table_points: int
    table_bound: int

    @property
    def gap(self) -> float:
        """How far, as a share, the seats may be from the best that is possible; 0 is proven best."""
        return max(0.0, self.objective - self.bound) / max(1.0, float(self.objective))
