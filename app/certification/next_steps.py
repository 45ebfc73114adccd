"""The one next step of somebody on the road. Pure: what the domains know goes in, one step comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.certification.rules import Standing, State
from app.courses.rules import EnrolmentStage
from app.practice.rules.progress import NextCode, PracticeStep
from app.theory.rules import NextLesson

NEW_FOR: Final = timedelta(days=30)  # so long a certificate is news


class StepCode(StrEnum):
    """What the step is about; the page has the words."""

    NOT_ENROLLED = "not_enrolled"
    CONFIRM = "confirm"
    PAUSED = "paused"
    LESSON = "lesson"
    QUIZ = "quiz"
    MODULE_OPENS = "module_opens"
    MODULES_COMING = "modules_coming"
    TRAINING_DAY = "training_day"
    FIND_GROUP = "find_group"
    PREPARE = "prepare"
    WAIT_FOR_DATE = "wait_for_date"
    VISIT = "visit"
    HAND_IN = "hand_in"
    WAIT_FOR_COACH = "wait_for_coach"
    IMPROVE = "improve"
    TALK = "talk"
    WAIT_FOR_VISITS = "wait_for_visits"
    WAIT_FOR_DECISION = "wait_for_decision"
    REFUSED = "refused"
    ANSWER = "answer"
    UPDATE = "update"
    LEARNING_POINT = "learning_point"
    CERTIFICATE = "certificate"
    RENEW = "renew"
    LAPSED = "lapsed"
    UP_TO_DATE = "up_to_date"


WAITING: Final = frozenset(
    {
        StepCode.MODULE_OPENS,
        StepCode.MODULES_COMING,
        StepCode.TRAINING_DAY,
        StepCode.WAIT_FOR_DATE,
        StepCode.VISIT,
        StepCode.WAIT_FOR_COACH,
        StepCode.WAIT_FOR_VISITS,
        StepCode.WAIT_FOR_DECISION,
        StepCode.PAUSED,
    }
)
"""Steps where it is somebody else's turn: the page says so, and what can be done meanwhile."""


@dataclass(frozen=True)
class LearningFacts:
    """Somebody in training. `opens_on`: the day on which `lesson` opens, where nothing of theory is open before it.

    `days_missing`: scholingsdagen that theory still waits for; `training_day`: the next one with a seat for her.
    """

    stage: EnrolmentStage
    theory_complete: bool
    lesson: NextLesson | None
    practice: PracticeStep | None
    practice_complete: bool
    ready: bool
    refused: bool
    opens_on: date | None = None
    days_missing: int = 0
    training_day: date | None = None


@dataclass(frozen=True)
class TrainerFacts:
    """Somebody with a certificate, or who had one."""

    standing: Standing
    certificate_id: int | None
    issued_on: date
    to_answer: bool
    to_write: int | None
    seat: bool
    update: tuple[int, date] | None = None
    """What is new to read: the task, and the day it is due."""


@dataclass(frozen=True)
class NextStep:
    """One step. `title` names the lesson, the module or the assignment, `href` is where it is done ("" = nowhere)."""

    code: StepCode
    href: str = ""
    title: str = ""
    minutes: int = 0
    day: date | None = None

    @property
    def waits(self) -> bool:
        return self.code in WAITING


URGENT: Final = {NextCode.IMPROVE: StepCode.IMPROVE, NextCode.TALK: StepCode.TALK}
PRACTICE: Final = {
    NextCode.FIND_GROUP: StepCode.FIND_GROUP,
    NextCode.PREPARE: StepCode.PREPARE,
    NextCode.WAIT_FOR_DATE: StepCode.WAIT_FOR_DATE,
    NextCode.VISIT: StepCode.VISIT,
    NextCode.HAND_IN: StepCode.HAND_IN,
    NextCode.WAIT_FOR_COACH: StepCode.WAIT_FOR_COACH,
}


def next_step(learning: LearningFacts | None, trainer: TrainerFacts | None, *, today: date) -> NextStep:
    """The one step. A training that runs goes before the certificate that somebody has already."""
    if learning is not None and learning.stage is not EnrolmentStage.COMPLETED:
        return _learning(learning, today)
    if trainer is not None:
        return _training_done(trainer, today)
    return NextStep(StepCode.NOT_ENROLLED)


def _learning(facts: LearningFacts, today: date) -> NextStep:
    if facts.stage is EnrolmentStage.INVITED:
        return NextStep(StepCode.CONFIRM)
    if facts.stage is not EnrolmentStage.FOLLOWING:
        return NextStep(StepCode.PAUSED)
    work = facts.practice
    if work is not None and work.code in URGENT:
        return NextStep(URGENT[work.code], work.href, work.title)
    if work is not None and work.code is NextCode.VISIT and work.day is not None and work.day <= today:
        return NextStep(StepCode.HAND_IN, work.href, work.title, day=work.day)
    lesson = None if facts.theory_complete else facts.lesson
    if lesson is not None and facts.opens_on is None:
        code = StepCode.LESSON if lesson.kind == "lesson" else StepCode.QUIZ
        return NextStep(code, lesson.href, lesson.title, lesson.minutes)
    if work is not None and work.code in PRACTICE:
        return NextStep(PRACTICE[work.code], work.href, work.title, day=work.day)
    if facts.ready:
        return NextStep(StepCode.REFUSED if facts.refused else StepCode.WAIT_FOR_DECISION)
    return _nothing_to_do(facts, lesson)


def _nothing_to_do(facts: LearningFacts, lesson: NextLesson | None) -> NextStep:
    """What comes when neither reading nor practice asks for her now."""
    if lesson is not None:
        return NextStep(StepCode.MODULE_OPENS, title=lesson.module_title, day=facts.opens_on)
    if facts.days_missing:
        return NextStep(StepCode.TRAINING_DAY, "/scholingsdagen", day=facts.training_day)
    if facts.practice_complete and facts.theory_complete:
        return NextStep(StepCode.WAIT_FOR_VISITS)
    return NextStep(StepCode.MODULES_COMING)


def _training_done(facts: TrainerFacts, today: date) -> NextStep:
    standing = facts.standing
    page = f"/certificaat/{facts.certificate_id}" if facts.certificate_id is not None else ""
    if not standing.state.holds:
        return NextStep(StepCode.LAPSED, page, day=standing.grace_until)
    if facts.to_answer:
        return NextStep(StepCode.ANSWER, "/intervisie")
    if facts.update is not None:
        task_id, due_on = facts.update
        return NextStep(StepCode.UPDATE, f"/bijlezen/{task_id}/verder", day=due_on)
    if facts.to_write is not None:
        return NextStep(StepCode.LEARNING_POINT, f"/intervisie/{facts.to_write}")
    if page and today - facts.issued_on <= NEW_FOR:
        return NextStep(StepCode.CERTIFICATE, page)
    if standing.state is not State.VALID:
        return NextStep(StepCode.RENEW, page, day=standing.until)
    return NextStep(StepCode.UP_TO_DATE, page)
