"""What people may submit about intervision."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.intervision.rules import Half
from app.kit.fields import Day, KnownId
from app.kit.text import OptionalParagraph, Paragraph
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


class ClosingGiven(BaseModel):
    """Another last day to answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signup_closes_on: Day


class InvitationGiven(BaseModel):
    """The admin's own words in the invitation; `do` says whether to look again or to send."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_text: OptionalParagraph = ""
    do: str = "send"


class LearningPointGiven(BaseModel):
    """The two questions after a meeting."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learned: Paragraph
    next_step: Paragraph


class Chosen(BaseModel):
    """The day of a round that somebody chose; no place: none of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: KnownId
    place: Annotated[KnownId | None, BeforeValidator(lambda value: None if value == "none" else value)]
