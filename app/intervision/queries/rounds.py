"""Rounds and their meetings, for who plans them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.courses.tables import Intervention
from app.intervision.proposing import VENUE_TO_COME
from app.intervision.queries.facts import RoundTitle, title_of
from app.intervision.queries.leaders import Leader, leaders, leads_here
from app.intervision.rules import (
    LEAST_PEOPLE,
    Half,
    Invitees,
    RoundState,
    days_of,
    missing_halves,
    round_state,
    to_watch,
    weeks_to_publish,
)
from app.intervision.tables import IntervisionRound, IntervisionSession
from app.kit.errors import NotFound
from app.kit.localtime import local_day
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView, RollLine, Tally
from app.meetings.rules import AnswerTo, Attendance, MeetingState
from app.meetings.tables import Meeting, MeetingSignup

_TAKEN_UP: Final = and_(  # `Place.taken_up` in SQL
    Meeting.cancelled_at.is_(None),
    or_(
        MeetingSignup.attendance.in_([Attendance.PRESENT, Attendance.PARTIAL]),
        and_(MeetingSignup.answer == AnswerTo.YES, MeetingSignup.attendance == Attendance.UNKNOWN),
    ),
)


@dataclass(frozen=True)
class SessionLine:
    """One meeting of a round, for who plans it."""

    meeting: MeetingView
    tally: Tally
    leaders: tuple[Leader, ...]

    @property
    def facilitator_ids(self) -> frozenset[int]:
        return frozenset(one.id for one in self.leaders)

    @property
    def facilitators(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.leaders)

    @property
    def alone(self) -> bool:
        """Whether people are invited to it and nobody leads it yet."""
        return self.meeting.state is MeetingState.PUBLISHED and not self.leaders

    @property
    def too_small(self) -> bool:
        """Whether sign-up has closed and fewer people come than it takes."""
        published = self.meeting.state is MeetingState.PUBLISHED
        return published and not self.meeting.open and self.meeting.taken < LEAST_PEOPLE

    @property
    def no_venue(self) -> bool:
        """Whether its room is still to be found."""
        return self.meeting.over is None and self.meeting.venue == VENUE_TO_COME


@dataclass(frozen=True)
class RoundPage:
    """One round with its meetings, and how many people it reached."""

    round: RoundTitle
    state: RoundState
    sessions: list[SessionLine]
    invited: int
    seated: int
    silent: int
    without_place: int
    """Who lost the chance to come because we called a meeting off, and has no other day to choose."""

    @property
    def filled(self) -> int:
        """How many of a hundred seats are taken, of the meetings that were not called off."""
        alive = [line.meeting for line in self.sessions if not line.meeting.cancelled]
        return round(100 * sum(one.taken for one in alive) / max(1, sum(one.seats for one in alive)))


@dataclass(frozen=True)
class SessionPage:
    """One meeting of a round with everybody on its list."""

    round: RoundTitle
    session: SessionLine
    lines: list[RollLine]
    elsewhere: frozenset[int]
    """Who goes, or went, to another meeting of the round: no answer is asked of them any more."""

    @property
    def silent(self) -> int:
        """How many people still have to answer."""
        return sum(
            line.answer is AnswerTo.NONE and not line.stands and line.person_id not in self.elsewhere
            for line in self.lines
        )

    @property
    def waiting(self) -> list[RollLine]:
        """Who stands in line for a seat, in order."""
        return [line for line in self.lines if line.stands]


@dataclass(frozen=True)
class Batch:
    """Who would be invited to what if the invitations went out now; `places` are (meeting, person).

    `leaders`, also (meeting, person), lead a meeting: nobody asks them whether they come, they get a seat.
    """

    meeting_ids: list[int]
    places: list[tuple[int, int]]
    leaders: list[tuple[int, int]]

    @property
    def person_ids(self) -> list[int]:
        return sorted({person_id for _, person_id in self.places})


@dataclass(frozen=True)
class RoundWork:
    """Something about a round that waits for an admin.

    To plan (no round yet), to publish, to place (who gave no answer), to settle, people who were left without a
    place, meetings that nobody leads, or that are too small now that sign-up has closed. `weeks`: left to publish in
    time; below 0 when it is late.
    """

    what: str
    intervention: str
    year: int
    half: Half
    round_id: int | None = None
    count: int = 1
    weeks: int = 0


def rounds(db: Session, *, now: datetime, round_id: int | None = None) -> list[RoundPage]:
    """Rounds, the newest first, with their meetings. A constant number of statements."""
    query = select(IntervisionRound, Intervention.name).join(Intervention)
    if round_id is not None:
        query = query.where(IntervisionRound.id == round_id)
    titles = [title_of(found, name) for found, name in db.execute(query)]
    sessions = _sessions(db, [title.id for title in titles], now=now)
    reach = _reach(db, [title.id for title in titles], now=now)
    pages = []
    for title in sorted(titles, key=lambda title: (-title.year, title.half, title.intervention)):
        lines = sessions[title.id]
        counts = reach.get(title.id, (0, 0, 0, 0))
        stand = round_state(
            [line.meeting.state for line in lines],
            signup_closes_on=title.signup_closes_on,
            today=local_day(now),
            without_place=counts[-1],
        )
        pages.append(RoundPage(title, stand, lines, *counts))
    return pages


def round_page(db: Session, round_id: int, *, now: datetime) -> RoundPage:
    """One round. Raises: NotFound."""
    found = rounds(db, now=now, round_id=round_id)
    if not found:
        raise NotFound
    return found[0]


def session_page(db: Session, meeting_id: int, *, now: datetime) -> SessionPage:
    """One meeting of a round. Raises: NotFound."""
    round_id = db.scalar(select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == meeting_id))
    if round_id is None:
        raise NotFound
    found = round_page(db, round_id, now=now)
    line = next(line for line in found.sessions if line.meeting.id == meeting_id)
    return SessionPage(found.round, line, meetings.roll(db, meeting_id, now=now), elsewhere(db, round_id, meeting_id))


def elsewhere(db: Session, round_id: int, meeting_id: int = 0) -> frozenset[int]:
    """Who goes or went to a meeting of the round, other than this one. One statement."""
    people = (
        select(MeetingSignup.person_id)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
        .where(IntervisionSession.round_id == round_id, Meeting.id != meeting_id, _TAKEN_UP)
    )
    return frozenset(db.scalars(people))


def batch(db: Session, round_id: int, invitees: Invitees, *, now: datetime) -> Batch:
    """Who still has to be invited to which meeting ahead, and who leads one without having a seat there yet.

    Who leads, goes or went to a meeting of the round already, is not asked again.
    """
    ahead = [line for line in _sessions(db, [round_id], now=now)[round_id] if line.meeting.over is None]
    ids = [line.meeting.id for line in ahead]
    leading = {(line.meeting.id, person_id) for line in ahead for person_id in line.facilitator_ids}
    asked = invitees.person_ids - elsewhere(db, round_id) - {person_id for _, person_id in leading}
    wanted = {(meeting_id, person_id) for meeting_id in ids for person_id in asked}
    query = select(MeetingSignup.meeting_id, MeetingSignup.person_id, MeetingSignup.answer)
    have = {
        (row.meeting_id, row.person_id): row.answer
        for row in db.execute(query.where(MeetingSignup.meeting_id.in_(ids)))
    }
    to_seat = sorted(one for one in leading if have.get(one) != AnswerTo.YES)
    return Batch(ids, sorted(wanted - have.keys()), to_seat)


Wanted = Callable[[date, date], Mapping[int, str]]
"""The interventions, by name, of which somebody owes a meeting between two days; only certification knows."""


def waiting(db: Session, wanted: Wanted, *, now: datetime) -> list[RoundWork]:
    """What of intervision asks for an admin, for the work list. No round is asked for that nobody needs."""
    found, today = rounds(db, now=now), local_day(now)
    work = [
        replace(_about(page, "to_publish"), weeks=weeks_to_publish(_begins(page), today))
        for page in found
        if page.state in {RoundState.DRAFT, RoundState.PLANNED} and to_watch(_begins(page), today)
    ]
    for page in found:
        alone = sum(line.alone for line in page.sessions)
        small = sum(line.too_small for line in page.sessions)
        work += [replace(_about(page, "no_leader"), count=alone)] if alone else []
        work += [replace(_about(page, "too_small"), count=small)] if small else []
    work += [
        _about(page, "to_settle")
        for page in found
        if any(line.meeting.state is MeetingState.HELD and line.meeting.ends_at <= now for line in page.sessions)
    ]
    work += [_about(page, "to_place", page.silent) for page in found if page.state is RoundState.CLOSED and page.silent]
    work += [_about(page, "no_place") for page in found if page.without_place]
    have = {(page.round.intervention_id, page.round.year, page.round.half) for page in found}
    for year, half in missing_halves((), today=today):
        work += [
            RoundWork("to_plan", name, year, half, weeks=weeks_to_publish(days_of(year, half)[0], today))
            for id_, name in wanted(*days_of(year, half)).items()
            if (id_, year, half) not in have
        ]
    return work


def _about(page: RoundPage, what: str, count: int = 1) -> RoundWork:
    return RoundWork(what, page.round.intervention, page.round.year, page.round.half, page.round.id, count=count)


def _begins(page: RoundPage) -> date:
    """The day of its first meeting that goes on; without one the first day on which the round may meet."""
    days = [local_day(line.meeting.starts_at) for line in page.sessions if not line.meeting.cancelled]
    return min(days, default=days_of(page.round.year, page.round.half)[0])


def _sessions(db: Session, round_ids: Collection[int], *, now: datetime) -> dict[int, list[SessionLine]]:
    rows = db.execute(
        select(IntervisionSession.round_id, IntervisionSession.meeting_id).where(
            IntervisionSession.round_id.in_(round_ids)
        )
    ).all()
    ids = [row.meeting_id for row in rows]
    views, tallies = meetings.meetings(db, ids, now=now), meetings.tallies(db, ids)
    leading = leaders(db, ids)
    found: dict[int, list[SessionLine]] = {round_id: [] for round_id in round_ids}
    for row in sorted(rows, key=lambda row: (views[row.meeting_id].starts_at, row.meeting_id)):
        found[row.round_id].append(SessionLine(views[row.meeting_id], tallies[row.meeting_id], leading[row.meeting_id]))
    return found


def without_place(db: Session, round_id: int, *, now: datetime) -> frozenset[int]:
    """Who is left without a place in a round since we called a meeting off. One statement."""
    people = _per_person([round_id], now)
    return frozenset(db.scalars(select(people.c.person_id).where(_left_out(people))))


def _reach(db: Session, round_ids: Collection[int], *, now: datetime) -> dict[int, tuple[int, int, int, int]]:
    """People per round: invited, with a seat (or there already), who still owe an answer, without a place."""
    people = _per_person(round_ids, now)
    rows = db.execute(
        select(
            people.c.round_id,
            func.count().label("invited"),
            func.count().filter(people.c.yes == 1).label("seated"),
            func.count().filter(people.c.yes == 0, people.c.owes == 1).label("silent"),
            func.count().filter(_left_out(people)).label("left_out"),
        ).group_by(people.c.round_id)
    )
    return {row.round_id: (row.invited, row.seated, row.silent, row.left_out) for row in rows}


def _left_out(people: Subquery) -> ColumnElement[bool]:
    return and_(people.c.yes == 0, people.c.lost == 1, people.c.open == 0)


def _per_person(round_ids: Collection[int], now: datetime) -> Subquery:
    """What each person has in a round: a place taken up, an answer to give, a day that was called off, one to choose.

    What was called off is made up for by the next round that goes out.
    """
    newer = aliased(IntervisionRound)
    made_up = exists().where(
        newer.intervention_id == IntervisionRound.intervention_id, newer.published_at > IntervisionRound.published_at
    )
    yes = func.max(case((_TAKEN_UP, 1), else_=0))
    waits = MeetingSignup.waiting_since.is_not(None)
    silent = and_(MeetingSignup.answer == AnswerTo.NONE, ~waits, Meeting.cancelled_at.is_(None))
    owes = func.max(case((silent, 1), else_=0)) - func.max(case((waits, 1), else_=0))  # waiting is an answer
    lost = func.max(case((and_(Meeting.cancelled_at.is_not(None), ~leads_here(), ~made_up), 1), else_=0))
    closes = Meeting.signup_closes_at
    ahead = and_(Meeting.cancelled_at.is_(None), Meeting.starts_at > now, or_(closes.is_(None), closes > now))
    to_choose = func.max(case((ahead, 1), else_=0))
    return (
        select(
            IntervisionSession.round_id,
            MeetingSignup.person_id,
            yes.label("yes"),
            owes.label("owes"),
            lost.label("lost"),
            to_choose.label("open"),
        )
        .join(IntervisionSession, IntervisionSession.meeting_id == MeetingSignup.meeting_id)
        .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(IntervisionSession.round_id.in_(round_ids))
        .group_by(IntervisionSession.round_id, MeetingSignup.person_id)
        .subquery()
    )
