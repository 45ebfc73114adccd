"""What people may submit in the room of a meeting."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from app.intervision.room.rules import QUESTION_MAX, STORY_MAX, TITLE_MAX, CaseText
from app.kit.fields import KnownId
from app.kit.text import cleaned

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
