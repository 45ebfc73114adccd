"""Days on which nobody plans a meeting: public holidays, computed, and school holidays, as they are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from app.intervision.places import Region, rows_of
from app.intervision.rules import Half

MONTHS: Final = {Half.SPRING: (3, 4), Half.AUTUMN: (10, 11)}  # domain.md 9.2: March-April, October-November
SATURDAY: Final = 5


@dataclass(frozen=True)
class Free:
    """Why a day is no day for a meeting. `regions`: where it is a school holiday; empty for everywhere."""

    name: str
    first: date
    last: date
    regions: frozenset[Region] = frozenset()


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, over = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * over + 2 * (rest // 4) - moon - rest % 4) % 7
    month, day = divmod(moon + week - 7 * ((golden + 11 * moon + 22 * week) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> dict[date, str]:
    """The Dutch public holidays of a year by day, with Good Friday and both days of May on which nobody meets."""
    sunday = easter(year)
    king = date(year, 4, 27)
    found = {
        date(year, 1, 1): "Nieuwjaarsdag",
        sunday - timedelta(days=2): "Goede Vrijdag",
        sunday: "eerste paasdag",
        sunday + timedelta(days=1): "tweede paasdag",
        king - timedelta(days=king.weekday() == SATURDAY + 1): "Koningsdag",
        date(year, 5, 4): "dodenherdenking",
        date(year, 5, 5): "Bevrijdingsdag",
        sunday + timedelta(days=49): "eerste pinksterdag",
        sunday + timedelta(days=50): "tweede pinksterdag",
        date(year, 12, 25): "eerste kerstdag",
        date(year, 12, 26): "tweede kerstdag",
    }
    return {sunday + timedelta(days=39): "Hemelvaartsdag"} | found  # on 5 May it is Bevrijdingsdag


@cache
def school_holidays() -> tuple[Free, ...]:
    """Every school holiday that is published, in order."""
    return tuple(
        Free(
            row["name"],
            date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]),
            frozenset(Region(one) for one in row["region"].split()),
        )
        for row in rows_of("school_holidays.csv")
    )


def school_holidays_known(first: date, last: date) -> bool:
    """Whether the ministry had published the school years of these days when the file was made."""
    known = {row["school_year"] for row in rows_of("school_holidays.csv")}
    return {_school_year(first), _school_year(last)} <= known


def free_day(day: date, regions: frozenset[Region]) -> Free | None:
    """Why nobody meets on a day in these regions; None when it is a day like any other."""
    name = public_holidays(day.year).get(day)
    if name is not None:
        return Free(name, day, day)
    found = [one for one in school_holidays() if one.first <= day <= one.last and one.regions & regions]
    if not found:
        return None
    where = frozenset[Region]().union(*(one.regions for one in found)) & regions
    return Free(found[0].name, min(one.first for one in found), max(one.last for one in found), where)


def days_to_meet(year: int, half: Half) -> list[date]:
    """The working days of the two months of a round; also public holidays, of which `free_day` tells."""
    first_month, last_month = MONTHS[half]
    first, after = date(year, first_month, 1), date(year, last_month + 1, 1)
    days = (first + timedelta(days=n) for n in range((after - first).days))
    return [day for day in days if day.weekday() < SATURDAY]


def _school_year(day: date) -> str:
    year = day.year if day.month >= 8 else day.year - 1  # the first of August is in the summer of every region
    return f"{year}-{year + 1}"
