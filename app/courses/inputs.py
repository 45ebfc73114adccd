"""What forms about cohorts may say."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.kit.fields import Day
from app.kit.fields import KnownId as Id
from app.kit.text import Line, Paragraph

SEATS_MAX = 500


def _nothing(value: Any) -> Any:
    return None if value in {"", "0"} else value


class Input(BaseModel):
    """Frozen, and no fields that nobody asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewCohort(Input):
    """A new opleidingsgroep. `coach_id`: who coaches everybody who is added from here on, or nobody yet."""

    edition_id: Id
    name: Line
    starts_on: Day
    ends_on: Day
    seats: Annotated[int, Field(ge=1, le=SEATS_MAX)]
    contact_id: Id


class PeopleToAdd(Input):
    """Who joins the cohort."""

    person_ids: list[Id] = Field(default_factory=list, min_length=1, max_length=SEATS_MAX, validate_default=True)


class CoachChoice(Input):
    """Who coaches whom. Without `enrolment_id` (or with 0) it is for everybody who has no coach yet."""

    coach_id: Id
    enrolment_id: Annotated[Id | None, BeforeValidator(_nothing)] = None


class InvitationLetter(Input):
    """The own words in an invitation. `do` says which button was pressed: look or send."""

    own_text: Paragraph
    do: str = ""
