"""The page where an admin puts the people of a meeting at tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intervision.planner.model import TABLE_MAX, TABLE_MIN
from app.intervision.queries.groups import Seating, seating
from app.intervision.queries.leaders import Leader, leaders
from app.intervision.queries.placing import managers
from app.intervision.tables import IntervisionSession
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.kit.text import fold
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView
from app.meetings.rules import MeetingState
from app.people.queries import cards


@dataclass(frozen=True)
class Sitter:
    """Somebody with a seat in the meeting."""

    signup_id: int
    person_id: int
    name: str
    organisation: str
    table: int
    """0 while she sits at no table."""


@dataclass(frozen=True)
class TableLine:
    """One table with what is wrong with it: large, small, manager (of whom) or colleagues (how many at most)."""

    number: int
    leader: str
    people: tuple[Sitter, ...]
    large: bool
    small: bool
    with_manager: tuple[str, ...]
    colleagues: int


@dataclass(frozen=True)
class TablesPage:
    """A meeting with its tables. `made`: as they were kept; otherwise this is a proposal or a choice not kept yet."""

    round_id: int
    meeting: MeetingView
    people: tuple[Sitter, ...]
    tables: tuple[TableLine, ...]
    leaders: tuple[Leader, ...]
    led: Mapping[int, int | None]
    made: bool

    @property
    def loose(self) -> tuple[Sitter, ...]:
        return tuple(one for one in self.people if not one.table)

    @property
    def numbers(self) -> range:
        """The tables to choose from: one more than there are."""
        return range(1, max((one.table for one in self.people), default=0) + 2)

    @property
    def may_change(self) -> bool:
        return self.meeting.state in {MeetingState.PUBLISHED, MeetingState.HELD}

    @property
    def wrong(self) -> bool:
        """Whether a rule is broken that always holds."""
        return any(one.large or one.with_manager for one in self.tables)


def kept(seats: Seating) -> tuple[dict[int, int], dict[int, int | None]]:
    """The tables as they stand: the number of each signup, and who leads each."""
    made = [group for group in seats.groups if group.id is not None]
    at = {one.signup_id: group.number for group in made for one in group.seated}
    return at, {group.number: group.facilitator_id for group in made}


def tables_page(
    db: Session,
    meeting_id: int,
    *,
    at: Mapping[int, int] | None = None,
    led: Mapping[int, int | None] | None = None,
    now: datetime,
) -> TablesPage:
    """A meeting with its tables, or with other ones that somebody considers. Raises: NotFound."""
    round_id = round_of(db, meeting_id)
    seats = seating(db, meeting_id)
    made_at, made_led = kept(seats)
    choice, leading = (made_at, made_led) if at is None else (dict(at), dict(led or {}))
    everybody = [*seats.loose, *(one for group in seats.groups for one in group.seated)]
    who = cards(db, {one.person_id for one in everybody})
    people = [
        Sitter(
            one.signup_id,
            one.person_id,
            who[one.person_id].name,
            who[one.person_id].organisation,
            choice.get(one.signup_id, 0),
        )
        for one in everybody
    ]
    people.sort(key=lambda one: (one.table or TABLE_MAX * TABLE_MAX, fold(one.name), one.signup_id))
    may_lead = leaders(db, [meeting_id])[meeting_id]
    return TablesPage(
        round_id,
        meetings.meeting(db, meeting_id, now=now),
        tuple(people),
        _lines(db, people, leading, may_lead, now),
        may_lead,
        leading,
        made=at is None and seats.made,
    )


def round_of(db: Session, meeting_id: int) -> int:
    """The round of a meeting. Raises: NotFound."""
    found = db.scalar(select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == meeting_id))
    if found is None:
        raise NotFound
    return found


def _lines(
    db: Session,
    people: list[Sitter],
    led: Mapping[int, int | None],
    may_lead: tuple[Leader, ...],
    now: datetime,
) -> tuple[TableLine, ...]:
    names = {one.person_id: one.name for one in people} | {one.id: one.name for one in may_lead}
    pairs = managers(db, names, today=local_day(now))
    lines = []
    for number in sorted({one.table for one in people if one.table}):
        here = tuple(one for one in people if one.table == number)
        leader = led.get(number)
        ids = {one.person_id for one in here} | ({leader} if leader else set())
        same = Counter(one.organisation for one in here if one.organisation)
        lines.append(
            TableLine(
                number,
                names.get(leader or 0, ""),
                here,
                len(here) > TABLE_MAX,
                len(here) < TABLE_MIN,
                tuple(sorted(names[one] for one, manager in pairs if {one, manager} <= ids)),
                max(same.values(), default=0),
            )
        )
    return tuple(lines)
