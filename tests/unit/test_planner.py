"""The planner: hard rules always hold, everybody with a possible day gets a seat while there are any, and it says why.

Hypothesis tries small rounds of every kind; the solver must agree with the greedy way on who can be placed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.intervision.planner import solving
from app.intervision.planner.greedy import greedy, points
from app.intervision.planner.model import Plan, Rules, Slot, Someone, Why, Wishes
from app.intervision.planner.plan import form_groups
from app.intervision.planner.seats import question
from app.intervision.planner.tables import how_many

FIRST: Final = datetime(2027, 3, 8, 12, 30, tzinfo=UTC)
HOURS: Final = timedelta(hours=2, minutes=30)
Round = tuple[list[Someone], list[Slot], Rules]


def slot(id_: int, seats: int = 12, *, day: int | None = None, leaders: tuple[int, ...] = (), room: str = "") -> Slot:
    starts = FIRST + timedelta(days=id_ if day is None else day)
    return Slot(id_, starts, starts + HOURS, seats, leaders, room)


def people(number: int, slots: list[Slot], *, first: int = 100) -> list[Someone]:
    may = frozenset(one.id for one in slots)
    return [Someone(first + at, may, organisation=at % 5 + 1, experience=at % 3) for at in range(number)]


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """A small round: seats short or plenty, days declined, managers, leaders, rooms and hours that clash."""
    chance = Random(draw(st.integers(0, 10_000)))
    slots = [
        slot(at, chance.choice([8, 9, 12]), day=chance.randrange(4), room=chance.choice(["", "zaal"]))
        for at in range(draw(st.integers(1, 4)))
    ]
    count = draw(st.integers(0, 40))
    ids = range(100, 100 + count)
    found = []
    free = {one.id: one.seats for one in slots}
    for id_ in ids:
        may = frozenset(one.id for one in slots if chance.random() < 0.7)
        seat = chance.choice([None, None, None, *may])
        if seat is not None:
            seat = seat if free[seat] > 0 else None
        if seat is not None:
            free[seat] -= 1
        away = ((FIRST, FIRST + HOURS),) if chance.random() < 0.1 else ()
        found.append(
            Someone(
                id_,
                may,
                organisation=chance.choice([None, 1, 2, 3]),
                experience=chance.randrange(3),
                brings_case=chance.random() < 0.3,
                distance={one.id: chance.randrange(90) for one in slots if chance.random() < 0.8},
                busy=away,
                seat=seat,
                last_with=frozenset(chance.sample(ids, min(3, count))),
            )
        )
    managers = frozenset((id_, chance.choice(ids)) for id_ in ids if chance.random() < draw(st.sampled_from([0, 0.3])))
    led = [one for one in found if one.seat is not None][:2]
    slots = [replace(one, leaders=tuple(lead.id for lead in led if lead.seat == one.id)) for one in slots]
    return found, slots, Rules(managers=frozenset(pair for pair in managers if pair[0] != pair[1]))


def refuse_broken_rules(plan: Plan, asked: Round) -> None:
    """Every hard rule, looked at from outside."""
    found, slots, rules = asked
    by_id = {one.id: one for one in found}
    at = {one.id: one for one in slots}
    seats = Counter(one.slot for one in plan.placements)
    assert all(seats[one.id] <= one.seats for one in slots)
    assert {one.person for one in plan.placements}.isdisjoint(one.person for one in plan.unplaced)
    assert len(plan.placements) + len(plan.unplaced) == len(found)
    for one in plan.placements:
        person = by_id[one.person]
        if person.seat is not None:
            assert (one.slot, one.why) == (person.seat, Why.FIXED)
            continue
        assert one.slot in person.slots
        assert not any(at[one.slot].overlaps(*span) for span in person.busy)
    sitting = Counter(person for table in plan.tables for person in table.people)
    assert set(sitting.values()) <= {1}
    assert set(sitting) | {one.person for one in plan.standing} == {one.person for one in plan.placements}
    for table in plan.tables:
        everybody = {*table.people, *([table.leader] if table.leader else [])}
        assert not any(rules.apart(one, other) for one in everybody for other in everybody if one != other)
        assert len(table.people) <= rules.table_max
        assert seats[table.slot] < 4 or len(table.people) >= 3 or plan.standing or plan.unplaced


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds(), st.integers(0, 5))
def test_hard_rules_always_hold_and_the_answer_is_the_same_again(asked: Round, seed: int) -> None:
    found, slots, rules = asked
    plan = form_groups(found, slots, rules, Wishes(), seed)
    refuse_broken_rules(plan, asked)
    assert plan == form_groups(found[::-1], slots[::-1], rules, Wishes(), seed)
    assert plan.bound <= plan.objective
    assert plan.table_bound <= plan.table_points or plan.standing


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds(), st.integers(1, 3))
def test_more_seats_never_place_fewer(asked: Round, more: int) -> None:
    found, slots, _ = asked
    wider = [replace(one, seats=one.seats + more) for one in slots]
    few, many = (form_groups(found, some, Rules(), Wishes(), 1) for some in (slots, wider))
    assert len(many.placements) >= len(few.placements)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds())
def test_the_solver_places_as_many_and_never_costs_more(asked: Round) -> None:
    found, slots, rules = asked
    problem = question(found, slots, rules, Wishes(), 1).problem
    by_hand, solved = greedy(problem), solving.in_child(problem)
    assert solved.chosen.count(-1) == by_hand.chosen.count(-1)
    assert points(problem, solved.chosen) <= points(problem, by_hand.chosen)
    assert solved.bound == pytest.approx(points(problem, solved.chosen))
    refuse_broken_rules(form_groups(found, slots, rules, Wishes(), 1, solve=solving.in_child), asked)


def test_each_gets_her_reason() -> None:
    slots = [slot(1, 8), slot(2, 8), slot(3, 8, day=1, leaders=(1,), room="zaal"), slot(4, 8, day=1, room="zaal")]
    leader = Someone(1, frozenset({3}), seat=3)
    full = [Someone(10 + at, frozenset({1, 2}), distance={1: 10, 2: 50}) for at in range(9)]
    plan = form_groups(
        [
            leader,
            *full,
            Someone(30, frozenset({2})),
            Someone(31),
            Someone(32, frozenset({2}), busy=((slots[1].starts, slots[1].ends),)),
            Someone(33, frozenset({4})),
            Someone(34, frozenset({2, 3}), distance={2: 20, 3: 25}, prefers=frozenset({3})),
        ],
        slots,
        Rules(),
        Wishes(),
        1,
    )
    why = {one.person: one.why for one in plan.placements} | {one.person: one.why for one in plan.unplaced}
    assert Counter(why[10 + at] for at in range(9)) == {Why.NEAREST: 8, Why.OTHERS_FULL: 1}
    expected = [Why.FIXED, Why.ONLY, Why.NO_DAY, Why.BUSY, Why.CLASH, Why.PREFERRED]
    assert [why[one] for one in (1, 30, 31, 32, 33, 34)] == expected
    assert next(one for one in plan.placements if one.why is Why.OTHERS_FULL).instead == (1,)


def test_who_would_sit_with_her_manager_goes_elsewhere_or_hears_why_not() -> None:
    slots = [slot(1, 8), slot(2, 8)]
    manager, own = Someone(1, frozenset({1}), seat=1), Someone(2, frozenset({1, 2}), distance={1: 5, 2: 50})
    rules = Rules(managers=frozenset({(2, 1)}))
    plan = form_groups([manager, own], slots, rules, Wishes(), 1)
    assert [(one.person, one.slot, one.why) for one in plan.placements] == [(1, 1, Why.FIXED), (2, 2, Why.MANAGER)]
    alone = form_groups([manager, replace(own, slots=frozenset({1}))], slots, rules, Wishes(), 1)
    assert [(one.person, one.why) for one in alone.unplaced] == [(2, Why.MANAGER)]
    both = form_groups([manager, replace(own, seat=1)], slots, rules, Wishes(), 1)
    assert [len(table.people) for table in both.tables] == [1]
    assert [one.why for one in both.standing] == [Why.MANAGER]
    enough = people(7, slots[:1])
    apart = form_groups([manager, own, *enough], [slot(1, 12)], rules, Wishes(), 1)
    assert sorted(len(table.people) for table in apart.tables) == [4, 5]


def test_tables_mix_colleagues_and_cases_and_follow_last_time() -> None:
    slots = [slot(1, 12, leaders=(100, 101))]
    who = [replace(one, seat=1, organisation=at % 2 + 1) for at, one in enumerate(people(12, slots))]
    who[2] = replace(who[2], brings_case=True)
    who[4] = replace(who[4], brings_case=True)
    plan = form_groups(who, slots, Rules(), Wishes(), 1)
    assert [(len(table.people), table.leader) for table in plan.tables] == [(6, 100), (6, 101)]
    by_table = [{one.id: one for one in who if one.id in table.people} for table in plan.tables]
    assert [sum(one.brings_case for one in table.values()) for table in by_table] == [1, 1]
    assert [Counter(one.organisation for one in table.values()) for table in by_table] == [{1: 3, 2: 3}] * 2
    met = frozenset({102, 103, 104})
    again = [replace(one, last_with=met - {one.id}, brings_case=False) if one.id in met else one for one in who]
    for same, tables in ((True, 1), (False, 2)):
        found = form_groups(again, slots, Rules(), Wishes(same_tables=same), 1)
        assert sum(bool(met & set(table.people)) for table in found.tables) == tables


@pytest.mark.parametrize(
    ("number", "leaders", "tables"),
    [(3, 1, 1), (8, 1, 1), (9, 1, 2), (12, 2, 2), (16, 2, 2), (17, 2, 3), (24, 4, 4), (48, 1, 7), (48, 7, 7)],
)
def test_tables_are_near_the_ideal_size(number: int, leaders: int, tables: int) -> None:
    assert how_many(number, leaders, Rules()) == tables


def test_meetings_that_stay_too_small_are_closed() -> None:
    slots = [slot(1, 8), slot(2, 8), slot(3, 8)]
    near = [replace(one, organisation=None, distance={1: 5, 2: 60, 3: 60}) for one in people(6, slots)]
    far = [replace(one, organisation=None, distance={1: 50, 2: 60, 3: 5}) for one in people(2, slots, first=200)]
    for solve in (greedy, solving.in_child):
        plan = form_groups([*near, *far], slots, Rules(close=True), Wishes(), 1, solve=solve)
        assert Counter(one.slot for one in plan.placements) == {1: 8}
        assert 3 in plan.closed
        assert plan.unplaced == ()


def everybody_together(content: bytes, *, limit: float) -> tuple[dict[str, Any], bytes]:
    """An answer that goes over the seats."""
    return {"chosen": [0] * 20, "bound": 0, "closed": []}, b""


@pytest.mark.parametrize("trouble", ["absent", "broken", "wrong"])
def test_without_the_solver_the_greedy_way_answers(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if trouble == "absent":
        monkeypatch.setattr(solving, "find_spec", lambda _: None)
    if trouble == "broken":
        monkeypatch.setattr(solving, "DIVIDE", "app.intervision.planner.highs:nothing")
    if trouble == "wrong":
        monkeypatch.setattr(solving, "DIVIDE", f"{__name__}:everybody_together")
    slots = [slot(1, 8), slot(2, 12)]
    plan = form_groups(people(20, slots), slots, Rules(), Wishes(), 1, solve=solving.best)
    assert (plan.by, len(plan.placements)) == ("greedy", 20)
