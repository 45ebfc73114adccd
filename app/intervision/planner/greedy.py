"""Dividing the seats without a solver: always there, as many people as possible, not always the fewest points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.intervision.planner.model import Problem, Solution

PASSES = 4


def greedy(problem: Problem) -> Solution:
    """Who has least choice first, each where it costs least; then make room by moving others; then improve.

    Places the greatest number of people that the seats allow (augmenting paths), unless meetings are closed.
    """
    closed: set[int] = set()
    division = _divided(problem, closed)
    while (small := _too_small(problem, division, closed)) is not None:
        closed.add(small)
        division = _divided(problem, closed)
    placed = sum(slot >= 0 for slot in division.chosen)
    return Solution(tuple(division.chosen), bound(problem, placed), "greedy", frozenset(closed))


def points(problem: Problem, chosen: Iterable[int]) -> int:
    """What a division costs in wishes; who has no seat is not in it."""
    spent, used = 0, Counter[tuple[int, int]]()
    for person, slot in enumerate(chosen):
        if slot >= 0:
            spent += problem.costs[person][slot]
            used[problem.organisations[person], slot] += 1
    return spent + sum(
        problem.over * max(0, used[which] - limit) for which, limit in problem.limits.items() if used[which]
    )


def bound(problem: Problem, placed: int) -> float:
    """What the wishes cost at least when this many people have a seat: each the best day, without the dearest."""
    best = [min((cost for cost in row if cost >= 0), default=None) for row in problem.costs]
    return float(sum(sorted(cost for cost in best if cost is not None)[:placed]))


class _Division:
    """A division on the way: who sits where, how full it is, and how many of each organisation there are."""

    def __init__(self, problem: Problem, closed: set[int]) -> None:
        self.problem = problem
        self.chosen = [-1] * len(problem.costs)
        self.free = [0 if slot in closed else seats for slot, seats in enumerate(problem.seats)]
        self.used: Counter[tuple[int, int]] = Counter()
        self.inside: list[set[int]] = [set() for _ in problem.seats]
        self.limited = {organisation for organisation, _ in problem.limits}
        self.full: set[int] = set()  # no chain leads out of these to a free seat, now or later
        self.possible = [
            [slot for slot, cost in enumerate(row) if cost >= 0 and slot not in closed] for row in problem.costs
        ]

    def cheapest(self, person: int) -> int:
        """The meeting with a free seat that costs least now, the first of equals; -1 when there is none."""
        row, free = self.problem.costs[person], self.free
        possible = [slot for slot in self.possible[person] if free[slot] > 0]
        organisation = self.problem.organisations[person]
        if organisation not in self.limited:
            return min(possible, key=row.__getitem__, default=-1)
        limits, used, over = self.problem.limits, self.used, self.problem.over
        return min(
            possible,
            key=lambda slot: (
                row[slot] + over * (used[organisation, slot] >= limits.get((organisation, slot), len(self.chosen)))
            ),
            default=-1,
        )

    def put(self, person: int, slot: int) -> None:
        self.chosen[person] = slot
        self.free[slot] -= 1
        self.used[self.problem.organisations[person], slot] += 1
        self.inside[slot].add(person)

    def take(self, person: int) -> int:
        slot = self.chosen[person]
        self.chosen[person] = -1
        self.free[slot] += 1
        self.used[self.problem.organisations[person], slot] -= 1
        self.inside[slot].remove(person)
        return slot


def _divided(problem: Problem, closed: set[int]) -> _Division:
    division = _Division(problem, closed)
    choices = division.possible
    for person in sorted(range(len(choices)), key=lambda one: (len(choices[one]), one)):
        slot = division.cheapest(person)
        if slot >= 0:
            division.put(person, slot)
        else:
            _make_room(division, person)
    _improve(division)
    return division


def _make_room(division: _Division, person: int) -> None:
    """Seat somebody by moving others along, over the shortest chain that ends at a free seat, if there is one."""
    row = division.problem.costs[person]
    queue = sorted(set(division.possible[person]) - division.full, key=lambda slot: (row[slot], slot))
    came = dict.fromkeys(queue, (person, -1))  # slot -> who would go there, and from which slot; -1: the newcomer
    for slot in queue:  # grows while we look: breadth first
        if division.free[slot] > 0:
            _shift(division, slot, came)
            return
        for other in sorted(division.inside[slot]):
            for next_slot in division.possible[other]:
                if next_slot not in came and next_slot not in division.full:
                    came[next_slot] = (other, slot)
                    queue.append(next_slot)
    division.full |= came.keys()


def _shift(division: _Division, slot: int, came: dict[int, tuple[int, int]]) -> None:
    while slot >= 0:
        person, origin = came[slot]
        if origin >= 0:
            division.take(person)
        division.put(person, slot)
        slot = origin


def _improve(division: _Division) -> None:
    """Let people move to a free seat that costs less, until nobody wants to."""
    for _ in range(PASSES):
        moved = False
        for person, here in enumerate(division.chosen):
            if here < 0:
                continue
            division.take(person)
            best = division.cheapest(person)
            division.put(person, best)
            moved = moved or best != here
        if not moved:
            return


def _too_small(problem: Problem, division: _Division, closed: set[int]) -> int | None:
    """The smallest meeting that would not reach the minimum, if it may stay closed."""
    small = [
        (len(division.inside[slot]), slot)
        for slot in problem.closable - closed
        if 0 < len(division.inside[slot]) < problem.minimum
    ]
    return min(small)[1] if small else None
