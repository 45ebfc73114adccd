"""The one place where instants become Dutch calendar days and wall-clock times, and back."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(moment: datetime) -> datetime:
    """The wall clock in Amsterdam at this instant."""
    return moment.astimezone(AMSTERDAM)


def local_day(moment: datetime) -> date:
    """The calendar day in Amsterdam at this instant."""
    return moment.astimezone(AMSTERDAM).date()


def instant(day: date, at: time) -> datetime:
    """The instant at which clocks in Amsterdam show `at` on `day`.

    In the hour that occurs twice the first one counts; a time inside the skipped hour moves forward.
    """
    return datetime.combine(day, at, tzinfo=AMSTERDAM).astimezone(UTC)


def start_of(day: date) -> datetime:
    """Midnight in Amsterdam at the start of `day`."""
    return instant(day, time())


def end_of(day: date) -> datetime:
    """The first instant after `day`: periods end at the end of their last day."""
    return start_of(day + timedelta(days=1))


def add_months(day: date, months: int) -> date:
    """The same day some months later; 29-31 fall back to the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_working_days(day: date, days: int) -> date:
    """The day after `days` Mondays to Fridays; public holidays are not counted as days off."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:  # Monday to Friday
            days -= 1
    return day


def working_days_between(start: date, end: date) -> int:
    """How many Mondays to Fridays lie after `start` up to and including `end`; 0 when `end` is earlier."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    tail = sum((start + timedelta(days=weeks * 7 + n)).weekday() < 5 for n in range(1, rest + 1))
    return weeks * 5 + tail
