"""How a scholingsdag that was missed can be made up for."""

from __future__ import annotations

from enum import StrEnum


class MakeUp(StrEnum):
    """How it was made up for. A day with another cohort needs no note: who is there counts by the list."""

    COACH = "coach"
    ASSIGNMENT = "assignment"
    OTHER = "other"
