"""Signs that somebody may be getting stuck: each on its day, none while there is nothing to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import Policy
from app.practice.rules.risks import ENDS_SOON_DAYS, RiskCode, RiskFacts, ends_on, risks

TODAY = date(2026, 12, 3)
POLICY = Policy()
WELL = RiskFacts(
    started_on=TODAY - timedelta(days=40),
    last_step=TODAY - timedelta(days=2),
    practice_begun=True,
    theory_done_on=TODAY - timedelta(days=10),
)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def codes(facts: RiskFacts, policy: Policy = POLICY) -> list[RiskCode]:
    return [one.code for one in risks(facts, policy, today=TODAY)]


def test_who_is_on_her_way_is_not_at_risk() -> None:
    assert codes(WELL) == []


@pytest.mark.parametrize(
    ("facts", "code", "days"),
    [
        (replace(WELL, last_step=ago(POLICY.quiet_days)), RiskCode.QUIET, POLICY.quiet_days),
        (replace(WELL, theory_done_on=ago(61)), RiskCode.NO_VISIT, 61),
        (replace(WELL, started_on=ago(181), practice_begun=False), RiskCode.NO_START, 181),
        (replace(WELL, started_on=ago(305)), RiskCode.ENDS_SOON, ENDS_SOON_DAYS),
        (replace(WELL, started_on=ago(370)), RiskCode.ENDS_SOON, -5),
        (replace(WELL, late_return=ago(1)), RiskCode.RETURNED_LATE, 1),
    ],
)
def test_each_sign_with_its_number(facts: RiskFacts, code: RiskCode, days: int) -> None:
    [found] = risks(facts, POLICY, today=TODAY)
    assert (found.code, found.days) == (code, days)


@pytest.mark.parametrize(
    "facts",
    [
        replace(WELL, last_step=ago(POLICY.quiet_days - 1)),
        replace(WELL, last_step=ago(200), waits=True),  # it is her coach's turn, or the visit is next week
        replace(WELL, theory_done_on=ago(60)),
        replace(WELL, theory_done_on=ago(300), visited=True),
        replace(WELL, theory_done_on=None),
        replace(WELL, started_on=ago(180), practice_begun=False),
        replace(WELL, started_on=ago(365 - ENDS_SOON_DAYS - 1)),
        replace(WELL, late_return=TODAY),  # the day itself is hers
    ],
)
def test_a_day_earlier_there_is_nothing(facts: RiskFacts) -> None:
    assert codes(facts) == []


def test_the_most_pressing_comes_first() -> None:
    everything = RiskFacts(ago(360), ago(90), theory_done_on=ago(100), late_return=ago(3))
    assert codes(everything) == list(RiskCode)


def test_the_policy_has_the_numbers() -> None:
    strict = replace(
        POLICY, first_visit_within_days=5, practice_start_within_days=5, enrolment_max_days=100, quiet_days=2
    )
    assert codes(replace(WELL, practice_begun=False), strict) == [
        RiskCode.ENDS_SOON,
        RiskCode.NO_VISIT,
        RiskCode.NO_START,
        RiskCode.QUIET,
    ]
    assert ends_on(WELL.started_on, strict) == WELL.started_on + timedelta(days=100)


days_ago = st.integers(0, 800).map(ago)
facts_of = st.builds(
    RiskFacts,
    started_on=days_ago,
    last_step=days_ago,
    standing_still=st.booleans(),
    complete=st.booleans(),
    waits=st.booleans(),
    theory_done_on=st.none() | days_ago,
    visited=st.booleans(),
    practice_begun=st.booleans(),
    late_return=st.none() | days_ago,
)


@given(facts=facts_of)
def test_nothing_is_said_of_who_is_done_or_stands_still(facts: RiskFacts) -> None:
    found = risks(facts, POLICY, today=TODAY)
    assert not found or not (facts.complete or facts.standing_still)
    assert len({one.code for one in found}) == len(found)


@given(facts=facts_of, later=st.integers(1, 200))
def test_without_a_step_no_risk_goes_away_by_itself(facts: RiskFacts, later: int) -> None:
    after = {one.code for one in risks(facts, POLICY, today=TODAY + timedelta(days=later))}
    assert {one.code for one in risks(facts, POLICY, today=TODAY)} <= after
