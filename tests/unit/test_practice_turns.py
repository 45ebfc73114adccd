"""Whose turn it is: one thing that a training waits for, and who stands still by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courses.rules import EnrolmentStage as Stage
from app.practice.rules.progress import NextCode
from app.practice.rules.turns import Awaited, Turn, TurnFacts, awaited

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
READING = TurnFacts(stage=Stage.FOLLOWING, reads=True, theory_done=False, code=NextCode.THEORY_FIRST)
WORKING = TurnFacts(stage=Stage.FOLLOWING, reads=False, theory_done=True, code=NextCode.PREPARE)
INVITED = replace(READING, stage=Stage.INVITED)


@pytest.mark.parametrize(
    ("facts", "what", "turn"),
    [
        # at the door
        (replace(INVITED, invited=False, link_works=False), Awaited.INVITE, Turn.ADMIN),
        (INVITED, Awaited.COME_IN, Turn.HERSELF),
        (replace(INVITED, link_works=False), Awaited.INVITE_AGAIN, Turn.ADMIN),
        # on the road
        (READING, Awaited.LEARN, Turn.HERSELF),
        (replace(READING, has_coach=False, looks=True), Awaited.LEARN, Turn.HERSELF),
        (replace(READING, closed=True), Awaited.OPENING, Turn.DAY),
        (replace(WORKING, reads=True, closed=True), Awaited.PREPARE, Turn.HERSELF),  # there is practice meanwhile
        (replace(READING, reads=False), Awaited.COURSE, Turn.ADMIN),  # nothing of it is published yet
        (replace(WORKING, code=NextCode.FIND_GROUP), Awaited.FIND_GROUP, Turn.HERSELF),
        (replace(WORKING, code=NextCode.FIND_GROUP, looks=True), Awaited.BRING_TOGETHER, Turn.ADMIN),
        (replace(WORKING, code=NextCode.FIND_GROUP, looks=True, reads=True), Awaited.LEARN, Turn.HERSELF),
        (WORKING, Awaited.PREPARE, Turn.HERSELF),
        (replace(WORKING, code=NextCode.WAIT_FOR_DATE), Awaited.PLAN, Turn.COACH),
        (replace(WORKING, code=NextCode.WAIT_FOR_DATE, has_coach=False), Awaited.COACH, Turn.ADMIN),
        (replace(WORKING, code=NextCode.VISIT), Awaited.VISIT, Turn.DAY),
        (replace(WORKING, code=NextCode.VISIT, visit_was=True), Awaited.HAND_IN, Turn.HERSELF),
        (replace(WORKING, code=NextCode.HAND_IN), Awaited.HAND_IN, Turn.HERSELF),
        (replace(WORKING, code=NextCode.WAIT_FOR_COACH, reads=True), Awaited.REVIEW, Turn.COACH),
        (replace(WORKING, code=NextCode.IMPROVE), Awaited.IMPROVE, Turn.HERSELF),
        (replace(WORKING, code=NextCode.TALK), Awaited.TALK, Turn.ADMIN),
        (replace(WORKING, code=None), Awaited.DECIDE, Turn.ADMIN),
        (replace(WORKING, over=True), Awaited.MORE_TIME, Turn.ADMIN),
        # beside it
        (replace(WORKING, stage=Stage.PAUSED, over=True), Awaited.PAUSE, Turn.NOBODY),
        (replace(WORKING, stage=Stage.COMPLETED), Awaited.DONE, Turn.NOBODY),
        (replace(WORKING, stage=Stage.WITHDRAWN), Awaited.DONE, Turn.NOBODY),
    ],
)
def test_what_a_training_waits_for_and_who_acts(facts: TurnFacts, what: Awaited, turn: Turn) -> None:
    assert (awaited(facts), awaited(facts).turn) == (what, turn)


@given(
    facts=st.builds(
        TurnFacts,
        stage=st.sampled_from(Stage),
        reads=st.booleans(),
        theory_done=st.booleans(),
        code=st.none() | st.sampled_from(NextCode),
        closed=st.booleans(),
        has_coach=st.booleans(),
        visit_was=st.booleans(),
        looks=st.booleans(),
        invited=st.booleans(),
        link_works=st.booleans(),
        over=st.booleans(),
    )
)
def test_nobody_is_asked_to_act_who_cannot(facts: TurnFacts) -> None:
    found = awaited(facts)
    assert (found.turn is Turn.NOBODY) == (facts.stage not in {Stage.INVITED, Stage.FOLLOWING})
    assert found.turn is not Turn.COACH or facts.has_coach
