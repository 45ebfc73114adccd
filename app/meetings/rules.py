"""The life of a meeting and of one person's place in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

SEATS_MIN: Final = 8  # domain.md 9.2
SEATS_MAX: Final = 48
NET_MINUTES: Final = 125  # the default programme of 150 minutes without welcome and break, domain.md 9.2
FULL_SHARE: Final = 0.8  # below this share of the net minutes somebody was there in part, domain.md 9.2
PURPOSE: Final = "meeting-answer"  # of the secret in the links that answer from the mail
LONGEST_REASON: Final = 1_000
OFFER_LASTS: Final = timedelta(hours=48)  # choice: two nights to look at the diary
OFFERS_END: Final = timedelta(hours=24)  # before the start: the day before, the list is known
SHORTEST_OFFER: Final = timedelta(hours=6)  # less is not an offer but a race with somebody at work


class AnswerTo(StrEnum):
    """What somebody said to an invitation."""

    NONE = ""
    YES = "yes"
    NO = "no"


class Attendance(StrEnum):
    """Whether somebody was there. `absent_notified`: she said so beforehand."""

    UNKNOWN = ""
    PRESENT = "present"
    PARTIAL = "partial"
    ABSENT = "absent"
    ABSENT_NOTIFIED = "absent_notified"

    @property
    def was_there(self) -> bool:
        return self in {Attendance.PRESENT, Attendance.PARTIAL}


class InLine(StrEnum):
    """Where somebody stands on the waiting list of a meeting. `passed`: she let an offer pass."""

    OUT = ""
    WAITING = "waiting"
    OFFERED = "offered"
    PASSED = "passed"


class MeetingState(StrEnum):
    """The states of a meeting, from its moments."""

    DRAFT = "draft"
    PUBLISHED = "published"
    HELD = "held"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Moments(Protocol):
    """What of a meeting tells its state and whether it can be answered."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def settled_at(self) -> datetime | None: ...
    @property
    def signup_closes_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Mark:
    """How one person's presence is noted; minutes only matter when she was there."""

    attendance: Attendance
    minutes: int | None = None


def state(meeting: Moments, now: datetime) -> MeetingState:
    """The state of a meeting; held from its start, so that the list can be filled in on the spot."""
    if meeting.cancelled_at is not None:
        return MeetingState.CANCELLED
    if meeting.settled_at is not None:
        return MeetingState.SETTLED
    if meeting.published_at is None:
        return MeetingState.DRAFT
    return MeetingState.HELD if now >= meeting.starts_at else MeetingState.PUBLISHED


def over(meeting: Moments, now: datetime) -> str | None:
    """The code of why nobody can come or stay away any more; None while it is still ahead."""
    if meeting.cancelled_at is not None:
        return "meeting_cancelled"
    return "meeting_past" if now >= meeting.starts_at else None


def signup_open(meeting: Moments, now: datetime) -> bool:
    """Whether answers may still change in both directions."""
    closes = meeting.signup_closes_at
    return over(meeting, now) is None and (closes is None or now < closes)


def answer_refused(
    meeting: Moments, *, had: AnswerTo, line: InLine, wanted: AnswerTo, closed_too: bool, now: datetime
) -> str | None:
    """The code of why this answer is not possible; None when it is. Whether a seat is left is another matter.

    Until sign-up closes an answer may change both ways; after that a seat or a place in line may only be
    given up, until the start (security.md 4, answering without signing in), and an offer may be taken.
    `closed_too`: she may choose although sign-up has closed.
    """
    if (gone := over(meeting, now)) is not None:
        return gone
    if had is wanted or closed_too or signup_open(meeting, now) or line in {InLine.OFFERED, InLine.WAITING}:
        return None
    if line is InLine.PASSED and wanted is AnswerTo.YES:
        return "offer_passed"
    return None if had is AnswerTo.YES and wanted is AnswerTo.NO else "signup_closed"


def in_line(waiting_since: datetime | None, offered_until: datetime | None, now: datetime) -> InLine:
    """Where somebody stands on the waiting list. An offer passes at its deadline, also when the job is late."""
    if offered_until is not None:
        return InLine.OFFERED if waiting_since is not None and now < offered_until else InLine.PASSED
    return InLine.OUT if waiting_since is None else InLine.WAITING


def offered_until(starts_at: datetime, now: datetime) -> datetime | None:
    """Until when a seat that comes free now is kept for the first in line; None when it is too late to offer it."""
    last = starts_at - OFFERS_END
    return None if last - now < SHORTEST_OFFER else min(now + OFFER_LASTS, last)


def taken_up(answer: AnswerTo, attendance: Attendance) -> bool:
    """Whether a place is the one somebody comes to or came to. Who had a seat and was not there has it no more."""
    return attendance.was_there or (answer is AnswerTo.YES and attendance is Attendance.UNKNOWN)


def noted(mark: Mark, *, net_minutes: int) -> Mark:
    """What is kept of a mark: everything when no minutes were given, partial below four fifths, at most all."""
    if not mark.attendance.was_there:
        return Mark(mark.attendance)
    if mark.minutes is None:
        minutes = net_minutes if mark.attendance is Attendance.PRESENT else 0
    else:
        minutes = min(mark.minutes, net_minutes)
    full = minutes >= FULL_SHARE * net_minutes
    return Mark(Attendance.PRESENT if full else Attendance.PARTIAL, minutes)
