"""The solver in a process of its own, and what happens without it."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from app.intervision.planner.greedy import greedy, points
from app.intervision.planner.model import Problem, Solution
from app.kit import child

SECONDS: Final = 60  # of processor time; 5,000 people need three
DIVIDE: Final = "app.intervision.planner.highs:divide"


def best(problem: Problem) -> Solution:
    """The solver where it is, works and is done in time; the greedy way otherwise. Never without an answer."""
    fallback = greedy(problem)
    if find_spec("highspy") is None:
        return fallback
    try:
        found = in_child(problem, start=fallback.chosen)
    except child.ChildFailed:
        return fallback
    return found if _better(problem, found, fallback) else fallback


def in_child(problem: Problem, *, start: Sequence[int] = (), seconds: int = SECONDS) -> Solution:
    """What HiGHS makes of it; `start` is an answer to begin with.

    Raises: ChildFailed when it is absent, too slow, or takes too much memory.
    """
    if not problem.costs:
        return greedy(problem)
    told = {
        "people": len(problem.costs),
        "seats": problem.seats,
        "organisations": problem.organisations,
        "limits": [[*which, number] for which, number in sorted(problem.limits.items())],
        "over": problem.over,
        "closable": sorted(problem.closable),
        "minimum": problem.minimum,
        "seed": problem.seed,
        "start": list(start),
    }
    costs = array("i", (cost for row in problem.costs for cost in row))
    content = json.dumps(told).encode() + b"\n" + costs.tobytes()
    facts, _ = child.call(DIVIDE, content, seconds=seconds, limit=seconds - 5)
    return Solution(tuple(facts["chosen"]), facts["bound"], "highs", frozenset(facts["closed"]))


def _better(problem: Problem, found: Solution, fallback: Solution) -> bool:
    """Whether an answer keeps the rules and is no worse: the child is not taken at its word."""
    inside = [0] * len(problem.seats)
    for person, slot in enumerate(found.chosen):
        if slot >= 0:
            if problem.costs[person][slot] < 0:
                return False
            inside[slot] += 1
    if any(number > seats for number, seats in zip(inside, problem.seats, strict=True)):
        return False
    return _rank(problem, found) <= _rank(problem, fallback)


def _rank(problem: Problem, solution: Solution) -> tuple[int, int]:
    return solution.chosen.count(-1), points(problem, solution.chosen)
