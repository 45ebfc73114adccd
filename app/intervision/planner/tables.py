"""Dividing the people of one meeting over tables: a fair start, then swaps as long as they help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from app.intervision.planner.model import Rules, Slot, Someone, Table, Wishes

NEVER = 100_000  # points for two who may not share a table: more than all wishes of a meeting together
PASSES = 12
LONELY = 2  # a table without a gespreksleider, against one person more or less than ideal


@dataclass(frozen=True)
class Divided:
    """The tables of one meeting. `broken`: pairs that no division kept apart, as ids. `bound`: never fewer points."""

    tables: tuple[Table, ...]
    broken: tuple[tuple[int, int], ...]
    points: int
    bound: int


def divide(slot: Slot, people: Sequence[Someone], rules: Rules, wishes: Wishes, seed: int) -> Divided:
    """Tables for who has a seat in a meeting. The order of people does not matter."""
    if not people:
        return Divided((), (), 0, 0)
    inside = sorted(people, key=lambda one: one.id)
    best: Divided | None = None
    for count in _counts(len(inside), len(slot.leaders), rules):
        found = _Tables(slot, inside, count, rules=rules, wishes=wishes, seed=seed).divided()
        if best is None or len(found.broken) < len(best.broken):
            best = found
        if not best.broken:
            break
    assert best is not None  # noqa: S101 - there is always a count
    return best


def how_many(number: int, leaders: int, rules: Rules) -> int:
    """How many tables so many people make."""
    return _counts(number, leaders, rules)[0]


def _counts(number: int, leaders: int, rules: Rules) -> list[int]:
    """Possible numbers of tables, the best first: near the ideal size, and each with a gespreksleider."""
    least = max(1, -(-number // rules.table_max))
    most = max(least, number // rules.table_min)

    def far(count: int) -> tuple[float, int]:
        each = number / count
        return count * abs(each - rules.table_ideal + 0.5) + LONELY * max(0, count - leaders) * bool(leaders), count

    return sorted(range(least, most + 1), key=far)


class _Tables:
    """People and tables as numbers, with the price of each pair and of each person at each table kept up to date."""

    def __init__(
        self, slot: Slot, people: Sequence[Someone], count: int, *, rules: Rules, wishes: Wishes, seed: int
    ) -> None:
        self.slot, self.people, self.count, self.rules, self.wishes = slot, people, count, rules, wishes
        self.random = Random(f"{seed}:{slot.id}")  # noqa: S311 - the same answer for the same seed
        ids = {one.id: at for at, one in enumerate(people)}
        self.pairs = _pairs(people, rules, wishes)
        self.leading = [ids[id_] for id_ in slot.leaders[:count] if id_ in ids]
        self.leaders = [*slot.leaders[:count]] + [None] * max(0, count - len(slot.leaders))
        self.at = [-1] * len(people)
        self.size = [0] * count
        self.cases = [0] * count
        self.guests = {table: id_ for table, id_ in enumerate(slot.leaders[:count]) if id_ not in ids}
        self.sums = [[self._with_guest(one.id, table) for table in range(count)] for one in people]

    def _with_guest(self, person: int, table: int) -> int:
        """A gespreksleider without a seat of her own does not lead people of hers either."""
        guest = self.guests.get(table)
        return 0 if guest is None or not self.rules.apart(person, guest) else NEVER

    def divided(self) -> Divided:
        self._start()
        self._swap()
        if self._broken():
            self._move()
            self._swap()
        tables = tuple(
            Table(
                self.slot.id,
                number + 1,
                self.leaders[number],
                tuple(one.id for at, one in enumerate(self.people) if self.at[at] == number),
            )
            for number in range(self.count)
        )
        broken = self._broken()
        return Divided(
            tables, broken, self._points() - NEVER * len(broken), _bound(self.people, self.count, self.wishes)
        )

    def _start(self) -> None:
        """Leaders each at their own table; then who is hardest to seat, where it costs least and there is room."""
        room = [len(self.people) // self.count + (at < len(self.people) % self.count) for at in range(self.count)]
        for table, leader in enumerate(self.slot.leaders[: self.count]):
            row = next((at for at in self.leading if self.people[at].id == leader), None)
            if row is not None:
                self._put(row, table)
        colleagues = Counter(one.organisation for one in self.people)
        rest = [at for at in range(len(self.people)) if self.at[at] < 0]
        self.random.shuffle(rest)
        rest.sort(
            key=lambda at: (
                -max(self.pairs[at]),
                not self.people[at].brings_case,
                -colleagues[self.people[at].organisation],
            )
        )
        for row in rest:
            free = [table for table in range(self.count) if self.size[table] < room[table]]
            bringing = self.people[row].brings_case
            self._put(
                row,
                min(free, key=lambda table: (self.sums[row][table], bringing and self.cases[table], self.size[table])),
            )

    def _put(self, row: int, table: int) -> None:
        here = self.at[row]
        pairs = self.pairs[row]
        for other, sums in enumerate(self.sums):
            if here >= 0:
                sums[here] -= pairs[other]
            sums[table] += pairs[other]
        if here >= 0:
            self.size[here] -= 1
            self.cases[here] -= self.people[row].brings_case
        self.at[row] = table
        self.size[table] += 1
        self.cases[table] += self.people[row].brings_case

    def _swap(self) -> None:
        """Swap two people of different tables whenever that saves points. Who leads stays at her table."""
        rows = [at for at in range(len(self.people)) if at not in self.leading]
        self.random.shuffle(rows)
        for _ in range(PASSES):
            swapped = False
            for first, one in enumerate(rows):
                for other in rows[first + 1 :]:
                    if self.at[one] != self.at[other] and self._saved(one, other) > 0:
                        here, there = self.at[one], self.at[other]
                        self._put(one, there)
                        self._put(other, here)
                        swapped = True
            if not swapped:
                return

    def _saved(self, one: int, other: int) -> int:
        here, there, sums = self.at[one], self.at[other], self.sums
        now = sums[one][here] + sums[other][there]
        then = sums[one][there] + sums[other][here] - 2 * self.pairs[one][other]
        saved = now - then
        moved = self.people[other].brings_case - self.people[one].brings_case
        if moved:
            before = (self.cases[here] == 0) + (self.cases[there] == 0)
            after = (self.cases[here] + moved == 0) + (self.cases[there] - moved == 0)
            saved += self.wishes.case * (before - after)
        return saved

    def _move(self) -> None:
        """Let somebody who may not sit here go to a table that has room, though the sizes become less even."""
        for row in range(len(self.people)):
            here = self.at[row]
            if row in self.leading or self.sums[row][here] < NEVER or self.size[here] <= self.rules.table_min:
                continue
            room = [table for table in range(self.count) if self.size[table] < self.rules.table_max and table != here]
            better = [table for table in room if self.sums[row][table] < NEVER]
            if better:
                self._put(row, min(better, key=lambda table: (self.sums[row][table], table)))

    def _broken(self) -> tuple[tuple[int, int], ...]:
        pairs = [
            (self.people[one].id, self.people[other].id)
            for one in range(len(self.people))
            for other in range(one + 1, len(self.people))
            if self.pairs[one][other] >= NEVER and self.at[one] == self.at[other]
        ]
        guests = [
            (one.id, self.guests[self.at[row]])
            for row, one in enumerate(self.people)
            if self._with_guest(one.id, self.at[row])
        ]
        return tuple(pairs + guests)

    def _points(self) -> int:
        rows = range(len(self.people))
        twice = sum(self.pairs[row][other] for row in rows for other in rows if self.at[row] == self.at[other])
        guests = NEVER * sum(bool(self._with_guest(one.id, self.at[row])) for row, one in enumerate(self.people))
        return guests + twice // 2 + self.wishes.case * sum(number == 0 for number in self.cases)


def _pairs(people: Sequence[Someone], rules: Rules, wishes: Wishes) -> list[list[int]]:
    """What it costs that two people share a table."""
    last = -wishes.last_time if wishes.same_tables else wishes.last_time
    apart = {pair for one, other in rules.managers for pair in ((one, other), (other, one))}
    pairs = [[0] * len(people) for _ in people]
    for row, one in enumerate(people):
        for column in range(row + 1, len(people)):
            other = people[column]
            price = wishes.organisations if one.organisation and one.organisation == other.organisation else 0
            price += wishes.experience if one.experience == other.experience else 0
            price += last if other.id in one.last_with or one.id in other.last_with else 0
            price += NEVER if (one.id, other.id) in apart else 0
            pairs[row][column] = pairs[column][row] = price
    return pairs


def _bound(people: Sequence[Someone], count: int, wishes: Wishes) -> int:
    """Points that no division avoids: colleagues and equals spread as evenly as can be, and too few cases."""
    organisations = Counter(one.organisation for one in people if one.organisation)
    least = wishes.organisations * _spread(organisations, count)
    least += wishes.experience * _spread(Counter(one.experience for one in people), count)
    least += wishes.case * max(0, count - sum(one.brings_case for one in people))
    if wishes.same_tables:
        ids = {one.id for one in people}
        met = {frozenset((one.id, other)) for one in people for other in one.last_with & ids if other != one.id}
        least -= wishes.last_time * len(met)
    return least


def _spread(groups: Counter[Any], count: int) -> int:
    """How many pairs of one kind meet at least, over so many tables."""
    pairs = 0
    for number in groups.values():
        each, more = divmod(number, count)
        pairs += (count - more) * each * (each - 1) // 2 + more * (each + 1) * each // 2
    return pairs
