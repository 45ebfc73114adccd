"""Where and when two who look come together; and numbers of a group that cannot all be true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import (
    Counts,
    DateFacts,
    DateKind,
    PartOfDay,
    Weekday,
    Wishes,
    contradiction,
    fit,
    places_in,
)

START: Final = datetime(2026, 12, 3, 13, 30, tzinfo=UTC)
DAYS: Final = st.frozensets(st.sampled_from(Weekday))
PARTS: Final = st.frozensets(st.sampled_from(PartOfDay))
PLACES: Final = st.lists(st.sampled_from(["Rotterdam", "rotterdam", "Breda", "Súdwest-Fryslân"]), max_size=3)
WISHES: Final = st.builds(Wishes, st.integers(1, 2), PLACES.map(tuple), DAYS, PARTS)


def wishes(**changes: object) -> Wishes:
    known = {
        "intervention_id": 1,
        "regions": ("Rotterdam", "Schiedam"),
        "days": frozenset({Weekday.TUESDAY, Weekday.THURSDAY}),
        "parts": frozenset({PartOfDay.AFTERNOON}),
    }
    return Wishes(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes, told",
    [
        ({}, (True, True, True)),
        ({"regions": ("SCHIEDAM",)}, (True, True, True)),
        ({"regions": ("Breda",)}, (True, False, True)),
        ({"days": frozenset({Weekday.MONDAY})}, (True, True, False)),
        ({"parts": frozenset({PartOfDay.EVENING})}, (True, True, False)),
        ({"intervention_id": 2}, (False, True, True)),
    ],
)
def test_how_two_lie(changes: dict[str, object], told: tuple[bool, bool, bool]) -> None:
    lies = fit(wishes(), wishes(**changes))
    assert (lies.same_intervention, lies.region, lies.days) == told
    assert lies.whole is all(told)


@given(WISHES, WISHES)
def test_it_does_not_matter_who_is_asked_first(one: Wishes, other: Wishes) -> None:
    assert fit(one, other) == fit(other, one)


@pytest.mark.parametrize(
    "text, found",
    [
        ("Rotterdam", ("Rotterdam",)),
        ("Rotterdam, Schiedam en Delft; rotterdam", ("Rotterdam", "Schiedam", "Delft")),
        (" , Súdwest-Fryslân,, ", ("Súdwest-Fryslân",)),
        (",", ()),
    ],
)
def test_places_in_a_line(text: str, found: tuple[str, ...]) -> None:
    assert places_in(text) == found


def date(number: int, attended: int | None, *, cancelled: bool = False) -> DateFacts:
    starts = START + timedelta(days=7 * number)
    return DateFacts(number, DateKind.SESSION, starts, starts + timedelta(hours=2), cancelled, cancelled, attended)


DATES: Final = [date(1, 8), date(2, None, cancelled=True), date(3, 6)]


@pytest.mark.parametrize(
    "counts, code",
    [
        (Counts(8, 8, 0), None),
        (Counts(9, 0, None), None),
        (Counts(None, None, None), None),
        (Counts(7, 6, None), "fewer_started_than_came"),
        (Counts(8, 9, None), "more_finished_than_started"),
    ],
)
def test_numbers_of_a_group(counts: Counts, code: str | None) -> None:
    found = contradiction(counts, dates=DATES)
    assert (found[0] if found else None) == code


def test_nobody_finishes_what_never_met() -> None:
    off = [date(1, None, cancelled=True)]
    assert contradiction(Counts(5, 1, None), dates=off) is not None
    assert contradiction(Counts(5, 0, None), dates=off) is None


def test_a_date_is_to_be_counted_from_its_end_until_it_is() -> None:
    one = date(0, None)
    assert [one.uncounted(START + timedelta(hours=hours)) for hours in (0, 1, 2)] == [False, False, True]
    assert not date(0, 5).uncounted(START + timedelta(days=1))
    assert not date(0, None, cancelled=True).uncounted(START + timedelta(days=1))
