"""What people may submit in the room of a meeting."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.intervision.room.rules import QUESTION_MAX, STORY_MAX, TITLE_MAX, CaseText
from app.kit.fields import KnownId
from app.kit.text import OptionalLine, cleaned

AGO_MAX: Final = 12 * 3600  # a phone that had no connection all day

Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TITLE_MAX),
    BeforeValidator(cleaned),
    AfterValidator(lambda value: " ".join(value.split())),
]
Question = Annotated[str, StringConstraints(min_length=1, max_length=QUESTION_MAX), BeforeValidator(cleaned)]
Story = Annotated[str, StringConstraints(min_length=1, max_length=STORY_MAX), BeforeValidator(cleaned)]


class CaseGiven(BaseModel):
    """A case: a title that stays, and the question with five lines that go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title
    question: Question
    story: Story

    @property
    def text(self) -> CaseText:
        return CaseText(self.question, self.story)


class Accepted(BaseModel):
    """Yes to what people agree on; `version`: the one that was shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: KnownId


class Decided(BaseModel):
    """What the gespreksleider decides about a case; `agreed`: the first step, when it was discussed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["choose", "park", "discussed"]
    agreed: OptionalLine = ""


class MethodChosen(BaseModel):
    """The method that a table begins with now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Annotated[str, StringConstraints(max_length=30)]


class StepGiven(BaseModel):
    """The step that a table is in; `ago`: how many seconds ago it began, when it was said without a connection."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Annotated[str, StringConstraints(max_length=30)]
    step: int = Field(ge=0, le=20)
    ago: int = Field(default=0, ge=0, le=AGO_MAX)
