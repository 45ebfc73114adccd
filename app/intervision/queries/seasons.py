"""A season before it is made: both rounds as they follow from last year's, beside how many people need a meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.days import MONTHS, school_holidays_known
from app.intervision.places import Region, region_of
from app.intervision.proposing import (
    CLOSES_BEFORE,
    Count,
    Held,
    Meeting,
    Proposal,
    closing_day,
    counted,
    propose,
    propose_from_count,
)
from app.intervision.queries.leaders import leaders, may_lead
from app.intervision.rules import Half, Needs
from app.intervision.tables import IntervisionRound, IntervisionSession
from app.kit.localtime import local, local_day, start_of
from app.meetings import tables as meetings
from app.people.queries import person_names
from app.people.tables import Membership, Organisation

TO_ANSWER: Final = timedelta(days=7)
"""How long people have to answer, at the least, before sign-up closes."""


@dataclass(frozen=True)
class SeasonRound:
    """One round of a season: what there is, or what would be made."""

    half: Half
    year: int
    round_id: int | None
    proposals: list[Proposal]
    counts: list[Count]
    whole: Count
    left_out: int
    """How many meetings of last year fit on no day any more."""
    schools_known: bool
    closes_on: date | None
    over: bool

    @property
    def to_make(self) -> bool:
        return bool(self.proposals)


@dataclass(frozen=True)
class Season:
    """Both rounds of one intervention. `unknown`: places of organisations that we do not know, for people who come."""

    intervention_id: int
    intervention: str
    needs: Needs
    rounds: list[SeasonRound]
    unknown: list[str]
    without_place: int
    """People whose organisation has no place, or who have no organisation."""


@dataclass(frozen=True)
class SeasonPage:
    """A year of rounds. `seen` tells this proposal from any other: what an admin looked at is what is made."""

    year: int
    extra: int
    seasons: list[Season]
    names: Mapping[int, str] = field(repr=False)
    seen: str = ""

    @property
    def meetings(self) -> int:
        """How many meetings would be made."""
        return sum(len(one.proposals) for _, one in self.to_make)

    @property
    def to_make(self) -> list[tuple[Season, SeasonRound]]:
        return [(season, one) for season in self.seasons for one in season.rounds if one.to_make]


@dataclass(frozen=True)
class Wanted:
    """An intervention whose season is asked for, with who needs a meeting in each half."""

    id: int
    name: str
    needs: Mapping[Half, Needs]


_Busy = tuple[datetime, datetime, Meeting]


def season_page(db: Session, year: int, wanted: Iterable[Wanted], *, extra: int, now: datetime) -> SeasonPage:
    """The proposal for a year, for each intervention that has one or needs one."""
    busy = _taken(db, year, now)
    known, seasons = may_lead(db), []
    for one in wanted:
        season = _season(db, one, year, busy=busy, known=known, extra=extra, now=now)
        if season.rounds and (season.needs.needing or any(found.proposals for found in season.rounds)):
            seasons.append(season)
    people = {
        id_
        for season in seasons
        for one in season.rounds
        for proposal in one.proposals
        for id_ in (*proposal.meeting.leaders, *proposal.gone)
    }
    content = [(one.intervention_id, found.half, found.proposals) for one in seasons for found in one.rounds]
    seen = sha256(repr((year, content)).encode()).hexdigest()[:32]
    return SeasonPage(year, extra, seasons, person_names(db, people), seen)


def _season(
    db: Session, wanted: Wanted, year: int, *, busy: list[_Busy], known: set[int], extra: int, now: datetime
) -> Season:
    """What is proposed here is taken for whatever is proposed after it."""
    made = _made(db, wanted.id, year)
    everybody = frozenset[int]().union(*(one.needing for one in wanted.needs.values()))
    cities = _cities(db, everybody)
    rounds = []
    for half in Half:
        needs = wanted.needs[half]
        needing = Counter(region_of(cities.get(id_, "")) for id_ in needs.needing)
        round_id, has_meetings = made.get(half, (None, False))
        proposals: list[Proposal] = []
        last: list[Held] = []
        first_possible = local_day(now) + CLOSES_BEFORE + TO_ANSWER
        over = date(year, MONTHS[half][1] + 1, 1) <= first_possible
        if not has_meetings and not over:
            last = _last(db, wanted.id, year - 1, half)
            allowed = known | needs.welcome
            proposals = propose(last, year=year, half=half, may_lead=allowed, taken=busy, not_before=first_possible)
            if not last:
                counts, _ = counted(needing, ())
                towns = _towns(cities, needs.needing)
                proposals = propose_from_count(counts, year=year, half=half, not_before=first_possible, city=towns)
        busy += [_span(one.day, one.meeting) for one in proposals]
        counts, whole = counted(needing, proposals, extra)
        first, after = date(year, MONTHS[half][0], 1), date(year, MONTHS[half][1] + 1, 1)
        rounds.append(
            SeasonRound(
                half=half,
                year=year,
                round_id=round_id,
                proposals=proposals,
                counts=counts,
                whole=whole,
                left_out=max(0, len(last) - len(proposals)),
                schools_known=school_holidays_known(first, after - timedelta(days=1)),
                closes_on=closing_day(proposals[0].day, local_day(now)) if proposals else None,
                over=over,
            )
        )
    unknown = sorted({cities[id_] for id_ in everybody if cities.get(id_) and region_of(cities[id_]) is None})
    without = sum(not cities.get(id_) for id_ in everybody)
    return Season(wanted.id, wanted.name, wanted.needs[Half.SPRING], rounds, unknown, without)


def _made(db: Session, intervention_id: int, year: int) -> dict[Half, tuple[int, bool]]:
    """The rounds that exist, and whether they have meetings: an empty one is filled."""
    rows = db.execute(
        select(IntervisionRound.id, IntervisionRound.half, IntervisionSession.id.is_not(None).label("any"))
        .outerjoin(IntervisionSession, IntervisionSession.round_id == IntervisionRound.id)
        .where(IntervisionRound.intervention_id == intervention_id, IntervisionRound.year == year)
        .distinct()
    )
    return {Half(row.half): (row.id, bool(row.any)) for row in rows}


def _last(db: Session, intervention_id: int, year: int, half: Half) -> list[Held]:
    """The meetings of a round that were not called off."""
    found = db.scalars(
        select(meetings.Meeting)
        .join(IntervisionSession, IntervisionSession.meeting_id == meetings.Meeting.id)
        .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
        .where(
            IntervisionRound.intervention_id == intervention_id,
            IntervisionRound.year == year,
            IntervisionRound.half == half,
            meetings.Meeting.cancelled_at.is_(None),
        )
        .order_by(meetings.Meeting.starts_at, meetings.Meeting.id)
    ).all()
    return [Held(id_, day, meeting) for id_, day, meeting in _meetings(db, found)]


def _taken(db: Session, year: int, now: datetime) -> list[_Busy]:
    """The meetings of every round that are planned in a year, drafts too."""
    found = db.scalars(
        select(meetings.Meeting)
        .join(IntervisionSession, IntervisionSession.meeting_id == meetings.Meeting.id)
        .where(
            meetings.Meeting.starts_at >= max(now, start_of(date(year, 1, 1))),
            meetings.Meeting.starts_at < start_of(date(year + 1, 1, 1)),
            meetings.Meeting.cancelled_at.is_(None),
        )
    ).all()
    return [_span(day, meeting) for _, day, meeting in _meetings(db, found)]


def _meetings(db: Session, found: Sequence[meetings.Meeting]) -> list[tuple[int, date, Meeting]]:
    leading = leaders(db, [one.id for one in found])
    return [
        (
            one.id,
            local_day(one.starts_at),
            Meeting(
                starts=local(one.starts_at).time(),
                ends=local(one.ends_at).time(),
                net_minutes=one.net_minutes,
                seats=one.seats,
                venue=one.venue,
                address=one.address,
                link=one.link,
                access=one.access,
                food=one.food,
                bring=one.bring,
                leaders=tuple(leader.id for leader in leading[one.id]),
            ),
        )
        for one in found
    ]


def _span(day: date, meeting: Meeting) -> _Busy:
    return datetime.combine(day, meeting.starts), datetime.combine(day, meeting.ends), meeting


def _cities(db: Session, people: frozenset[int]) -> dict[int, str]:
    rows = db.execute(
        select(Membership.person_id, Organisation.city)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id.in_(people), Membership.until.is_(None))
    )
    return {row.person_id: row.city.strip() for row in rows}


def _towns(cities: Mapping[int, str], people: Iterable[int]) -> dict[Region | None, str]:
    """The place of each region where most of these people work."""
    often: dict[Region | None, Counter[str]] = {}
    for id_ in people:
        if city := cities.get(id_, ""):
            often.setdefault(region_of(city), Counter())[city] += 1
    return {region: min(counts, key=lambda city: (-counts[city], city)) for region, counts in often.items()}
