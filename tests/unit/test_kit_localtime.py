"""Dutch calendar days and wall clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.localtime import (
    add_months,
    add_working_days,
    end_of,
    instant,
    local,
    local_day,
    start_of,
    working_days_between,
)

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_the_hour_that_does_not_exist_moves_forward() -> None:
    assert instant(SPRING, time(1, 59)) == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert local(instant(SPRING, time(2, 30))).strftime("%H:%M") == "03:30"
    assert instant(SPRING, time(3)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_the_first_counts() -> None:
    first = instant(AUTUMN, time(2, 30))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local(first).strftime("%H:%M") == local(first + timedelta(hours=1)).strftime("%H:%M") == "02:30"
    assert instant(AUTUMN, time(3)) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("day, hours", [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_it_is(day: date, hours: int) -> None:
    assert end_of(day) - start_of(day) == timedelta(hours=hours)


@given(DAYS)
def test_days_follow_each_other_without_gap(day: date) -> None:
    assert local_day(start_of(day)) == day
    assert local_day(end_of(day) - timedelta(microseconds=1)) == day
    assert end_of(day) == start_of(day + timedelta(days=1))


def test_the_day_begins_at_midnight_in_amsterdam() -> None:
    assert local_day(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert local_day(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert local_day(datetime(2026, 6, 30, 22, 0, tzinfo=UTC)) == date(2026, 7, 1)


@pytest.mark.parametrize(
    "day, months, then",
    [
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_later(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


@given(DAYS, st.integers(0, 240))
def test_months_later_is_in_the_right_month_and_never_a_later_day(day: date, months: int) -> None:
    then = add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day <= day.day


def test_working_days_skip_the_weekend() -> None:
    friday = date(2026, 11, 27)
    assert add_working_days(friday, 1) == date(2026, 11, 30)
    assert add_working_days(date(2026, 11, 28), 1) == date(2026, 11, 30)
    assert add_working_days(friday, 5) == date(2026, 12, 4)
    assert add_working_days(friday, 0) == friday
    assert working_days_between(friday, date(2026, 11, 29)) == 0
    assert working_days_between(friday, date(2026, 11, 30)) == 1
    assert working_days_between(date(2026, 11, 30), friday) == 0


@given(DAYS, st.integers(0, 400))
def test_counting_and_adding_working_days_agree(day: date, days: int) -> None:
    assert working_days_between(day, add_working_days(day, days)) == days


@given(DAYS, st.integers(0, 60))
def test_working_days_are_counted_one_by_one(day: date, days: int) -> None:
    end = day + timedelta(days=days)
    one_by_one = sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, days + 1))
    assert working_days_between(day, end) == one_by_one
