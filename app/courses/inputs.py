"""What forms about cohorts may say."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.courses.rules import PEOPLE_MOST, REGIONS_MOST, VISITS_MOST, AwayReason
from app.kit.fields import Day, OptionalDay, OptionalId
from app.kit.fields import KnownId as Id
from app.kit.text import Line, OptionalParagraph, Paragraph, fold
from app.outbox.rules import FIRST_NAME

SEATS_MAX = 500
_BRACED: Final = re.compile(r"\{[^{}\n]{0,40}\}")
PIECE = r"^(lesson|session):[a-z0-9-]{1,80}$"


def _nothing(value: Any) -> Any:
    return None if value in {"", "0"} else value


def _apart(given: Any) -> Any:
    """Ids that stand in one field, apart by commas: a list may be longer than a form has fields."""
    return [part for text in given for part in str(text).split(",") if part] if isinstance(given, list) else given


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


class Move(Input):
    """Who moves to an edition, as whole cohorts (`group`) and as people (`who`), and which lessons they `read` again.

    `also`: who goes along although she waits for a decision about her certificate. People are named by enrolment.

    The names are short: they stand in an address, hundreds of times when hundreds are chosen one by one.
    """

    group: Annotated[list[Id], Field(max_length=SEATS_MAX)] = []
    who: Annotated[list[Id], BeforeValidator(_apart), Field(max_length=SEATS_MAX)] = []
    read: Annotated[list[Line], Field(max_length=SEATS_MAX)] = []
    also: Annotated[list[Id], BeforeValidator(_apart), Field(max_length=SEATS_MAX)] = []
    do: Literal["look", "move"] = "look"


class Asked(Input):
    """Which lessons and meetings trainers read, each as lesson:slug or session:slug."""

    pieces: Annotated[list[Annotated[str, Field(pattern=PIECE)]], Field(max_length=SEATS_MAX)] = []

    def chosen(self) -> frozenset[tuple[str, str]]:
        named = (piece.partition(":") for piece in self.pieces)
        return frozenset((kind, slug) for kind, _, slug in named)


class Stay(Input):
    """An edition asks nothing of who follows an older one (`people`), or of trainers; and why."""

    about: Literal["people", "trainers"]
    reason: Paragraph


class StayNoMore(Input):
    """Such a decision is taken back."""

    about: Literal["people", "trainers"]


class CoachChoice(Input):
    """Who coaches whom. Without `enrolment_id` (or with 0) it is for everybody who has no coach yet."""

    coach_id: Id
    enrolment_id: Annotated[Id | None, BeforeValidator(_nothing)] = None


class InvitationLetter(Input):
    """The own words in an invitation. `do` says which button was pressed: look or send."""

    own_text: Paragraph
    do: str = ""


def _known_places(text: str) -> str:
    """A word in braces stands for something of who reads it. Raises: PydanticCustomError("unknown_place")."""
    for word in _BRACED.findall(text):
        if word != FIRST_NAME:
            raise PydanticCustomError("unknown_place", "unknown", {"word": word})
    return text


class OwnLetter(Input):
    """A letter to people in training. `to`: their enrolments, as they were shown when it was written."""

    subject: Annotated[Line, AfterValidator(_known_places)]
    own_text: Annotated[Paragraph, AfterValidator(_known_places)]
    to: Annotated[list[Id], BeforeValidator(_apart), Field(min_length=1, max_length=SEATS_MAX)]
    do: str = ""


def _within_bounds(text: str) -> str:
    """Names of places apart by commas or lines, each once."""
    named: dict[str, str] = {}
    for part in text.replace("\n", ",").replace(";", ",").split(","):
        if place := " ".join(part.split()):
            named.setdefault(fold(place), place)
    if len(named) > REGIONS_MOST:
        raise PydanticCustomError("too_many_regions", "too many", {"max": REGIONS_MOST})
    return ", ".join(named.values())


class Room(Input):
    """How much a coach can take on, and where. `version`: of what stood there when she began; empty: nothing yet."""

    people_max: Annotated[int, Field(ge=0, le=PEOPLE_MOST)]
    visits_per_week: Annotated[int, Field(ge=0, le=VISITS_MOST)]
    regions: Annotated[OptionalParagraph, AfterValidator(_within_bounds)] = ""
    version: OptionalId = None

    def places(self) -> tuple[str, ...]:
        return tuple(self.regions.split(", ")) if self.regions else ()


class AwayGiven(Input):
    """From when until when a coach is away; without an end it is not known yet."""

    reason: AwayReason
    starts_on: Day
    ends_on: OptionalDay = None
