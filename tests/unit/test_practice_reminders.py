"""When people are reminded of a visit: in the morning here, also when the clocks change in between."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.localtime import instant, local, local_day
from app.practice.rules.reminders import REMIND_AT, reminders

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: date, hour: int = 13) -> datetime:
    return instant(day, time(hour, 30))


def test_a_week_and_a_day_before_in_the_morning() -> None:
    week, day = reminders(at(date(2026, 12, 17)), planned_at=at(date(2026, 11, 27)))
    assert (week.days, day.days) == (7, 1)
    assert week.send_at == datetime(2026, 12, 10, 8, 0, tzinfo=UTC)
    assert day.send_at == datetime(2026, 12, 16, 8, 0, tzinfo=UTC)
    assert week.not_after == day.send_at
    assert day.not_after == at(date(2026, 12, 17))


@pytest.mark.parametrize(
    ("ahead", "left"),
    [(30, [7, 1]), (8, [7, 1]), (7, [1]), (6, [1]), (2, [1]), (1, []), (0, [])],
)
def test_planned_late_only_what_still_makes_sense(ahead: int, left: list[int]) -> None:
    """On the day of planning the letter about the visit itself goes out, so there is nothing to remind of."""
    planned = at(date(2026, 11, 27), 8)
    found = reminders(at(date(2026, 11, 27) + timedelta(days=ahead)), planned_at=planned)
    assert [one.days for one in found] == left


@pytest.mark.parametrize(
    ("visit", "utc_hour"),
    [
        (date(2027, 3, 29), 7),  # the clocks went forward on the 28th, between the reminders
        (date(2027, 3, 28), 8),
        (date(2027, 10, 31), 7),  # back in the night before
        (date(2027, 11, 1), 8),
    ],
)
def test_nine_o_clock_is_nine_o_clock_when_the_clocks_change(visit: date, utc_hour: int) -> None:
    found = reminders(at(visit), planned_at=at(visit - timedelta(days=60)))
    assert found[-1].send_at.hour == utc_hour
    assert {local(one.send_at).time() for one in found} == {REMIND_AT}


@given(
    starts=st.integers(0, 4 * 366 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
    before=st.timedeltas(timedelta(0), timedelta(days=90)),
)
def test_never_late_never_twice_and_always_before_the_visit(starts: datetime, before: timedelta) -> None:
    planned = starts - before
    found = reminders(starts, planned_at=planned)
    for one in found:
        assert planned < one.send_at < one.not_after <= starts
        assert local_day(one.send_at) == local_day(starts) - timedelta(days=one.days)
    assert len({one.send_at for one in found}) == len(found)
