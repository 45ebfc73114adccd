"""What people may write in a conversation, and how they want to hear of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.conversation.rules import MailChoice
from app.kit.text import OptionalParagraph, Paragraph


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(_Form):
    """A message: text, links too are text."""

    body: Paragraph


class Draft(_Form):
    """What somebody typed so far. `typing`: the page keeps it by itself, and nobody pressed a button."""

    body: OptionalParagraph = ""
    typing: Literal["", "1"] = ""


class MailChosen(_Form):
    """At once, once a day, or no mail."""

    mail: MailChoice
