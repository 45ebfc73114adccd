"""What people may submit about intervision."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.intervision.rules import MOMENTS, Half
from app.kit.fields import Day, KnownId
from app.kit.text import OptionalLine, OptionalParagraph, Paragraph
from app.meetings.inputs import MeetingGiven


class RoundGiven(BaseModel):
    """A new round: for what, when, and until which day people can answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intervention: KnownId
    year: int = Field(ge=2020, le=2100)
    half: Half
    signup_closes_on: Day


class SessionGiven(MeetingGiven):
    """A meeting of a round, with who leads it: nobody yet, one, or one for each table."""

    facilitators: frozenset[KnownId] = frozenset()


class SeasonGiven(BaseModel):
    """The season to make. `extra`: people who come by choice; `seen`: which proposal was looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int = Field(ge=2020, le=2100)
    extra: int = Field(default=0, ge=0, le=500)
    seen: str = ""


class MergeGiven(BaseModel):
    """The meeting that another goes into."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    into: KnownId


class ClosingGiven(BaseModel):
    """Another last day to answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signup_closes_on: Day


class InvitationGiven(BaseModel):
    """The admin's own words in the invitation; `do` says whether to look again or to send."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_text: OptionalParagraph = ""
    do: str = "send"


class RoundLetterGiven(BaseModel):
    """What an admin adds to a letter of a round; `do` says whether to look first or to keep it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_text: OptionalParagraph = ""
    version: int = Field(default=0, ge=0)
    do: Literal["preview", "save"] = "save"


class LearningPointGiven(BaseModel):
    """The two questions after a meeting."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learned: Paragraph
    next_step: Paragraph


class NoneFits(BaseModel):
    """On none of the days of a round, and when somebody could come instead, if she says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    possible: list[str] = Field(default=[], max_length=len(MOMENTS))
    note: OptionalLine = ""

    @field_validator("possible")
    @classmethod
    def _in_order(cls, value: list[str]) -> list[str]:
        if not set(value) <= set(MOMENTS):
            raise PydanticCustomError("enum", "not a moment of the week")
        return [moment for moment in MOMENTS if moment in value]


class Chosen(BaseModel):
    """What somebody chose for a day of a round; no place: none of the days.

    The button or option says what with the day: `12` come on it, `wait-12` wait for a seat, `leave-12` give up what
    she has there. So a day that fills up meanwhile never becomes a place in line unasked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: KnownId
    do: Literal["come", "wait", "leave"] = "come"
    place: KnownId | None

    @model_validator(mode="before")
    @classmethod
    def _taken_apart(cls, data: Any) -> Any:
        value = data.get("place") if isinstance(data, dict) else None
        if not isinstance(value, str) or "do" in data:
            return data
        do, dash, place = value.partition("-")
        if dash and do in {"wait", "leave"}:
            return data | {"do": do, "place": place}
        return data | {"place": None if value == "none" else value}
