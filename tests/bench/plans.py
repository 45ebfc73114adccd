"""How long the planner needs for a round, and how near it comes to the best that is possible."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from app.intervision.planner.greedy import greedy
from app.intervision.planner.model import Rules, Slot, Someone, Wishes
from app.intervision.planner.plan import form_groups
from app.intervision.planner.solving import best

FIRST: Final = datetime(2027, 3, 8, 12, 30, tzinfo=UTC)
REGIONS: Final = 3
WIDE: Final = 60  # minutes from one side of a region to the other
SIZES: Final = ((200, 25, 12, 30), (5_000, 105, 48, 300))
"""People, meetings with a gespreksleider each, seats in each, organisations."""


def round_of(people: int, meetings: int, seats: int, organisations: int) -> tuple[list[Someone], list[Slot], Rules]:
    """A round over three regions: each cannot come to some of the meetings, and one in ten works for another one."""
    chance = Random(2027)
    slots = []
    for at in range(meetings):
        starts = FIRST + timedelta(days=at // 2, hours=3 * (at % 2))
        slots.append(Slot(at, starts, starts + timedelta(hours=2, minutes=30), seats, (at,), f"zaal {at}"))
    where = [at % REGIONS * 2 * WIDE + chance.randrange(WIDE) for at in range(meetings)]
    found = [Someone(at, frozenset({at}), organisation=at % organisations + 1, seat=at) for at in range(meetings)]
    for id_ in range(meetings, people):
        home = chance.randrange(REGIONS) * 2 * WIDE + chance.randrange(WIDE)
        found.append(
            Someone(
                id_,
                frozenset(chance.sample(range(meetings), meetings * 2 // 3)),
                organisation=chance.randrange(organisations) + 1,
                experience=chance.randrange(3),
                brings_case=chance.random() < 0.3,
                distance={at: 5 + abs(home - there) for at, there in enumerate(where)},
                last_with=frozenset(chance.sample(range(people), 6)),
            )
        )
    managers = frozenset((id_, id_ - id_ % 10) for id_ in range(meetings, people) if id_ % 10)
    return found, slots, Rules(managers=frozenset(pair for pair in managers if chance.random() < 0.1))


def plans() -> None:
    """Print a line for each size: without a solver, and with."""
    head = f"{'plan':38}{'by':>8}{'s':>7}{'CPU s':>7}{'placed':>8}{'points':>9}{'gap':>7}{'tables':>8}"
    print(f"{head}{'MB':>6}{'child MB':>10}")
    for size in SIZES:
        for solver in (False, True):
            line(size, *round_of(*size), solver=solver)


def line(size: tuple[int, ...], people: list[Someone], slots: list[Slot], rules: Rules, *, solver: bool) -> None:
    """One plan, measured."""
    began, used = time.perf_counter(), _processor_s()
    plan = form_groups(people, slots, rules, Wishes(), 1, solve=best if solver else greedy)
    took, used = time.perf_counter() - began, _processor_s() - used
    if len(plan.placements) + len(plan.unplaced) != len(people):
        raise RuntimeError("somebody is missing from the plan")
    name = f"{size[0]} people, {size[1]} meetings of {size[2]} seats"
    memory = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"{name:38}{plan.by:>8}{took:7.1f}{used:7.1f}{len(plan.placements):8}{plan.objective:9}{plan.gap:7.1%}"
        f"{len(plan.tables):8}{memory[0]:6.0f}{memory[1]:10.0f}"
    )


def _processor_s() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
