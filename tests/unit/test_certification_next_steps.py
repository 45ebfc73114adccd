"""The one next step: each turn of the road, and who goes first when several things are open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.certification.next_steps import LearningFacts, NextStep, StepCode, TrainerFacts, next_step
from app.certification.rules import Standing, State
from app.courses.rules import EnrolmentStage
from app.practice.rules.progress import NextCode, PracticeStep
from app.theory.rules import NextLesson

TODAY = date(2026, 11, 23)
LESSON = NextLesson("lesson", "Starten", "een", "Een", 5, "/opleiding/kort/een", 1, 2)
LEARNING = LearningFacts(
    stage=EnrolmentStage.FOLLOWING,
    theory_complete=True,
    lesson=None,
    practice=None,
    practice_complete=False,
    ready=False,
    refused=False,
)
TRAINER = TrainerFacts(
    standing=Standing(State.VALID, TODAY, date(2029, 11, 23), date(2030, 2, 21)),
    certificate_id=7,
    issued_on=TODAY - timedelta(days=100),
    to_answer=False,
    to_write=None,
    seat=False,
)

LAPSED = replace(TRAINER.standing, state=State.LAPSED)


def work(code: NextCode, day: date | None = None) -> PracticeStep:
    return PracticeStep(code, "Bijeenkomst", "/praktijk/3", day)


def step(**facts: Any) -> NextStep:
    return next_step(replace(LEARNING, **facts), None, today=TODAY)


def test_who_is_not_on_the_road_is_told_so() -> None:
    assert next_step(None, None, today=TODAY).code is StepCode.NOT_ENROLLED


@pytest.mark.parametrize(
    "facts, code",
    [
        ({"stage": EnrolmentStage.INVITED}, StepCode.CONFIRM),
        ({"stage": EnrolmentStage.PAUSED}, StepCode.PAUSED),
        ({"theory_complete": False, "lesson": LESSON}, StepCode.LESSON),
        ({"theory_complete": False, "lesson": replace(LESSON, kind="quiz")}, StepCode.QUIZ),
        ({"practice": work(NextCode.FIND_GROUP)}, StepCode.FIND_GROUP),
        ({"practice": work(NextCode.PREPARE)}, StepCode.PREPARE),
        ({"practice": work(NextCode.WAIT_FOR_DATE)}, StepCode.WAIT_FOR_DATE),
        ({"practice": work(NextCode.VISIT, TODAY + timedelta(days=1))}, StepCode.VISIT),
        ({"practice": work(NextCode.VISIT, TODAY)}, StepCode.HAND_IN),
        ({"practice": work(NextCode.HAND_IN)}, StepCode.HAND_IN),
        ({"practice": work(NextCode.WAIT_FOR_COACH)}, StepCode.WAIT_FOR_COACH),
        ({"practice": work(NextCode.IMPROVE)}, StepCode.IMPROVE),
        ({"practice": work(NextCode.TALK)}, StepCode.TALK),
        ({"practice_complete": True, "ready": True}, StepCode.WAIT_FOR_DECISION),
        ({"practice_complete": True, "ready": True, "refused": True}, StepCode.REFUSED),
        ({"practice_complete": True}, StepCode.WAIT_FOR_VISITS),
        ({"theory_complete": False}, StepCode.MODULES_COMING),
        ({"practice": work(NextCode.THEORY_FIRST)}, StepCode.MODULES_COMING),
        ({"theory_complete": False, "days_missing": 1}, StepCode.TRAINING_DAY),
        ({"theory_complete": False, "days_missing": 1, "practice": work(NextCode.PREPARE)}, StepCode.PREPARE),
    ],
)
def test_each_turn_of_the_training(facts: dict[str, Any], code: StepCode) -> None:
    assert step(**facts).code is code


@pytest.mark.parametrize("urgent", [NextCode.IMPROVE, NextCode.TALK])
def test_what_a_coach_asked_goes_before_reading(urgent: NextCode) -> None:
    found = step(theory_complete=False, lesson=LESSON, practice=work(urgent))
    assert (found.code.value, found.href) == (urgent.value, "/praktijk/3")


def test_reading_goes_before_waiting() -> None:
    assert step(theory_complete=False, lesson=LESSON, practice=work(NextCode.WAIT_FOR_COACH)).code is StepCode.LESSON
    assert step(practice=work(NextCode.WAIT_FOR_COACH)).waits


def test_what_is_closed_is_no_step() -> None:
    shut = {"theory_complete": False, "lesson": LESSON, "opens_on": TODAY + timedelta(days=4)}
    found = step(**shut)
    assert (found.code, found.href, found.title, found.day) == (StepCode.MODULE_OPENS, "", "Starten", shut["opens_on"])
    assert found.waits
    assert step(**shut, practice=work(NextCode.THEORY_FIRST)).code is StepCode.MODULE_OPENS
    assert step(**shut, practice=work(NextCode.PREPARE)).href == "/praktijk/3"  # what can be done meanwhile
    assert step(**shut, practice=work(NextCode.IMPROVE)).code is StepCode.IMPROVE


def test_every_step_of_practice_leads_somewhere() -> None:
    for code in NextCode:
        found = step(practice=work(code, TODAY + timedelta(days=3)))
        assert found.href == "/praktijk/3" or code is NextCode.THEORY_FIRST


@pytest.mark.parametrize(
    "facts, code, href",
    [
        ({"to_answer": True, "to_write": 4}, StepCode.ANSWER, "/intervisie"),
        ({"to_write": 4, "issued_on": TODAY}, StepCode.LEARNING_POINT, "/intervisie/4"),
        ({"issued_on": TODAY}, StepCode.CERTIFICATE, "/certificaat/7"),
        ({}, StepCode.UP_TO_DATE, "/certificaat/7"),
        ({"certificate_id": None, "issued_on": TODAY}, StepCode.UP_TO_DATE, ""),
        ({"standing": replace(TRAINER.standing, state=State.EXPIRING)}, StepCode.RENEW, "/certificaat/7"),
        ({"standing": replace(TRAINER.standing, state=State.IN_GRACE)}, StepCode.RENEW, "/certificaat/7"),
        ({"standing": replace(TRAINER.standing, state=State.LAPSED)}, StepCode.LAPSED, "/certificaat/7"),
        (
            {"standing": replace(TRAINER.standing, state=State.LAPSED), "to_answer": True},
            StepCode.LAPSED,
            "/certificaat/7",
        ),
    ],
)
def test_each_turn_after_the_certificate(facts: dict[str, Any], code: StepCode, href: str) -> None:
    found = next_step(None, replace(TRAINER, **facts), today=TODAY)
    assert (found.code, found.href) == (code, href)


def test_a_running_training_goes_before_an_older_certificate() -> None:
    both = next_step(replace(LEARNING, lesson=LESSON, theory_complete=False), TRAINER, today=TODAY)
    assert both.code is StepCode.LESSON
    done = next_step(replace(LEARNING, stage=EnrolmentStage.COMPLETED), TRAINER, today=TODAY)
    assert done.code is StepCode.UP_TO_DATE
