"""How far somebody is with practice, and what she does next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.delivery.rules import GroupFacts
from app.practice.rules.states import RecordState


class NextCode(StrEnum):
    """What a professional does next in practice; the pages have the words."""

    THEORY_FIRST = "theory_first"
    FIND_GROUP = "find_group"
    PREPARE = "prepare"
    WAIT_FOR_DATE = "wait_for_date"
    VISIT = "visit"
    HAND_IN = "hand_in"
    WAIT_FOR_COACH = "wait_for_coach"
    IMPROVE = "improve"
    TALK = "talk"


@dataclass(frozen=True)
class PracticeStep:
    """The next thing to do in practice. `title` is the assignment's.

    `day` belongs to `visit`; once it has passed, the thing to do is to hand in.
    """

    code: NextCode
    title: str
    href: str
    day: date | None = None


@dataclass(frozen=True)
class AssignmentProgress:
    """One assignment of somebody, opened or not. `visit_date_id`: of a visit that the work still waits for."""

    assignment_id: int
    record_id: int | None
    code: str
    title: str
    state: RecordState
    since: datetime | None
    decides: bool
    final: bool
    visit_date_id: int | None = None


@dataclass(frozen=True)
class PracticeProgress:
    """How far an enrolment is with practice. `visits_done`: visits to attempts that were decided on."""

    assignments: tuple[AssignmentProgress, ...]
    required: int
    signed_off: int
    visits_done: int
    complete: bool
    completed_on: date | None
    final_signed_by: int | None
    next: PracticeStep | None
    group: GroupFacts | None
