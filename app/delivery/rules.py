"""Who may run a group, and what a group is to others."""

from __future__ import annotations

from collections.abc import Collection
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
    """Proof, made above from the certificate, that somebody may start groups of an intervention until a day."""

    person_id: int
    intervention_id: int
    until: date


@dataclass(frozen=True)
class Barred:
    """Made above from a certificate that does not permit to start a group. In grace one that runs is finished."""

    person_id: int
    intervention_id: int
    in_grace: bool


Certificates = Collection[Authorised | Barred]
"""What each certificate of somebody says of starting a group."""


@dataclass(frozen=True)
class Grounds:
    """On what somebody may start a group, each an intervention: the training she follows, or her certificates.

    While a training runs, a new group is for it: its coach waits for the dates.
    """

    training: int | None
    permitted: tuple[int, ...]
    barred: tuple[Barred, ...]

    @property
    def choices(self) -> tuple[int, ...]:
        """The interventions that she may start a group of."""
        return self.permitted if self.training is None else (self.training,)


def grounds(certificates: Certificates, *, person_id: int, training: int | None, on: date) -> Grounds:
    """What counts for this person on this day; `training`: the intervention of the training that runs."""
    hers = [one for one in certificates if one.person_id == person_id]
    return Grounds(
        training,
        tuple(one.intervention_id for one in hers if isinstance(one, Authorised) and one.until >= on),
        tuple(one for one in hers if isinstance(one, Barred)),
    )


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
