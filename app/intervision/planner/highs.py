"""Dividing the seats with HiGHS: person -> (organisation, meeting) -> meeting, as a linear programme.

That flow is integral by itself (performance.md). Only the cheapest meetings of each person are in it at first; others
come in when the prices of the seats say that they would help, so that 5,000 people fit, and the answer is the same.
Which meetings stay closed is a whole number for each meeting, and then everything is in it from the start.
Runs in a child process (`solving.in_child`): the solver is large, and may take all the time there is.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib import import_module
from typing import Any, Final

FIRST: Final = 6  # meetings of each person to begin with
MORE: Final = 6  # at most added for each person in a round
GUESSES: Final = 200  # steps towards the price of a seat before the solver starts
UNPLACED: Final = 1_000_000.0  # dearer than any chain of moves: first everybody, then the wishes
PATIENCE: Final = 10
PRIMAL: Final = 4  # kSimplexStrategyPrimal: new columns leave the last answer possible, so it starts there
WHOLE: Final = 0.5
FEASIBLE: Final = 2  # kSolutionStatusFeasible
SLACK: Final = 1e-6


def divide(content: bytes, *, limit: float) -> tuple[dict[str, Any], bytes]:
    """The child's side: a `Problem` as JSON; costs as bytes after the first line. Gives chosen, bound and closed."""
    numpy = import_module("numpy")
    head, _, raw = content.partition(b"\n")
    told = json.loads(head)
    costs = numpy.frombuffer(raw, dtype="<i4").reshape(told["people"], len(told["seats"])).astype(float)
    programme = _Programme(numpy, costs, told, limit)
    return programme.solved(), b""


