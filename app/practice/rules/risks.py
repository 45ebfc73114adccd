"""Who may be getting stuck, and why: signs that a coach acts on before somebody drops out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.courses.rules import Policy

ENDS_SOON_DAYS: Final = 60  # choice: time enough for a visit and a second attempt


class RiskCode(StrEnum):
    """Why somebody is at risk; the pages have the words. In the order of how much it presses."""

    RETURNED_LATE = "returned_late"
    ENDS_SOON = "ends_soon"
    NO_VISIT = "no_visit"
    NO_START = "no_start"
    QUIET = "quiet"


@dataclass(frozen=True)
class Risk:
    """One reason. `since`: the day from which it holds; of `ENDS_SOON` the day on which the training ends."""

    code: RiskCode
    since: date
    days: int


@dataclass(frozen=True)
class RiskFacts:
    """What tells the risks of one training.

    `waits`: somebody else is to act, or a day that is planned has to come. `last_step`: the latest day on which she
    got further, by herself or with her coach. `visited`: a visit is planned or was there. `late_return`: the day on
    which work that came back was to be ready again, when that lies open.
    """

    started_on: date
    last_step: date
    standing_still: bool = False
    complete: bool = False
    waits: bool = False
    theory_done_on: date | None = None
    visited: bool = False
    practice_begun: bool = False
    late_return: date | None = None
    added: int = 0


def ends_on(started_on: date, policy: Policy, *, added: int = 0) -> date:
    """The last day of a training that began on a day, with the days that were added to it."""
    return started_on + timedelta(days=policy.enrolment_max_days + added)


def risks(facts: RiskFacts, policy: Policy, *, today: date) -> tuple[Risk, ...]:
    """Everything that asks for a call or a mail, the most pressing first; nothing while the training stands still."""
    if facts.complete or facts.standing_still:
        return ()
    found = []
    if facts.late_return is not None and today > facts.late_return:
        found.append(Risk(RiskCode.RETURNED_LATE, facts.late_return, (today - facts.late_return).days))
    end = ends_on(facts.started_on, policy, added=facts.added)
    if (end - today).days <= ENDS_SOON_DAYS:
        found.append(Risk(RiskCode.ENDS_SOON, end, (end - today).days))
    if facts.theory_done_on is not None and not facts.visited:
        found += _past(RiskCode.NO_VISIT, facts.theory_done_on, policy.first_visit_within_days, today)
    if not facts.practice_begun:
        found += _past(RiskCode.NO_START, facts.started_on, policy.practice_start_within_days, today)
    quiet = (today - facts.last_step).days
    if quiet >= policy.quiet_days and not facts.waits:
        found.append(Risk(RiskCode.QUIET, facts.last_step, quiet))
    return tuple(found)


def _past(code: RiskCode, start: date, within: int, today: date) -> Iterable[Risk]:
    """The risk that something did not happen within so many days of a day."""
    days = (today - start).days
    return [Risk(code, start, days)] if days > within else []
