"""What a training waits for, and who is to act. Pure.

Somebody stands still only where it is her own turn: who waits for a day, a coach or an admin does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.courses.rules import EnrolmentStage
from app.practice.rules.progress import NextCode


class Turn(StrEnum):
    """Who is to act; `DAY`: a day that is planned has to come."""

    HERSELF = "herself"
    COACH = "coach"
    ADMIN = "admin"
    DAY = "day"
    NOBODY = "nobody"


class Awaited(StrEnum):
    """What has to happen next; the pages have the words."""

    INVITE = "invite"
    INVITE_AGAIN = "invite_again"
    COME_IN = "come_in"
    LEARN = "learn"
    OPENING = "opening"
    COURSE = "course"
    FIND_GROUP = "find_group"
    BRING_TOGETHER = "bring_together"
    PREPARE = "prepare"
    PLAN = "plan"
    VISIT = "visit"
    HAND_IN = "hand_in"
    REVIEW = "review"
    IMPROVE = "improve"
    TALK = "talk"
    COACH = "coach"
    DECIDE = "decide"
    MORE_TIME = "more_time"
    PAUSE = "pause"
    DONE = "done"

    @property
    def turn(self) -> Turn:
        return _TURNS[self]


_TURNS: Final = {
    Awaited.INVITE: Turn.ADMIN,
    Awaited.INVITE_AGAIN: Turn.ADMIN,
    Awaited.COME_IN: Turn.HERSELF,
    Awaited.LEARN: Turn.HERSELF,
    Awaited.OPENING: Turn.DAY,
    Awaited.COURSE: Turn.ADMIN,
    Awaited.FIND_GROUP: Turn.HERSELF,
    Awaited.BRING_TOGETHER: Turn.ADMIN,
    Awaited.PREPARE: Turn.HERSELF,
    Awaited.PLAN: Turn.COACH,
    Awaited.VISIT: Turn.DAY,
    Awaited.HAND_IN: Turn.HERSELF,
    Awaited.REVIEW: Turn.COACH,
    Awaited.IMPROVE: Turn.HERSELF,
    Awaited.TALK: Turn.ADMIN,
    Awaited.COACH: Turn.ADMIN,
    Awaited.DECIDE: Turn.ADMIN,
    Awaited.MORE_TIME: Turn.ADMIN,
    Awaited.PAUSE: Turn.NOBODY,
    Awaited.DONE: Turn.NOBODY,
}
_IN_PRACTICE: Final = {
    NextCode.PREPARE: Awaited.PREPARE,
    NextCode.HAND_IN: Awaited.HAND_IN,
    NextCode.IMPROVE: Awaited.IMPROVE,
    NextCode.FIND_GROUP: Awaited.FIND_GROUP,
    NextCode.TALK: Awaited.TALK,
}
_BY_COACH: Final = {NextCode.WAIT_FOR_COACH: Awaited.REVIEW, NextCode.WAIT_FOR_DATE: Awaited.PLAN}


@dataclass(frozen=True)
class TurnFacts:
    """What tells whose turn it is.

    `reads`: there is a lesson or check to do; `closed`: it opens on a day to come. `theory_done`, `code`: theory is
    complete, and what comes next in practice. `visit_was`: the visit that the work waits for has been. `looks`: she
    looks for a group and was brought together with nobody. `invited`, `link_works`: a link was sent, and still opens.
    `over`: its time has run out.
    """

    stage: EnrolmentStage
    reads: bool
    theory_done: bool
    code: NextCode | None
    closed: bool = False
    has_coach: bool = True
    visit_was: bool = False
    looks: bool = False
    invited: bool = True
    link_works: bool = True
    over: bool = False


def awaited(facts: TurnFacts) -> Awaited:
    """The one thing that a training waits for; what others owe her goes before what she could do meanwhile."""
    if facts.stage is EnrolmentStage.INVITED:
        return _at_the_door(facts)
    if facts.stage is EnrolmentStage.PAUSED:
        return Awaited.PAUSE
    if facts.stage is not EnrolmentStage.FOLLOWING:
        return Awaited.DONE
    if facts.over:
        return Awaited.MORE_TIME
    return _on_the_road(facts)


def _at_the_door(facts: TurnFacts) -> Awaited:
    if not facts.invited:
        return Awaited.INVITE
    return Awaited.COME_IN if facts.link_works else Awaited.INVITE_AGAIN


def _on_the_road(facts: TurnFacts) -> Awaited:
    code = facts.code
    if code in _BY_COACH:
        return _BY_COACH[code] if facts.has_coach else Awaited.COACH
    if code is NextCode.TALK:
        return Awaited.TALK
    if code is NextCode.VISIT and not facts.visit_was:
        return Awaited.VISIT
    if facts.reads and not facts.closed:
        return Awaited.LEARN
    if code is NextCode.VISIT:
        return Awaited.HAND_IN
    if code is NextCode.FIND_GROUP and facts.looks:
        return Awaited.BRING_TOGETHER
    if code in _IN_PRACTICE:
        return _IN_PRACTICE[code]
    if facts.closed:
        return Awaited.OPENING
    return Awaited.DECIDE if facts.theory_done else Awaited.COURSE
