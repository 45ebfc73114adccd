"""Days, places, and a season from last year's: rules without a database."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intervision.days import (
    MONTHS,
    days_to_meet,
    easter,
    free_day,
    public_holidays,
    school_holidays,
    school_holidays_known,
)
from app.intervision.places import Region, city_in, distance_km, region_of
from app.intervision.proposing import (
    VENUE_TO_COME,
    Held,
    Meeting,
    Why,
    closing_day,
    counted,
    expected_of,
    propose,
    propose_from_count,
    tables_for,
)
from app.intervision.rules import Half
from app.meetings.rules import SEATS_MAX, SEATS_MIN

LONG_AGO = date(2020, 1, 1)
ROOM = Meeting(time(13, 30), time(16), 125, 12, "Huis van de Wijk", "Oldegaarde 200, 3083 AB Rotterdam", leaders=(7,))


@pytest.mark.parametrize(
    "year, day",
    [
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year: int, day: date) -> None:
    assert easter(year) == day


@given(st.integers(1900, 2200))
def test_the_holidays_of_any_year(year: int) -> None:
    found = public_holidays(year)
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)
    king = next(day for day, name in found.items() if name == "Koningsdag")
    assert king in {date(year, 4, 26), date(year, 4, 27)}
    assert king.weekday() != 6
    assert {date(year, 5, 4), date(year, 5, 5), easter(year) - timedelta(days=2)} <= found.keys()


def test_king_s_day_gives_way_to_sunday() -> None:
    assert public_holidays(2031)[date(2031, 4, 26)] == "Koningsdag"
    assert date(2031, 4, 27) not in public_holidays(2031)


def test_school_holidays_count_where_they_are() -> None:
    carnival, day = frozenset({Region.SOUTH}), date(2028, 3, 2)
    assert free_day(day, carnival) is not None
    assert free_day(day, frozenset({Region.NORTH})) is None
    assert (found := free_day(day, frozenset(Region))) is not None
    assert found.regions == {Region.MIDDLE, Region.SOUTH}
    assert school_holidays_known(date(2027, 3, 1), date(2027, 11, 30))
    assert not school_holidays_known(date(2029, 10, 1), date(2029, 11, 30))  # not published yet


def test_each_school_holiday_is_a_week_or_more_and_in_order() -> None:
    for one in school_holidays():
        assert (one.first.weekday(), one.last.weekday()) == (5, 6)
        assert one.first < one.last
        assert one.regions


@pytest.mark.parametrize(
    "city, region",
    [
        ("Rotterdam", Region.MIDDLE),
        ("Den Bosch", Region.SOUTH),
        ("'s-Hertogenbosch", Region.SOUTH),
        ("‘s-Gravenhage ", Region.MIDDLE),
        ("den haag", Region.MIDDLE),
        ("AMSTERDAM", Region.NORTH),
        ("Arnhem", Region.SOUTH),  # not where one would look for it
        ("Apeldoorn", Region.MIDDLE),
        ("Hattem", Region.NORTH),
        ("Eemnes", Region.NORTH),
        ("Zeewolde", Region.MIDDLE),
        ("Lelystad", Region.NORTH),
        ("Súdwest", None),
        ("", None),
    ],
)
def test_the_region_of_a_place(city: str, region: Region | None) -> None:
    assert region_of(city) is region


def test_how_far_it_is() -> None:
    assert distance_km("Rotterdam", "Rotterdam") == 0
    assert distance_km("Rotterdam", "Utrecht") == pytest.approx(48, abs=2)
    assert distance_km("Den Haag", "Maastricht") == pytest.approx(168, abs=5)
    assert distance_km("Rotterdam", "Nergenshuizen") is None


@pytest.mark.parametrize(
    "address, city",
    [
        ("Oldegaarde 200, 3083 AB Rotterdam", "Rotterdam"),
        ("Plein 1, Breda, Nederland", "Breda"),
        ("Kerkstraat 2, 4811AB  Breda", "Breda"),
        ("", ""),
    ],
)
def test_the_place_at_the_end_of_an_address(address: str, city: str) -> None:
    assert city_in(address) == city


@pytest.mark.parametrize(
    "needing, extra, people, tables", [(0, 0, 0, 0), (10, 0, 7, 1), (30, 0, 21, 3), (31, 4, 26, 4)]
)
def test_how_many_come_and_at_how_many_tables(needing: int, extra: int, people: int, tables: int) -> None:
    assert expected_of(needing, extra) == people
    assert tables_for(people) == tables


def last_year(*days: date, meeting: Meeting = ROOM) -> list[Held]:
    return [Held(number, day, meeting) for number, day in enumerate(days)]


def proposed(*days: date, half: Half = Half.SPRING, year: int = 2027, may_lead: tuple[int, ...] = (7,)) -> list:  # type: ignore[type-arg]
    return propose(last_year(*days), year=year, half=half, may_lead=may_lead, not_before=LONG_AGO)


def test_the_same_week_and_weekday_when_that_is_free() -> None:
    (one,) = proposed(date(2026, 3, 12))
    assert (one.day, one.why, one.meeting, one.before) == (date(2027, 3, 11), Why.SAME_WEEK, ROOM, date(2026, 3, 12))


def test_a_school_holiday_moves_it_to_the_nearest_week_and_says_so() -> None:
    (one,) = proposed(date(2027, 10, 21), half=Half.AUTUMN, year=2028)
    assert one.day == date(2028, 10, 19)  # 19 October 2028 is before the holiday of Midden
    (one,) = proposed(date(2026, 10, 22), half=Half.AUTUMN)  # 21 October 2027 is in the autumn holiday of Midden
    assert (one.day, one.why, one.weeks) == (date(2027, 10, 14), Why.MOVED, -1)
    assert one.free is not None
    assert (one.free.name, one.free.regions) == ("herfstvakantie", {Region.MIDDLE})


def test_a_public_holiday_moves_it_too() -> None:
    (one,) = proposed(date(2026, 3, 27))  # 26 March 2027 is Good Friday
    assert one.day == date(2027, 3, 19)
    assert one.free is not None
    assert one.free.name == "Goede Vrijdag"


def test_a_meeting_outside_the_months_comes_into_them() -> None:
    (one,) = proposed(date(2026, 6, 11))
    assert (one.day, one.outside) == (date(2027, 4, 22), True)  # the May holiday begins on the 24th


def test_two_meetings_do_not_come_into_one_room_or_one_leader() -> None:
    first, second = proposed(date(2026, 10, 15), date(2026, 10, 22), half=Half.AUTUMN)
    assert (first.day, second.day) == (date(2027, 10, 14), date(2027, 10, 28))
    other = Meeting(time(9), time(12), 125, 12, "Elders", "Plein 1, Rotterdam", leaders=(7,))
    held = [*last_year(date(2026, 10, 15)), Held(9, date(2026, 10, 15), other)]
    found = propose(held, year=2027, half=Half.AUTUMN, may_lead=(7,), not_before=LONG_AGO)
    assert [one.day for one in found] == [date(2027, 10, 14)] * 2  # morning and afternoon


def test_who_may_not_lead_any_more_is_named() -> None:
    (one,) = proposed(date(2026, 3, 12), may_lead=())
    assert (one.meeting.leaders, one.gone) == ((), (7,))


@given(
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=12),
    st.sampled_from(list(Half)),
    st.integers(2027, 2040),
)
def test_every_proposal_is_on_a_day_to_meet(days: list[date], half: Half, year: int) -> None:
    found = proposed(*days, half=half, year=year)
    assert len({one.day for one in found}) == len(found)  # one room, one leader
    for one in found:
        assert one.day in days_to_meet(year, half)
        assert one.day.month in MONTHS[half]
        assert free_day(one.day, ROOM.regions) is None


def test_without_last_year_the_count_decides() -> None:
    counts, whole = counted({Region.MIDDLE: 64, Region.SOUTH: 5, None: 3}, [])
    assert [(one.region, one.expected, one.tables) for one in counts] == [
        (Region.MIDDLE, 45, 7),
        (Region.SOUTH, 4, 1),
        (None, 3, 1),
    ]
    assert (whole.needing, whole.expected, whole.tables) == (72, 51, 8)
    city: dict[Region | None, str] = {Region.MIDDLE: "Rotterdam", Region.SOUTH: "Breda"}
    found = propose_from_count(counts, year=2027, half=Half.SPRING, not_before=LONG_AGO, city=city)
    assert [one.meeting.address for one in found].count("Rotterdam") == 3
    assert {one.meeting.venue for one in found} == {VENUE_TO_COME}
    assert sum(one.meeting.seats for one in found if one.meeting.address == "Rotterdam") >= 45
    for one in found:
        assert SEATS_MIN <= one.meeting.seats <= SEATS_MAX
        assert free_day(one.day, one.meeting.regions) is None


def test_sign_up_closes_two_weeks_before_but_never_in_the_past() -> None:
    assert closing_day(date(2027, 3, 11), date(2027, 1, 1)) == date(2027, 2, 25)
    assert closing_day(date(2027, 3, 11), date(2027, 3, 1)) == date(2027, 3, 1)
