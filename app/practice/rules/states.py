"""The life of an assignment record: its states, and which step may follow. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

PHOTOS_MAX: Final = 10  # per attempt; security.md 1.2 #23
FILES_KEPT: Final = timedelta(days=90)  # domain.md 8.5
ORPHAN_AGE: Final = timedelta(hours=24)  # security.md I-7
REVIEW_WORKING_DAYS: Final = 5  # the promise where no policy says otherwise, domain.md 8.4


class RecordState(StrEnum):
    """How far somebody is with one assignment (domain.md 9.1)."""

    LOCKED = "locked"
    OPEN = "open"
    PLANNED = "planned"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    SIGNED_OFF = "signed_off"
    RETURNED = "returned"
    NOT_MET = "not_met"


class Step(StrEnum):
    """What can happen to a record."""

    UNLOCK = "unlock"
    PLAN_VISIT = "plan_visit"
    CANCEL_VISIT = "cancel_visit"
    SUBMIT = "submit"
    REVIEW = "review"
    SIGN_OFF = "sign_off"
    RETURN = "return"
    TRY_AGAIN = "try_again"
    GIVE_UP = "give_up"
    ALLOW_AGAIN = "allow_again"
    WITHDRAW = "withdraw"


class Decision(StrEnum):
    """What a coach decides: klaar, nog een stukje, samen nog een keer."""

    SIGNED_OFF = "signed_off"
    RETURNED = "returned"
    NOT_MET = "not_met"


S, T = RecordState, Step
TRANSITIONS: Final[dict[tuple[RecordState, Step], RecordState]] = {
    (S.LOCKED, T.UNLOCK): S.OPEN,
    (S.OPEN, T.PLAN_VISIT): S.PLANNED,
    (S.OPEN, T.SUBMIT): S.SUBMITTED,
    (S.PLANNED, T.PLAN_VISIT): S.PLANNED,
    (S.PLANNED, T.CANCEL_VISIT): S.OPEN,
    (S.PLANNED, T.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, T.REVIEW): S.IN_REVIEW,
    (S.SUBMITTED, T.SIGN_OFF): S.SIGNED_OFF,
    (S.SUBMITTED, T.RETURN): S.RETURNED,
    (S.SUBMITTED, T.TRY_AGAIN): S.OPEN,
    (S.SUBMITTED, T.GIVE_UP): S.NOT_MET,
    (S.IN_REVIEW, T.REVIEW): S.IN_REVIEW,
    (S.IN_REVIEW, T.SIGN_OFF): S.SIGNED_OFF,
    (S.IN_REVIEW, T.RETURN): S.RETURNED,
    (S.IN_REVIEW, T.TRY_AGAIN): S.OPEN,
    (S.IN_REVIEW, T.GIVE_UP): S.NOT_MET,
    (S.RETURNED, T.SUBMIT): S.SUBMITTED,
    (S.NOT_MET, T.ALLOW_AGAIN): S.OPEN,
    # A sign-off that is taken back: her work lies with the coach again. OPEN: it had begun a next attempt.
    (S.SIGNED_OFF, T.WITHDRAW): S.IN_REVIEW,
    (S.RETURNED, T.WITHDRAW): S.IN_REVIEW,
    (S.NOT_MET, T.WITHDRAW): S.IN_REVIEW,
    (S.OPEN, T.WITHDRAW): S.IN_REVIEW,
}
"""Every step that may be taken, and where it leads. What is not here may not happen."""


@dataclass(frozen=True)
class Qualified:
    """Whether somebody may begin with practice: the safety module comes before any group."""

    safety_done: bool


@dataclass(frozen=True)
class RecordFacts:
    """What tells the state of a record. All of it is about the present attempt and its latest submission."""

    qualified: bool = False
    opened: bool = False
    visit_planned: bool = False
    handed_in: bool = False
    review_saved: bool = False
    decision: Decision | None = None


def state(facts: RecordFacts) -> RecordState:
    """The state of a record; the last thing that happened counts."""
    if facts.decision is not None:
        return RecordState(facts.decision.value)
    if facts.handed_in:
        return RecordState.IN_REVIEW if facts.review_saved else RecordState.SUBMITTED
    if facts.visit_planned:
        return RecordState.PLANNED
    return RecordState.OPEN if facts.opened or facts.qualified else RecordState.LOCKED


def may(now: RecordState, step: Step) -> bool:
    return (now, step) in TRANSITIONS


def waits_for_coach(now: RecordState) -> bool:
    return now in {RecordState.SUBMITTED, RecordState.IN_REVIEW}


def may_be_observed(now: RecordState) -> bool:
    """Whether the coach's form is open: from the day that a visit is planned until she decides."""
    return now in {RecordState.PLANNED, RecordState.SUBMITTED, RecordState.IN_REVIEW}


def may_change_work(now: RecordState) -> bool:
    """Whether the professional may still write and add: until she hands in, and again when it comes back."""
    return may(now, Step.SUBMIT)


def step_of(decision: Decision, *, attempt: int, attempts_max: int) -> Step:
    """The step that a decision takes; after the last attempt a talk with the admin follows."""
    if decision is Decision.NOT_MET:
        return Step.TRY_AGAIN if attempt < attempts_max else Step.GIVE_UP
    return Step.SIGN_OFF if decision is Decision.SIGNED_OFF else Step.RETURN
