"""Questions of knowledge checks, and those in the text of a lesson, as an author writes them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.courses.files.base import FileModel, Slug
from app.kit.text import OptionalParagraph, Paragraph


class OptionFile(FileModel):
    text: Paragraph
    right: bool
    feedback: OptionalParagraph = ""


class QuestionBody(FileModel):
    """A question by itself."""

    type: Literal["one", "several", "true_false"]
    text: Paragraph
    options: Annotated[list[OptionFile], Field(min_length=2, max_length=10)]
    explanation: OptionalParagraph = ""

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        right = sum(option.right for option in self.options)
        if self.type == "several":
            if right == 0:
                raise PydanticCustomError("some_right", "no right answer")
        elif right != 1:
            raise PydanticCustomError("one_right", "not one right answer", {"right": right})
        if self.type == "true_false" and len(self.options) != 2:
            raise PydanticCustomError("two_options", "not two options", {"options": len(self.options)})
        return self


class QuestionFile(QuestionBody):
    """A question of a check."""

    id: Slug
    critical: bool = False
