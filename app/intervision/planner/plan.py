"""The planner: who goes to which meeting, and who sits at which table there. Pure: same input, same answer.

First the seats, then the tables. What makes two people impossible at the tables of a meeting (a manager and somebody
of hers, where there is only one table) sends the one who is not settled there yet to another meeting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from app.intervision.planner.greedy import greedy, points
from app.intervision.planner.model import Placement, Plan, Rules, Slot, Solve, Someone, Unplaced, Why, Wishes
from app.intervision.planner.seats import Question, answered, question
from app.intervision.planner.tables import Divided, divide


def form_groups(
    people: Sequence[Someone],
    slots: Sequence[Slot],
    rules: Rules,
    wishes: Wishes,
    seed: int,
    *,
    solve: Solve = greedy,
) -> Plan:
    """Seats and tables. `solve` divides the seats; the greedy way is within the process and needs no solver."""
    ordered = sorted(people, key=lambda one: one.id)
    Random(seed).shuffle(ordered)  # noqa: S311 - among equals the seed decides, not who was there first
    slots = sorted(slots, key=lambda slot: (slot.starts, slot.id))
    asked = question(ordered, slots, rules, wishes, seed)
    solution = solve(asked.problem)
    placed, unplaced = answered(asked, solution)
    seated = [Placement(one.id, one.seat, Why.FIXED) for one in ordered if one.seat is not None]
    room = _Room(ordered, asked, [*seated, *placed], rules=rules, wishes=wishes, seed=seed)
    unplaced += room.keep_apart()
    divided = [room.tables[slot.id] for slot in slots if slot.id in room.tables]
    return Plan(
        placements=tuple(sorted(room.placements.values(), key=lambda one: one.person)),
        unplaced=tuple(sorted(unplaced, key=lambda one: one.person)),
        tables=tuple(table for one in divided for table in one.tables),
        standing=tuple(room.standing),
        closed=tuple(sorted(asked.slots[at].id for at in solution.closed)),
        objective=points(asked.problem, solution.chosen),
        bound=solution.bound,
        by=solution.by,
        table_points=sum(one.points for one in divided),
        table_bound=sum(one.bound for one in divided),
    )


class _Room:
    """Everybody with a seat, by meeting, and the tables that follow."""

    def __init__(
        self,
        people: Sequence[Someone],
        asked: Question,
        placements: Sequence[Placement],
        *,
        rules: Rules,
        wishes: Wishes,
        seed: int,
    ) -> None:
        self.people = {one.id: one for one in people}
        self.rows = {one.id: row for row, one in enumerate(asked.people)}
        self.asked, self.rules, self.wishes, self.seed = asked, rules, wishes, seed
        self.placements = {one.person: one for one in placements}
        self.inside: dict[int, set[int]] = defaultdict(set)
        for one in placements:
            self.inside[one.slot].add(one.person)
        self.by_id = {slot.id: slot for slot in asked.slots}
        self.tables: dict[int, Divided] = {}
        self.standing: list[Unplaced] = []

    def keep_apart(self) -> list[Unplaced]:
        """Make the tables; whoever cannot sit with her manager goes elsewhere. Gives those for whom nothing is left."""
        out: list[Unplaced] = []
        for slot in self.asked.slots:
            found = self._divided(slot)
            while found.broken:
                person = self._who_yields(found)
                self.inside[slot.id].remove(person)
                if self.placements[person].why is Why.FIXED:
                    self.standing.append(Unplaced(person, Why.MANAGER))
                elif not self._elsewhere(person, slot):
                    del self.placements[person]
                    out.append(Unplaced(person, Why.MANAGER))
                found = self._divided(slot)
            self.tables[slot.id] = found
        self.tables = {id_: found for id_, found in self.tables.items() if found.tables}
        return out

    def _divided(self, slot: Slot) -> Divided:
        inside = [self.people[id_] for id_ in self.inside[slot.id]]
        return divide(slot, inside, self.rules, self.wishes, self.seed)

    def _who_yields(self, found: Divided) -> int:
        """Of those who may not sit together, somebody who is not settled here; never who leads, when it can be."""
        both = {person for pair in found.broken for person in pair} & self.placements.keys()
        leaders = {table.leader for table in found.tables}
        return min(both, key=lambda id_: (self.placements[id_].why is Why.FIXED, id_ in leaders, id_))

    def _elsewhere(self, person: int, full: Slot) -> bool:
        """Whether another meeting has room and a table for somebody; then she is there."""
        costs = self.asked.problem.costs[self.rows[person]]
        choices = sorted((cost, at) for at, cost in enumerate(costs) if cost >= 0 and self.asked.slots[at] is not full)
        for _, at in choices:
            slot = self.asked.slots[at]
            if len(self.inside[slot.id]) + slot.held >= slot.seats or self._closed(slot):
                continue
            self.inside[slot.id].add(person)
            found = self._divided(slot)
            if not found.broken:
                self.tables[slot.id] = found
                minutes = self.people[person].distance.get(slot.id)
                self.placements[person] = replace(
                    self.placements[person], slot=slot.id, why=Why.MANAGER, minutes=minutes, instead=(full.id,)
                )
                return True
            self.inside[slot.id].remove(person)
        return False

    def _closed(self, slot: Slot) -> bool:
        """A meeting where nobody goes may have to stay so."""
        return self.rules.close and not self.inside[slot.id]
