"""When both sides are reminded of a visit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from app.kit.localtime import instant, local_day

REMIND_DAYS: Final = (7, 1)  # domain.md 9.1: before the visit
REMIND_AT: Final = time(9)  # a working hour, as the clock in Amsterdam shows it


@dataclass(frozen=True)
class Reminder:
    """One reminder: so many days before the visit. After `not_after` it helps nobody any more."""

    days: int
    send_at: datetime
    not_after: datetime


def reminders(starts_at: datetime, *, planned_at: datetime) -> tuple[Reminder, ...]:
    """The reminders of a visit, the first one first.

    On the day on which a visit was planned a letter about it goes out already: a reminder is for a later day. One
    that is late gives way to the next one, and the last to the visit itself.
    """
    day = local_day(starts_at)
    moments = [(days, instant(day - timedelta(days=days), REMIND_AT)) for days in REMIND_DAYS]
    ends = [send_at for _, send_at in moments[1:]] + [starts_at]
    return tuple(
        Reminder(days, send_at, not_after)
        for (days, send_at), not_after in zip(moments, ends, strict=True)
        if local_day(send_at) > local_day(planned_at)
    )
