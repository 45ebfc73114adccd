"""What people may submit about meetings."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.kit.fields import Day, TimeOfDay
from app.kit.localtime import instant
from app.kit.text import Line, OptionalLine, OptionalParagraph
from app.meetings.rules import NET_MINUTES, SEATS_MAX, SEATS_MIN

_ANY_DAY: Final = date(2026, 1, 15)  # the clock is not changed that night


def _minutes(day: date, starts: time, ends: time) -> int:
    """How long it really takes, also in a night that the clock is changed."""
    return int((instant(day, ends) - instant(day, starts)).total_seconds() // 60)


class MeetingGiven(BaseModel):
    """A meeting as an admin describes it: one day, Amsterdam time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: Day
    starts: TimeOfDay
    ends: TimeOfDay
    net_minutes: int = Field(default=NET_MINUTES, ge=15, le=720)
    seats: int = Field(ge=SEATS_MIN, le=SEATS_MAX)
    venue: Line
    address: OptionalLine = ""
    link: OptionalLine = Field(default="", validate_default=True)
    access: OptionalLine = ""
    food: OptionalLine = ""
    bring: OptionalLine = ""

    @field_validator("ends")
    @classmethod
    def _after_start(cls, value: time, info: ValidationInfo) -> time:
        known = info.data
        if "starts" in known and _minutes(known.get("day", _ANY_DAY), known["starts"], value) <= 0:
            raise PydanticCustomError("ends_before_start", "ends before start")
        return value

    @field_validator("net_minutes")
    @classmethod
    def _fits(cls, value: int, info: ValidationInfo) -> int:
        known = info.data
        if {"starts", "ends"} <= known.keys():  # also without a day, so that everything is said at once
            minutes = _minutes(known.get("day", _ANY_DAY), known["starts"], known["ends"])
            if value > minutes:
                raise PydanticCustomError("net_too_long", "more net minutes than minutes", {"minutes": minutes})
        return value

    @field_validator("link")
    @classmethod
    def _place(cls, value: str, info: ValidationInfo) -> str:
        if value and not value.startswith("https://"):
            raise PydanticCustomError("not_https", "not https")
        if not value and info.data.get("address") == "":
            raise PydanticCustomError("place_missing", "neither address nor link")
        return value

    @property
    def starts_at(self) -> datetime:
        return instant(self.day, self.starts)

    @property
    def ends_at(self) -> datetime:
        return instant(self.day, self.ends)


class Answered(BaseModel):
    """Coming or not, or waiting for a seat."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: Literal["yes", "no", "wait"]


class Cancelled(BaseModel):
    """Why a meeting does not go on, in the admin's own words; goes along in the mails."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_text: OptionalParagraph = ""
