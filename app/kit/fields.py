"""Fields that forms of more than one area have: ids, days, times, and a box that was left empty."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.kit.ids import MAX_ID

FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


def blank_is_nothing(value: object) -> object:
    """A box that was left empty says nothing, not an empty text."""
    return None if value == "" else value


def _of_our_time(day: date) -> date:
    """A day that has an instant in every time zone, and neighbours; the year 1 and 9999 are slips."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("odd_day", "not a day of our time")
    return day


def _on_the_wall(value: time) -> time:
    """A time as a clock here shows it: an offset would make it another moment than it says."""
    if value.tzinfo is not None:
        raise PydanticCustomError("time_parsing", "an offset")
    return value


KnownId = Annotated[int, Field(ge=1, le=MAX_ID)]
OptionalId = Annotated[KnownId | None, BeforeValidator(blank_is_nothing)]
Day = Annotated[date, AfterValidator(_of_our_time)]
OptionalDay = Annotated[Day | None, BeforeValidator(blank_is_nothing)]
TimeOfDay = Annotated[time, AfterValidator(_on_the_wall)]
OptionalTime = Annotated[TimeOfDay | None, BeforeValidator(blank_is_nothing)]
