"""The state of a record is what the steps that were taken say, in whatever order they come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice.rules.states import (
    TRANSITIONS,
    Decision,
    RecordFacts,
    RecordState,
    Step,
    may,
    may_be_observed,
    may_change_work,
    state,
    step_of,
    waits_for_coach,
)

FRESH = RecordFacts()


def after(facts: RecordFacts, step: Step) -> RecordFacts:  # noqa: C901 - one case for each step
    """What the actions write when a step is taken."""
    match step:
        case Step.UNLOCK:
            return replace(facts, qualified=True)
        case Step.PLAN_VISIT:
            return replace(facts, opened=True, visit_planned=True)
        case Step.CANCEL_VISIT:
            return replace(facts, visit_planned=False)
        case Step.SUBMIT:
            return replace(facts, opened=True, handed_in=True, review_saved=False, decision=None)
        case Step.REVIEW:
            return replace(facts, review_saved=True)
        case Step.TRY_AGAIN | Step.ALLOW_AGAIN:  # the next attempt begins with nothing
            return RecordFacts(qualified=True, opened=True)
        case Step.SIGN_OFF:
            return replace(facts, handed_in=False, decision=Decision.SIGNED_OFF)
        case Step.RETURN:
            return replace(facts, handed_in=False, decision=Decision.RETURNED)
        case Step.GIVE_UP:
            return replace(facts, handed_in=False, decision=Decision.NOT_MET)
        case Step.WITHDRAW:  # what was decided stands no more: it lies with the coach
            return replace(facts, opened=True, handed_in=True, review_saved=True, decision=None)


@given(st.lists(st.sampled_from(Step), max_size=40))
def test_facts_and_table_always_agree(tried: list[Step]) -> None:
    facts, expected = FRESH, RecordState.LOCKED
    for step in tried:
        if may(expected, step):
            facts, expected = after(facts, step), TRANSITIONS[expected, step]
        assert state(facts) is expected


def test_every_state_can_be_reached_and_only_signed_off_is_the_end() -> None:
    reached, frontier = {RecordState.LOCKED}, [RecordState.LOCKED]
    while frontier:
        here = frontier.pop()
        for (start, _), end in TRANSITIONS.items():
            if start is here and end not in reached:
                reached.add(end)
                frontier.append(end)
    assert reached == set(RecordState)
    onward = [start for start, step in TRANSITIONS if step is not Step.WITHDRAW]
    ends = {one for one in RecordState if one not in onward}
    assert ends == {RecordState.SIGNED_OFF}  # from the last attempt an admin may lead on


@pytest.mark.parametrize("now", RecordState)
def test_work_lies_with_one_of_the_two_or_is_decided(now: RecordState) -> None:
    decided = now in {RecordState.SIGNED_OFF, RecordState.NOT_MET, RecordState.LOCKED}
    assert [decided, waits_for_coach(now), may_change_work(now)].count(True) == 1


def test_the_form_is_open_from_the_visit_until_the_decision() -> None:
    assert {one for one in RecordState if may_be_observed(one)} == {
        RecordState.PLANNED,
        RecordState.SUBMITTED,
        RecordState.IN_REVIEW,
    }


@pytest.mark.parametrize(
    "decision, attempt, step",
    [
        (Decision.SIGNED_OFF, 1, Step.SIGN_OFF),
        (Decision.RETURNED, 3, Step.RETURN),
        (Decision.NOT_MET, 1, Step.TRY_AGAIN),
        (Decision.NOT_MET, 2, Step.TRY_AGAIN),
        (Decision.NOT_MET, 3, Step.GIVE_UP),
        (Decision.NOT_MET, 4, Step.GIVE_UP),
    ],
)
def test_the_last_attempt_leads_to_a_talk(decision: Decision, attempt: int, step: Step) -> None:
    assert step_of(decision, attempt=attempt, attempts_max=3) is step
