"""Who may run a group, and what a group is to others."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.kit.text import fold

DATES_MAX: Final = 20  # a group meets ten to twelve times; some room
GROUP_MOST: Final = 60  # a group has six to twelve people; more than sixty is a slip of the finger
GUESTS_MOST: Final = 500  # a hall full


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
    """Made above from a certificate that does not permit to start a group. In grace one that runs is finished.

    `to_read`: the certificate is good, but she did not read in time what was new; the number of that task.
    """

    person_id: int
    intervention_id: int
    in_grace: bool
    to_read: int | None = None

    @property
    def finishes(self) -> bool:
        """Whether a group that runs is finished all the same."""
        return self.in_grace or self.to_read is not None

    @property
    def why(self) -> str:
        """Why no group begins, as the code of the refusal."""
        if self.to_read is not None:
            return "read_first"
        return "certificate_in_grace" if self.in_grace else "certificate_over"


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
    called_off: bool = False
    attended: int | None = None

    @property
    def shown(self) -> bool:
        """Whether it stands in the list: it goes on, or it was said that it does not."""
        return self.called_off or not self.cancelled

    def uncounted(self, now: datetime) -> bool:
        """Whether it has been and nobody said how many were there, or that it was not held."""
        return not self.cancelled and self.attended is None and self.ends_at <= now


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


@dataclass(frozen=True)
class Counts:
    """What is counted of a group: how many began, finished, and came to the end presentation. Never who."""

    started: int | None
    finished: int | None
    guests: int | None


def contradiction(counts: Counts, *, dates: Collection[DateFacts]) -> tuple[str, str, dict[str, int]] | None:
    """What cannot be true at once: the code, the field and the facts; None when all of it can."""
    most = max((date.attended for date in dates if date.attended is not None), default=0)
    held = any(date.attended is not None for date in dates)
    if counts.started is None:
        return None
    if counts.started < most:
        return "fewer_started_than_came", "started", {"most": most}
    if counts.finished is not None and counts.finished > counts.started:
        return "more_finished_than_started", "finished", {"started": counts.started}
    if counts.finished and not held:
        return "finished_without_dates", "finished", {}
    return None


class Weekday(StrEnum):
    """Days of the week as people tick them."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class PartOfDay(StrEnum):
    """When on a day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Ended(StrEnum):
    """Why looking ended."""

    FOUND = "found"
    STOPPED = "stopped"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Wishes:
    """Where and when, of somebody who looks for a group or of an organisation that looks for a trainer."""

    intervention_id: int
    regions: tuple[str, ...]
    days: frozenset[Weekday]
    parts: frozenset[PartOfDay]


@dataclass(frozen=True)
class Fit:
    """How two wishes lie to each other. Another intervention never fits, whatever the rest."""

    same_intervention: bool
    region: bool
    days: bool

    @property
    def whole(self) -> bool:
        return self.same_intervention and self.region and self.days

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """The best first, when lists are sorted by it."""
        return not self.same_intervention, not self.region, not self.days


def fit(one: Wishes, other: Wishes) -> Fit:
    """Whether they can come together: a place in common, and a part of a day in common."""
    places = [{fold(place) for place in wishes.regions} for wishes in (one, other)]
    return Fit(
        same_intervention=one.intervention_id == other.intervention_id,
        region=bool(places[0] & places[1]),
        days=bool(one.days & other.days) and bool(one.parts & other.parts),
    )


def places_in(text: str) -> tuple[str, ...]:
    """The places in a line such as "Rotterdam, Schiedam en omgeving; Delft": split, each once, in order."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;/\n]| en ", text):
        if part.strip():
            found.setdefault(fold(part.strip()), part.strip())
    return tuple(found.values())
