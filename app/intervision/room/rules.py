"""The room in which people discuss a case: who may read it, how long it is there, what may become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from app.kit.localtime import local_day, start_of

KEPT_DAYS: Final = 14  # domain.md 8.5 and 9.2: the text of a case goes fourteen days after the meeting
TITLE_MAX: Final = 100
QUESTION_MAX: Final = 300
STORY_MAX: Final = 700  # five lines, domain.md 9.2


class CaseState(StrEnum):
    """What became of a case (domain.md 9.2). `PURGED`: its text is gone, its title stays."""

    OFFERED = "offered"
    CHOSEN = "chosen"
    PARKED = "parked"
    DISCUSSED = "discussed"
    PURGED = "purged"


class Steps(Protocol):
    """The moments of a case that tell its state."""

    @property
    def chosen_at(self) -> datetime | None: ...
    @property
    def parked_at(self) -> datetime | None: ...
    @property
    def discussed_at(self) -> datetime | None: ...
    @property
    def purged_at(self) -> datetime | None: ...


class Ends(Protocol):
    """What of a meeting says how long its cases are there."""

    @property
    def ends_at(self) -> datetime: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class CaseText:
    """What somebody tells her table: nothing of it stands anywhere unsealed."""

    question: str = field(repr=False)
    story: str = field(repr=False)
    agreed: str = field(default="", repr=False)
    """The first step that they agreed on; sealed with the rest, and gone with it."""


@dataclass(frozen=True)
class Table:
    """The people who sit together in a meeting, by their place, and who leads them. `number` 0: it is one table."""

    number: int
    seats: Mapping[int, int]
    leader_ids: frozenset[int]

    def may_read(self, person_id: int) -> bool:
        """Whether somebody reads what is brought in here; a role alone never opens it (domain.md 8.3b)."""
        return person_id in self.leader_ids or person_id in self.seats.values()


def case_state(case: Steps) -> CaseState:
    """The state of a case, from its moments."""
    if case.purged_at is not None:
        return CaseState.PURGED
    if case.discussed_at is not None:
        return CaseState.DISCUSSED
    if case.chosen_at is not None:
        return CaseState.CHOSEN
    return CaseState.PARKED if case.parked_at is not None else CaseState.OFFERED


def deciding_refused(meeting: Ends, state: CaseState, now: datetime) -> str | None:
    """The code of why the gespreksleider cannot decide about a case now; None when she can."""
    if is_gone(meeting, now) or state is CaseState.PURGED:
        return "case_gone"
    return "case_discussed" if state is CaseState.DISCUSSED else None


def gone_on(meeting: Ends) -> date:
    """The day on which the texts of a meeting are gone; it moves along with the meeting."""
    return local_day(meeting.ends_at) + timedelta(days=KEPT_DAYS)


def is_gone(meeting: Ends, now: datetime) -> bool:
    """Whether nobody reads a case of this meeting any more, also when the nightly work is late."""
    return meeting.cancelled_at is not None or now >= start_of(gone_on(meeting))


def bringing_refused(meeting: Ends, *, has_seat: bool, state: CaseState | None, now: datetime) -> str | None:
    """The code of why a case cannot be brought in, or written again; None when it can."""
    if meeting.cancelled_at is not None:
        return "meeting_cancelled"
    if now >= meeting.ends_at:
        return "case_too_late"
    if not has_seat:
        return "no_seat_for_case"
    return "case_discussed" if state in {CaseState.DISCUSSED, CaseState.PURGED} else None
