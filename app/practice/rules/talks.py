"""The talk after the work: what two people agree, and whether both said so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Agreed(StrEnum):
    """How far an agreement is."""

    OPEN = "open"
    DISCUSSED = "discussed"
    CONFIRMED = "confirmed"
    CHANGED = "changed"


@dataclass(frozen=True)
class TalkFacts:
    """What was recorded of a talk: the lines as they were, who wrote them down, and the professional's yes."""

    agreements: tuple[str, ...]
    discussed_at: datetime
    discussed_by: int
    confirmed_at: datetime | None
    version: int


def agreed(now: Sequence[str], talk: TalkFacts | None) -> Agreed:
    """How far the agreement is that stands now.

    There is one list: that of the coach's form. A yes is to the words that stood there, so when she changes them
    afterwards the two agree anew.
    """
    if talk is None:
        return Agreed.OPEN
    if tuple(now) != talk.agreements:
        return Agreed.CHANGED
    return Agreed.CONFIRMED if talk.confirmed_at is not None else Agreed.DISCUSSED
