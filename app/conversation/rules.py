"""The conversation that belongs to one assignment: who may write when, and when somebody hears of it. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.courses.rules import EnrolmentStage
from app.kit.localtime import instant, local, local_day

QUIET: Final = timedelta(minutes=5)
"""How long a mail waits for what is said next, and for being read: several messages are one mail."""
DIGEST_AT: Final = time(17, 0)  # Amsterdam
MOST: Final = 20
"""Messages that somebody may write in `MOST_IN`, to one person: nobody types faster, a script would."""
MOST_IN: Final = timedelta(minutes=10)
SHOWN: Final = 50  # messages on one page, the newest ones
ECHO: Final = timedelta(minutes=2)
"""A draft that still arrives so long after it was sent is what was sent."""


class MailChoice(StrEnum):
    """How somebody wants to hear that there is something new."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NONE = "none"


class Writing(StrEnum):
    """Whether somebody may write now, and why not."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    LOOKS_ALONG = "looks_along"


def writing(stage: EnrolmentStage, *, party: bool) -> Writing:
    """An admin may read along (and that is noted), never write as one of the two."""
    if not party:
        return Writing.LOOKS_ALONG
    if stage is EnrolmentStage.FOLLOWING:
        return Writing.OPEN
    return Writing.PAUSED if stage is EnrolmentStage.PAUSED else Writing.CLOSED


def next_digest(now: datetime) -> datetime:
    """The next five o'clock in Amsterdam, of today or tomorrow."""
    today = local_day(now)
    if local(now).time() < DIGEST_AT:
        return instant(today, DIGEST_AT)
    return instant(today + timedelta(days=1), DIGEST_AT)