class _Programme:
    """The linear programme, in the order: no seat (people), too many of one organisation, open meetings, seats."""

    def __init__(self, numpy: Any, costs: Any, told: dict[str, Any], seconds: float) -> None:
        self.np, self.costs, self.told = numpy, costs, told
        self.highspy = import_module("highspy")
        self.people, self.slots = costs.shape
        self.organisations = numpy.array(told["organisations"], dtype=int)
        self.limits = {(organisation, slot): number for organisation, slot, number in told["limits"]}
        self.members = {
            organisation: numpy.flatnonzero(self.organisations == organisation) for organisation, _ in self.limits
        }
        self.row_of_limit: dict[tuple[int, int], int] = {}
        self.closable = sorted(told["closable"])
        self.model = self.highspy.Highs()
        for name, value in {
            "output_flag": False, "threads": 1, "random_seed": told["seed"] % 2_000_000_000, "time_limit": seconds,
            "mip_rel_gap": 0.001,
        }.items():  # fmt: skip
            self.model.setOptionValue(name, value)
        self.arcs: dict[tuple[int, int], int] = {}
        self._rows()
        self._columns()

    def solved(self) -> dict[str, Any]:
        """Raises: RuntimeError when the solver does not finish with an answer."""
        allowed = self.costs >= 0
        present = self.np.zeros_like(allowed)
        wanted = allowed if self.closable else self._promising(allowed)
        bound = -self.np.inf
        while True:
            self._add(wanted)
            present |= wanted
            self.model.run()
            if self.closable:
                if not self._limit():
                    return self._answer(self._mip_bound())
                wanted = self.np.zeros_like(allowed)
                continue
            self._refuse_unfinished()
            self.model.setOptionValue("presolve", "off")  # from here on it goes on from where it is
            self.model.setOptionValue("simplex_strategy", PRIMAL)
            reduced, bound = self._priced(allowed, bound)
            wanted = self._helpful(reduced, allowed & ~present)
            if not self._limit() and not wanted.any():
                return self._answer(bound)

    def _rows(self) -> None:
        inf = self.highspy.kHighsInf
        for _ in range(self.people):
            self.model.addRow(1.0, 1.0, 0, [], [])
        for seats in self.told["seats"]:
            self.model.addRow(-inf, float(seats), 0, [], [])

    def _columns(self) -> None:
        inf = self.highspy.kHighsInf
        for person in range(self.people):
            self.model.addCol(UNPLACED, 0.0, 1.0, 1, [person], [1.0])
        for slot in self.closable:
            column = self.people + self.closable.index(slot)
            self.model.addCol(0.0, 0.0, 1.0, 0, [], [])
            self.model.changeColIntegrality(column, self.highspy.HighsVarType.kInteger)
            self.model.changeRowBounds(self.people + slot, -inf, 0.0)
            self.model.changeCoeff(self.people + slot, column, -float(self.told["seats"][slot]))
            self.model.addRow(0.0, inf, 1, [column], [-float(self.told["minimum"])])

    def _promising(self, allowed: Any) -> Any:
        """What she got in the answer to begin with, and what would be cheapest at about the right price of a seat."""
        np = self.np
        open_costs = np.where(allowed, self.costs, UNPLACED).astype(np.float32)
        price = self._prices(open_costs)
        first = np.argsort(open_costs + price, axis=1, kind="stable")[:, :FIRST]
        wanted = np.zeros_like(allowed)
        np.put_along_axis(wanted, first, values=True, axis=1)
        for person, slot in enumerate(self.told["start"]):
            wanted[person, slot] |= slot >= 0
        return wanted & allowed

    def _prices(self, costs: Any) -> Any:
        """About what a seat in each meeting is worth: up where too many want to go, down where seats stay empty.

        Subgradient steps as Polyak takes them, smaller when ten of them in a row did not help.
        """
        np, seats = self.np, self.np.array(self.told["seats"], dtype=float)
        price = best_price = np.zeros(self.slots, dtype=np.float32)
        rows, best, size, idle = np.arange(self.people), -np.inf, 1.0, 0
        reach = float(costs[rows, self.told["start"]].sum(dtype=float)) if self.told["start"] else 0.0
        for _ in range(GUESSES):
            shown = costs + price
            wish = shown.argmin(axis=1)
            proven = float(shown[rows, wish].sum(dtype=float) - price @ seats)
            best_price, best, idle = (price, proven, 0) if proven > best else (best_price, best, idle + 1)
            if idle == PATIENCE:
                price, size, idle = best_price, size * 0.6, 0
            over = np.bincount(wish, minlength=self.slots) - seats
            over = np.where((price <= 0) & (over < 0), 0.0, over)
            length = float(over @ over)
            if not length:
                break
            price = np.maximum(0.0, price + size * max(1.0, reach - best) / length * over).astype(np.float32)
        return best_price

    def _limit(self) -> bool:
        """Add the limits that this answer oversteps; most never matter. Whether there were any."""
        value = self.model.getSolution().col_value
        there = Counter(
            (int(self.organisations[one]), slot) for (one, slot), at in self.arcs.items() if value[at] > WHOLE
        )
        over = [which for which, number in there.items() if number > self.limits.get(which, number)]
        new = sorted(which for which in over if which not in self.row_of_limit)
        for which in new:
            organisation, slot = which
            columns = [self.arcs[one, slot] for one in self.members[organisation].tolist() if (one, slot) in self.arcs]
            row = self.row_of_limit[which] = self.model.getNumRow()
            limit = float(self.limits[which])
            self.model.addRow(-self.highspy.kHighsInf, limit, len(columns), columns, [1.0] * len(columns))
            self.model.addCol(float(self.told["over"]), 0.0, self.highspy.kHighsInf, 1, [row], [-1.0])
        return bool(new)

    def _add(self, wanted: Any) -> None:
        minimum_rows = {slot: self.people + self.slots + at for at, slot in enumerate(self.closable)}
        starts: list[int] = []
        index: list[int] = []
        found = [(int(person), int(slot)) for person, slot in self.np.argwhere(wanted)]
        for person, slot in found:
            starts.append(len(index))
            index += [person, self.people + slot]
            limit = self.row_of_limit.get((int(self.organisations[person]), slot))
            index += [] if limit is None else [limit]
            index += [minimum_rows[slot]] if slot in minimum_rows else []
        if not found:
            return
        count, before, np = len(found), self.model.getNumCol(), self.np
        costs = np.array([self.costs[one] for one in found])
        self.model.addCols(
            count, costs, np.zeros(count), np.ones(count), len(index),
            np.array(starts, dtype=np.int32), np.array(index, dtype=np.int32), np.ones(len(index)),
        )  # fmt: skip
        self.arcs |= {one: before + at for at, one in enumerate(found)}

    def _priced(self, allowed: Any, bound: float) -> tuple[Any, float]:
        """What each seat would cost with the prices of now, and the bound that these prices prove (Lagrange)."""
        np = self.np
        dual = np.array(self.model.getSolution().row_dual)
        price = self.costs - np.minimum(dual[self.people : self.people + self.slots], 0.0)[None, :]
        proven = float(np.dot(np.minimum(dual[self.people : self.people + self.slots], 0.0), self.told["seats"]))
        for (organisation, slot), row in self.row_of_limit.items():
            of_limit = float(np.clip(dual[row], -self.told["over"], 0.0))
            price[self.members[organisation], slot] -= of_limit
            proven += of_limit * self.limits[organisation, slot]
        price = np.where(allowed, price, np.inf)
        best = np.minimum(price.min(axis=1, initial=np.inf), UNPLACED)
        return price - dual[: self.people, None], max(bound, proven + float(best.sum()))

    def _helpful(self, reduced: Any, absent: Any) -> Any:
        found = self.np.where(absent, reduced, self.np.inf)
        most = self.np.argsort(found, axis=1, kind="stable")[:, :MORE]
        wanted = self.np.zeros_like(absent)
        self.np.put_along_axis(wanted, most, values=True, axis=1)
        return wanted & (found < -SLACK)

    def _refuse_unfinished(self) -> None:
        if self.model.getModelStatus() != self.highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(str(self.model.getModelStatus()))

    def _mip_bound(self) -> float:
        """Also an answer that is not proven best is one, as long as there is one."""
        info = self.model.getInfo()
        if info.primal_solution_status != FEASIBLE:
            raise RuntimeError(str(self.model.getModelStatus()))
        return float(info.mip_dual_bound)

    def _answer(self, bound: float) -> dict[str, Any]:
        value = self.model.getSolution().col_value
        chosen = [-1] * self.people
        for (person, slot), at in self.arcs.items():
            if value[at] > WHOLE:
                chosen[person] = slot
        without = chosen.count(-1)
        closed = sorted(set(self.closable) - set(chosen))
        return {"chosen": chosen, "bound": bound - UNPLACED * without, "closed": closed}
