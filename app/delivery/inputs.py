"""What a professional may write about her group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from app.delivery.rules import DATES_MAX, GROUP_MOST, GUESTS_MOST, Counts, DateKind
from app.kit.fields import OptionalDay, OptionalId, OptionalTime, blank_is_nothing
from app.kit.text import Line, OptionalLine


@dataclass(frozen=True)
class DateRow:
    """One filled-in row of dates; `id` when the date exists already."""

    number: int
    id: int | None
    kind: DateKind
    day: date
    starts: time
    ends: time


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
