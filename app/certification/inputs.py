"""What a person may submit about certificates."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.kit.text import OptionalParagraph, Paragraph


class Form(BaseModel):
    """Strict: a field nobody asked for is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Granting(Form):
    """A certificate is granted; a reason is needed where nobody else looked along.

    `anew`: the page said that it was refused before.
    """

    reason: OptionalParagraph = ""
    anew: Literal["", "1"] = ""


class Refusal(Form):
    """A certificate is not granted (yet), and why. She reads it."""

    reasons: Paragraph


class NameChoice(Form):
    """What the public sees of the holder."""

    show: Literal["initials", "name"]
