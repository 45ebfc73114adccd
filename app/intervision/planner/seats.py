"""From people and meetings to numbers, and from the numbers back to a seat with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.intervision.planner.model import Placement, Problem, Rules, Slot, Solution, Someone, Unplaced, Why, Wishes

UNKNOWN = 60  # minutes: how far a meeting is taken to be when nobody knows


@dataclass(frozen=True)
class Question:
    """Whose seats are to be divided: the problem, its people and meetings in order, and why somebody may not go."""

    problem: Problem
    people: tuple[Someone, ...]
    slots: tuple[Slot, ...]
    never: Mapping[int, Why]
    taken: Counter[int]


def question(people: Sequence[Someone], slots: Sequence[Slot], rules: Rules, wishes: Wishes, seed: int) -> Question:
    """Only people without a seat are divided; who has one stays, and counts."""
    seated = [one for one in people if one.seat is not None]
    loose = tuple(one for one in people if one.seat is None)
    taken: Counter[int] = Counter(one.seat for one in seated if one.seat is not None)
    taken.update({slot.id: slot.held for slot in slots})
    blocked = clashing(slots, taken)
    rows: list[tuple[int, ...]] = []
    never: dict[int, Why] = {}
    for one in loose:
        row = _row(one, slots, blocked, wishes)
        rows.append(row)
        if max(row, default=-1) < 0:
            never[one.id] = _why_never(one, slots, blocked)
    names = {name: at for at, name in enumerate(sorted({one.organisation for one in people if one.organisation}))}
    organisations = tuple(names.get(one.organisation or 0, -1) for one in loose)
    problem = Problem(
        costs=tuple(rows),
        seats=tuple(max(0, slot.seats - taken[slot.id]) for slot in slots),
        organisations=organisations,
        limits=_limits(organisations, seated, slots, names, rules),
        over=wishes.organisations,
        closable=frozenset(at for at, slot in enumerate(slots) if rules.close and not taken[slot.id]),
        minimum=rules.minimum,
        seed=seed,
    )
    return Question(problem, loose, tuple(slots), never, taken)


def clashing(slots: Sequence[Slot], taken: Mapping[int, int]) -> frozenset[int]:
    """The meetings where nobody is sent any more: their room or gespreksleider is elsewhere at that hour.

    Of two that cannot both be, the one with more seats taken goes on, then the earlier one.
    """
    blocked: set[int] = set()
    ordered = sorted(slots, key=lambda slot: (-taken.get(slot.id, 0), slot.starts, slot.id))
    kept: list[Slot] = []
    for slot in ordered:
        if any(_clash(slot, other) for other in kept):
            blocked.add(slot.id)
        else:
            kept.append(slot)
    return frozenset(blocked)


def answered(asked: Question, solution: Solution) -> tuple[list[Placement], list[Unplaced]]:
    """Each person of the question with her meeting and what decided, or with the reason that there is none."""
    full = {
        at
        for at, seats in enumerate(asked.problem.seats)
        if seats <= sum(slot == at for slot in solution.chosen) or at in solution.closed
    }
    placed: list[Placement] = []
    unplaced: list[Unplaced] = []
    for row, one in enumerate(asked.people):
        at = solution.chosen[row]
        if at >= 0:
            placed.append(_placement(one, row, at, asked, full))
        elif one.id in asked.never:
            unplaced.append(Unplaced(one.id, asked.never[one.id]))
        else:
            possible = {slot for slot, cost in enumerate(asked.problem.costs[row]) if cost >= 0}
            unplaced.append(Unplaced(one.id, Why.CLOSED if possible <= solution.closed else Why.FULL))
    return placed, unplaced


def _placement(one: Someone, row: int, at: int, asked: Question, full: set[int]) -> Placement:
    costs, slot = asked.problem.costs[row], asked.slots[at]
    better = [other for other, cost in enumerate(costs) if 0 <= cost < costs[at]]
    if sum(cost >= 0 for cost in costs) == 1:
        why = Why.ONLY
    elif slot.id in one.prefers:
        why = Why.PREFERRED
    elif better:
        why = Why.OTHERS_FULL if all(other in full for other in better) else Why.MIXED
    elif slot.id in one.distance:
        why = Why.NEAREST
    else:
        why = Why.FITS
    instead = tuple(asked.slots[other].id for other in sorted(better, key=lambda other: (costs[other], other))[:3])
    return Placement(one.id, slot.id, why, one.distance.get(slot.id), instead)


def _row(one: Someone, slots: Sequence[Slot], blocked: frozenset[int], wishes: Wishes) -> tuple[int, ...]:
    """What each meeting costs somebody; -1 where she may not go."""
    may = {slot.id for slot in slots if slot.id in one.slots and _free(one, slot)} if one.busy else one.slots
    may, near, travel = may - blocked, one.distance.get, wishes.travel
    if not one.prefers:
        return tuple([near(slot.id, UNKNOWN) * travel if slot.id in may else -1 for slot in slots])
    dear = {slot.id: 0 if slot.id in one.prefers else wishes.preference for slot in slots}
    return tuple([near(slot.id, UNKNOWN) * travel + dear[slot.id] if slot.id in may else -1 for slot in slots])


def _free(one: Someone, slot: Slot) -> bool:
    return slot.id in one.slots and not any(slot.overlaps(*span) for span in one.busy)


def _why_never(one: Someone, slots: Sequence[Slot], blocked: frozenset[int]) -> Why:
    possible = [slot for slot in slots if slot.id in one.slots]
    if any(_free(one, slot) and slot.id in blocked for slot in possible):
        return Why.CLASH
    return Why.BUSY if possible else Why.NO_DAY


def _clash(one: Slot, other: Slot) -> bool:
    together = bool(one.room and one.room == other.room) or bool(set(one.leaders) & set(other.leaders))
    return together and one.overlaps(other.starts, other.ends)


def _limits(
    organisations: Sequence[int],
    seated: Sequence[Someone],
    slots: Sequence[Slot],
    names: Mapping[int, int],
    rules: Rules,
) -> dict[tuple[int, int], int]:
    """How many colleagues fit in a meeting with each at another table; only where there are more than that."""
    there = Counter((names[one.organisation], one.seat) for one in seated if one.organisation)
    to_come = Counter(number for number in organisations if number >= 0)
    limits = {}
    for at, slot in enumerate(slots):
        tables = max(1, slot.seats // rules.table_ideal)
        for number, count in to_come.items():
            room = max(0, tables - there[number, slot.id])
            if count > room:
                limits[number, at] = room
    return limits
