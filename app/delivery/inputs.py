"""What a professional may write about her group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from app.delivery.rules import (
    DATES_MAX,
    GROUP_MOST,
    GUESTS_MOST,
    Counts,
    DateKind,
    PartOfDay,
    Weekday,
    places_in,
)
from app.kit.fields import KnownId, OptionalDay, OptionalId, OptionalTime, blank_is_nothing
from app.kit.localtime import instant
from app.kit.text import Line, OptionalLine, OptionalParagraph
from app.people.inputs import OptionalAddress


@dataclass(frozen=True)
class DateRow:
    """One filled-in row of dates; `id` when the date exists already."""

    number: int
    id: int | None
    kind: DateKind
    day: date
    starts: time
    ends: time

    @property
    def starts_at(self) -> datetime:
        return instant(self.day, self.starts)

    @property
    def ends_at(self) -> datetime:
        """Not always after the start where the clock goes forward, whatever the clock on the wall says."""
        return instant(self.day, self.ends)


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)  # a hundred fields: not at each start

    place: Line
    address: Line
    municipality: Line
    goal_group: OptionalLine = ""
    intervention_id: OptionalId = None
    version: OptionalId = None
    group_id: OptionalId = None
    rows: Annotated[int, Field(ge=1, le=DATES_MAX)] = 1

    def filled(self) -> tuple[list[DateRow], list[str]]:
        """The rows with a date, and the fields that are missing in rows that are half filled in."""
        found: list[DateRow] = []
        missing: list[str] = []
        for number in range(1, self.rows + 1):
            day, starts, ends = (getattr(self, f"{part}_{number}") for part in ("day", "starts", "ends"))
            if day is None and starts is None and ends is None:
                continue
            parts = {"day": day, "starts": starts, "ends": ends}
            missing += [f"{part}_{number}" for part, value in parts.items() if value is None]
            if day is not None and starts is not None and ends is not None:
                kind = DateKind(getattr(self, f"kind_{number}"))
                found.append(DateRow(number, getattr(self, f"id_{number}"), kind, day, starts, ends))
        return found, missing


def _row_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for number in range(1, DATES_MAX + 1):
        fields[f"id_{number}"] = (OptionalId, None)
        fields[f"kind_{number}"] = (Literal["session", "end_presentation"], "session")
        fields[f"day_{number}"] = (OptionalDay, None)
        fields[f"starts_{number}"] = (OptionalTime, None)
        fields[f"ends_{number}"] = (OptionalTime, None)
    return fields


Group: type[_Group] = create_model("Group", __base__=_Group, **_row_fields())
"""A group with its dates, in numbered rows: a form without script sends them flat."""

GroupGiven = _Group


Present = Annotated[int, Field(ge=1, le=GROUP_MOST)]
"""How many were there; nobody there is a date that was not held."""
OptionalPresent = Annotated[Present | None, BeforeValidator(blank_is_nothing)]


class Attended(BaseModel):
    """How many were there on one date."""

    model_config = ConfigDict(extra="forbid")

    attended: Present


class _Closing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    started: Annotated[int, Field(ge=0, le=GROUP_MOST)]
    finished: Annotated[int, Field(ge=0, le=GROUP_MOST)]
    guests: Annotated[Annotated[int, Field(ge=0, le=GUESTS_MOST)] | None, BeforeValidator(blank_is_nothing)] = None

    @property
    def counts(self) -> Counts:
        return Counts(self.started, self.finished, self.guests)

    def of_date(self, date_id: int) -> int | None:
        """How many were there on a date; None: it was not held, or nothing was said."""
        return None if self.off(date_id) else getattr(self, f"attended_{date_id}")

    def off(self, date_id: int) -> bool:
        """Whether the date is said not to have been held."""
        return bool(getattr(self, f"off_{date_id}") == "on")


def closing(date_ids: Iterable[int]) -> type[_Closing]:
    """What ends a group: its numbers, and those of the dates that nobody counted yet."""
    fields: dict[str, Any] = {}
    for date_id in date_ids:
        fields[f"attended_{date_id}"] = (OptionalPresent, None)
        fields[f"off_{date_id}"] = (Literal["", "on"], "")
    return create_model("Closing", __base__=_Closing, **fields)


ClosingGiven = _Closing


def _ticked(kind: type[StrEnum]) -> Any:
    return Field(default_factory=list, min_length=1, max_length=len(kind), validate_default=True)


def _names_a_place(value: str) -> str:
    if not places_in(value):
        raise PydanticCustomError("string_too_short", "no place in it")
    return value


class _Looking(BaseModel):
    model_config = ConfigDict(extra="forbid")

    intervention_id: OptionalId = None
    regions: Annotated[Line, AfterValidator(_names_a_place)]
    days: list[Weekday] = _ticked(Weekday)
    parts: list[PartOfDay] = _ticked(PartOfDay)
    version: OptionalId = None

    @property
    def wanted(self) -> dict[str, Any]:
        """Where and when, as it is kept: in the order of the week, each once."""
        return {
            "regions": list(places_in(self.regions)),
            "days": [day.value for day in Weekday if day in self.days],
            "parts": [part.value for part in PartOfDay if part in self.parts],
        }


class Search(_Looking):
    """Ik zoek een groep."""

    offer: OptionalParagraph = ""


class Request(_Looking):
    """An organisation looks for a trainer; `organisation_id` where there is more than one to choose from."""

    organisation_id: OptionalId = None
    place: Line
    goal_group: OptionalLine = ""
    contact_name: Line
    contact_email: OptionalAddress = ""
    contact_phone: OptionalLine = ""


class Found(BaseModel):
    """Why somebody looks no more: she has a group, or stops."""

    model_config = ConfigDict(extra="forbid")

    found: Literal["yes", "no"]


class Reason(BaseModel):
    """Why something was done that asks for a reason."""

    model_config = ConfigDict(extra="forbid")

    reason: Line


class LinkGiven(BaseModel):
    """Whom to bring together with somebody who looks, and why where they do not fit."""

    model_config = ConfigDict(extra="forbid")

    request_id: KnownId
    reason: OptionalLine = ""
