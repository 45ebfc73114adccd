"""Who may run a group, and what a group is to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

DATES_MAX: Final = 20  # a group meets ten to twelve times; some room


class DateKind(StrEnum):
    """What happens on a date of a group."""

    SESSION = "session"
    END_PRESENTATION = "end_presentation"


@dataclass(frozen=True)
class Authorised:
    """Proof, made above from the certificate, that somebody may run groups of an intervention until a day."""

    person_id: int
    intervention_id: int
    until: date


@dataclass(frozen=True)
class DateFacts:
    """One date of a group."""

    id: int
    kind: DateKind
    starts_at: datetime
    ends_at: datetime
    cancelled: bool


@dataclass(frozen=True)
class GroupFacts:
    """A group as others see it: where and when. Dates in order, also those that do not go on."""

    id: int
    place: str
    address: str
    municipality: str
    dates: tuple[DateFacts, ...]

    @property
    def coming(self) -> tuple[DateFacts, ...]:
        """The dates that go on."""
        return tuple(date for date in self.dates if not date.cancelled)
