"""The life of a message."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

FIRST_NAME: Final = "{voornaam}"
"""Where a letter that somebody wrote names its reader."""


def addressed(text: str, first_name: str) -> str:
    """A text that somebody wrote to many, as one of them reads it."""
    return text.replace(FIRST_NAME, first_name)


class MessageState(StrEnum):
    """What became of a message; each ends in one of the last four."""

    PLANNED = "planned"
    SENT = "sent"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class Moments(Protocol):
    """The moments of a message that tell its state."""

    sent_at: datetime | None
    bounced_at: datetime | None
    expired_at: datetime | None
    suppressed_at: datetime | None


def state(message: Moments) -> MessageState:
    """The state of a message, from its moments."""
    for moment, ended in (
        (message.suppressed_at, MessageState.SUPPRESSED),
        (message.bounced_at, MessageState.BOUNCED),
        (message.expired_at, MessageState.EXPIRED),
        (message.sent_at, MessageState.SENT),
    ):
        if moment is not None:
            return ended
    return MessageState.PLANNED
