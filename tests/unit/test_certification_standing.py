"""The rule of a certification: its examples from the domain, and properties over random histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certification.rules import (
    Attended,
    EyesNeeded,
    Offered,
    Period,
    Record,
    Span,
    Standing,
    State,
    Stop,
    certificate_number,
    eyes,
    first_period,
    initials,
    next_period,
    standing,
    state_on,
    timeline,
)
from app.courses.rules import Policy

POLICY = Policy()
START = date(2026, 12, 4)
END = date(2029, 12, 4)
ONE = Record(periods=(Period(START, END, POLICY),))


def day(days: int, of: date = END) -> date:
    return of + timedelta(days=days)


@pytest.mark.parametrize(
    "on, state, since",
    [
        (day(-1, START), State.NONE, None),
        (START, State.VALID, START),
        (day(-181), State.VALID, START),
        (day(-180), State.EXPIRING, day(-180)),
        (END, State.EXPIRING, day(-180)),
        (day(1), State.IN_GRACE, day(1)),
        (day(90), State.IN_GRACE, day(1)),
        (day(91), State.LAPSED, day(91)),
        (day(5_000), State.LAPSED, day(91)),
    ],
)
def test_one_period_runs_its_course(on: date, state: State, since: date | None) -> None:
    found = standing(ONE, POLICY, on)
    assert (found.state, found.since) == (state, since)
    if state is not State.NONE:
        assert (found.until, found.grace_until) == (END, day(90))


def test_nobody_without_a_period_has_a_standing() -> None:
    assert standing(Record(), POLICY, START) == Standing(State.NONE)
    assert timeline(Record(), POLICY) == ()


def test_a_next_period_joins_on_also_when_granted_early_or_in_grace() -> None:
    early = next_period(POLICY, END, day(-100))
    assert early == next_period(POLICY, END, day(60)) == (day(1), date(2032, 12, 5))
    both = replace(ONE, periods=(*ONE.periods, Period(*early, POLICY)))
    assert [standing(both, POLICY, day(n)).state for n in (-180, 0, 1, 60)] == [State.VALID] * 4
    assert standing(both, POLICY, END).until == early[1]


def test_after_the_grace_a_period_begins_on_the_day_of_the_decision() -> None:
    again = next_period(POLICY, END, day(200))
    assert again[0] == day(200)
    back = replace(ONE, periods=(*ONE.periods, Period(*again, POLICY)))
    assert [state_on(back, POLICY, day(n)) for n in (90, 199, 200)] == [State.IN_GRACE, State.LAPSED, State.VALID]


def test_a_period_that_counts_from_completion_does_not_join() -> None:
    policy = replace(POLICY, period_starts="completion")
    assert next_period(policy, END, day(30))[0] == day(30)
    assert next_period(policy, END, day(-30))[0] == day(1)


def test_29_february_ends_on_28_february() -> None:
    assert first_period(POLICY, date(2028, 2, 29)) == (date(2028, 2, 29), date(2031, 2, 28))
    assert first_period(replace(POLICY, period_starts="calendar"), START)[1] == date(2029, 12, 31)


def rounds(*days: date) -> tuple[Offered, ...]:
    return tuple(Offered(one) for one in days)


def test_nobody_needs_more_meetings_than_there_were() -> None:
    two = rounds(date(2027, 4, 1), date(2027, 4, 8), date(2028, 10, 1))
    record = replace(ONE, offered=two, attended=(Attended(date(2027, 4, 8)),))
    (asked,) = standing(record, POLICY, END).requirements
    assert (asked.have, asked.need, asked.met, asked.by) == (1, 2, False, END)
    cancelled = replace(record, offered=(*two[:2], Offered(date(2028, 10, 1), cancelled=True)))
    assert standing(cancelled, POLICY, END).missing == ()
    assert standing(ONE, POLICY, END).missing == ()


def test_at_the_start_the_policy_asks_its_four() -> None:
    (asked,) = standing(ONE, POLICY, START).requirements
    assert (asked.have, asked.need, asked.who) == (0, 4, "provider")
    offered = replace(ONE, offered=rounds(date(2027, 4, 1)))
    assert standing(offered, POLICY, date(2027, 4, 2)).requirements[0].who == "professional"


def test_partial_attendance_does_not_count_and_imported_does() -> None:
    record = Record(
        periods=(Period(START, END, POLICY, imported_intervisions=2),),
        attended=(Attended(date(2027, 4, 1)), Attended(date(2027, 10, 1), full=False), Attended(day(-1, START))),
    )
    assert standing(record, POLICY, START).requirements[0].have == 3


def test_a_meeting_in_grace_repairs_the_old_period_and_counts_once() -> None:
    policy = replace(POLICY, intervisions_min=2)
    start, end = next_period(policy, END, day(60))
    record = Record(
        periods=(Period(START, END, policy), Period(start, end, policy)),
        attended=(Attended(date(2027, 4, 1)), Attended(day(20)), Attended(day(40))),
        offered=rounds(date(2027, 4, 1), date(2027, 10, 1)),
    )
    assert standing(record, policy, END).requirements[0].have == 2
    assert standing(record, policy, day(60)).requirements[0].have == 1


def test_the_policy_of_the_first_day_governs_unless_the_new_one_is_milder() -> None:
    stricter, milder = replace(POLICY, grace_days=0), replace(POLICY, grace_days=120)
    assert state_on(ONE, stricter, day(30)) is State.IN_GRACE
    assert state_on(ONE, milder, day(110)) is State.IN_GRACE


def test_a_stop_weighs_more_than_a_period() -> None:
    record = replace(ONE, stops=(Stop(State.SUSPENDED, day(10, START), day(20, START)),))
    assert [state_on(record, POLICY, day(n, START)) for n in (9, 10, 20, 21)] == [
        State.VALID,
        State.SUSPENDED,
        State.SUSPENDED,
        State.VALID,
    ]
    assert Span(State.SUSPENDED, day(10, START), day(20, START)) in timeline(record, POLICY)


def test_number_and_initials() -> None:
    number = certificate_number(2026, 418)
    assert number.startswith("SA-2026-0418-")
    for wrong in (certificate_number(2026, 481), certificate_number(2026, 419), certificate_number(2062, 418)):
        assert wrong[-1] != number[-1]
    assert certificate_number(2026, 12_345).startswith("SA-2026-12345-")


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("Daan Verhoeven", "D. V."),
        ("Daan van den Berg", "D. van den B."),
        ("Abdel de Groot", "A. de G."),
        ("Els in ’t Veld", "E. in ’t V."),
        ("Yusuf El Amrani", "Y. El A."),
        ("Ben Ouwerkerk", "B. O."),  # first, so a name
        ("Sanne ter", "S. T."),  # last, so all there is of a name
        ("Fatma van der Meer-de Wit", "F. van der M. W."),
        ("Ö", "Ö."),
        ("*", "—"),
        ("’", "—"),
    ],
)
def test_initials_keep_the_words_between_names(name: str, public: str) -> None:
    assert initials(name) == public


def test_four_eyes() -> None:
    assert eyes(POLICY, decides=1, signed_final=2, admins=1) is EyesNeeded.SEPARATE
    assert eyes(POLICY, decides=1, signed_final=1, admins=2) is EyesNeeded.SOMEBODY_ELSE
    assert eyes(POLICY, decides=1, signed_final=1, admins=1) is EyesNeeded.REASON
    assert eyes(replace(POLICY, four_eyes="always"), decides=1, signed_final=1, admins=1) is EyesNeeded.SOMEBODY_ELSE
    assert eyes(replace(POLICY, four_eyes="never"), decides=1, signed_final=1, admins=9) is EyesNeeded.REASON


# Properties. A small calendar makes the odd cases meet often.

DAYS = st.integers(0, 900).map(lambda n: date(2027, 1, 1) + timedelta(days=n))
POLICIES = st.builds(
    Policy,
    grace_days=st.integers(0, 60),
    window_opens_days=st.integers(0, 90),
    intervisions_min=st.integers(0, 4),
    intervisions_offered=st.integers(0, 6),
    certificate_validity_months=st.integers(1, 20),
)
PERIODS = st.builds(
    lambda start, length, policy, imported: Period(start, start + timedelta(days=length), policy, imported),
    DAYS,
    st.integers(0, 300),
    POLICIES,
    st.integers(0, 3),
)
STOPS = st.builds(
    lambda state, since, length: Stop(state, since, None if length is None else since + timedelta(days=length)),
    st.sampled_from([State.SUSPENDED, State.REVOKED, State.RELINQUISHED]),
    DAYS,
    st.none() | st.integers(0, 100),
)
ATTENDED = st.builds(Attended, DAYS, st.booleans())
OFFERED = st.builds(Offered, DAYS, st.booleans())


def tuples(of: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=most).map(tuple)


RECORDS = st.builds(
    Record,
    periods=tuples(PERIODS, 4),
    attended=tuples(ATTENDED, 6),
    offered=tuples(OFFERED, 6),
    stops=tuples(STOPS, 2),
)
ORDER = (State.NONE, State.LAPSED, State.IN_GRACE, State.EXPIRING, State.VALID)


@given(RECORDS, POLICIES, DAYS)
def test_total_and_the_timeline_says_the_same_each_day(record: Record, policy: Policy, around: date) -> None:
    spans = timeline(record, policy)
    for before, after in pairwise(spans):
        assert before.ends_on == after.starts_on - timedelta(days=1)
        assert before.state is not after.state
    assert not spans or spans[-1].ends_on is None
    for on in (around + timedelta(days=n) for n in range(-200, 200, 7)):
        found = standing(record, policy, on)
        (span,) = [span for span in spans if span.starts_on <= on and (span.ends_on is None or on <= span.ends_on)] or [
            Span(State.NONE, on, None)
        ]
        assert found.state is span.state
        assert found.since == (None if found.state is State.NONE else span.starts_on)


@settings(max_examples=25)
@given(RECORDS, POLICIES)
def test_each_single_day_is_in_its_span(record: Record, policy: Policy) -> None:
    spans = timeline(record, policy)
    for number in range(-10, 1_400):
        on = date(2027, 1, 1) + timedelta(days=number)
        states = [s.state for s in spans if s.starts_on <= on and (s.ends_on is None or on <= s.ends_on)]
        assert state_on(record, policy, on) is (states[0] if states else State.NONE)


@given(RECORDS, POLICIES, DAYS, ATTENDED, PERIODS, st.integers(0, 60))
def test_favourable_facts_never_harm(  # noqa: PLR0917 - hypothesis fills them in
    record: Record, policy: Policy, on: date, extra: Attended, period: Period, longer: int
) -> None:
    record = replace(record, stops=())
    before = standing(record, policy, on)
    present = standing(replace(record, attended=(*record.attended, replace(extra, full=True))), policy, on)
    assert present.state is before.state
    for old, new in zip(before.requirements, present.requirements, strict=True):
        assert new.have >= old.have
        assert new.need == old.need
    more = state_on(replace(record, periods=(*record.periods, period)), policy, on)
    assert ORDER.index(more) >= ORDER.index(before.state)
    gone = replace(record, offered=tuple(replace(one, cancelled=True) for one in record.offered))
    for old, new in zip(before.requirements, standing(gone, policy, on).requirements, strict=True):
        assert new.need <= old.need
    stretched = replace(policy, grace_days=policy.grace_days + longer)
    wide = tuple(
        replace(one, policy=replace(one.policy, grace_days=one.policy.grace_days + longer)) for one in record.periods
    )
    milder = state_on(replace(record, periods=wide), stretched, on)
    assert ORDER.index(milder) >= ORDER.index(before.state)


@given(RECORDS, POLICIES, DAYS)
def test_the_order_of_facts_does_not_matter(record: Record, policy: Policy, on: date) -> None:
    turned = Record(record.periods[::-1], record.attended[::-1], record.offered[::-1], record.stops[::-1])
    assert state_on(turned, policy, on) is state_on(record, policy, on)
    assert timeline(turned, policy) == timeline(record, policy)
