"""How days, moments and lists of names are written for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from babel.lists import format_list

from app.kit.i18n import Locale
from app.kit.localtime import local


def listed(names: Iterable[str], locale: Locale) -> str:
    """Names as one reads them aloud: Marloes van Dijk, Rachid Ouali en Iris de Boer."""
    return format_list(list(names), locale=locale)


def date_filters(locale: Locale) -> dict[str, Callable[..., str]]:
    """How days and moments are written: written out, Amsterdam time, 13.30 uur; and `listed` names."""

    @lru_cache(maxsize=2_000)
    def written(day: date, pattern: str) -> str:
        return format_date(day, pattern, locale=locale)

    def as_day(value: date | datetime) -> date:
        return local(value).date() if isinstance(value, datetime) else value

    def time_of(value: datetime) -> str:
        return local(value).strftime("%H.%M" if locale == "nl" else "%H:%M")

    def moment(value: datetime) -> str:
        day = written(as_day(value), "EEEE d MMMM")
        return f"{day}, {time_of(value)} uur" if locale == "nl" else f"{day}, {time_of(value)}"

    return {
        "date_long": lambda value: written(as_day(value), "EEEE d MMMM"),
        "date_full": lambda value: written(as_day(value), "EEEE d MMMM y"),
        "date_year": lambda value: written(as_day(value), "d MMMM y"),
        "day_month": lambda value: written(as_day(value), "d MMMM"),
        "date_short": lambda value: written(as_day(value), "d MMM").rstrip("."),
        "day_of": lambda value: str(as_day(value).day),
        "month_of": lambda value: written(as_day(value), "MMM").rstrip("."),
        "iso_day": lambda value: as_day(value).isoformat(),
        "iso": lambda value: value.isoformat(),
        "time_of": time_of,
        "moment": moment,
        "listed": lambda names: listed(names, locale),
        "upper_first": lambda text: str(text)[:1].upper() + str(text)[1:],  # English months keep their capital
    }
