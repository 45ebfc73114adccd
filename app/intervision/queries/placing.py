"""What the planner is told of a round: who has no seat yet, where each could go, and what it should weigh."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.intervision.planner.model import Rules, Slot, Someone
from app.intervision.queries.leaders import leaders
from app.intervision.room.tables import IntervisionCase
from app.intervision.rules import moment_of
from app.intervision.tables import GroupSeat, IntervisionGroup, IntervisionRound, IntervisionSession, RoundReply
from app.kit.errors import NotFound
from app.kit.localtime import local, local_day
from app.kit.text import fold
from app.meetings.rules import AnswerTo, Attendance, InLine, in_line, taken_up
from app.meetings.tables import Meeting, MeetingSignup
from app.people.tables import LineManager, Membership, Organisation

EXPERIENCED: Final = 2  # from the third meeting on it makes no difference any more
LAST_TIME: Final = timedelta(days=400)  # two rounds back
AT_HOME: Final = 0  # minutes: the meeting is in the town where she works; further we do not know


@dataclass(frozen=True)
class Asked:
    """A round as the planner takes it: people (with and without a seat), meetings ahead, and the hard rules.

    `declined`: (person, meeting) to which she said no.
    """

    people: list[Someone]
    slots: list[Slot]
    rules: Rules
    declined: frozenset[tuple[int, int]] = frozenset()

    @property
    def to_place(self) -> list[Someone]:
        return [one for one in self.people if one.seat is None]


@dataclass
class _Answers:
    """What people said in a round: the meetings where each may go, has her seat, waits for one, or said no.

    `done`: who was at one, or has to answer an offer first.
    """

    ahead: dict[int, Meeting]
    may: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    seats: dict[int, int] = field(default_factory=dict)
    waits: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    declined: set[tuple[int, int]] = field(default_factory=set)
    done: set[int] = field(default_factory=set)


def asked(db: Session, round_id: int, trainers: Collection[int], *, now: datetime) -> Asked:
    """Everybody with a seat ahead, and every trainer who was invited and has none. A constant number of statements."""
    meetings = list(
        db.scalars(
            select(Meeting)
            .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
            .where(IntervisionSession.round_id == round_id, Meeting.published_at.is_not(None))
            .execution_options(populate_existing=True)
        )
    )
    ahead = {one.id: one for one in meetings if one.cancelled_at is None and one.starts_at > now}
    answers = _answers(db, meetings, ahead, now)
    _keep_to_what_she_said(db, round_id, answers)
    ids = set(answers.seats) | {one for one in set(trainers) & answers.may.keys() if one not in answers.done}
    people = _people(db, ids, answers, round_id, now)
    led = leaders(db, list(ahead))
    seated = Counter(answers.seats.values())
    slots = [
        Slot(
            one.id,
            one.starts_at,
            one.ends_at,
            one.seats,
            tuple(leader.id for leader in led[one.id]),
            room=fold(f"{one.venue} {one.address}") if one.address else "",
            held=max(0, one.taken - seated[one.id]),
        )
        for one in ahead.values()
    ]
    return Asked(people, slots, Rules(managers=managers(db, ids, today=local_day(now))), frozenset(answers.declined))


def intervention_of(db: Session, round_id: int) -> int:
    """What a round is about. Raises: NotFound."""
    found = db.scalar(select(IntervisionRound.intervention_id).where(IntervisionRound.id == round_id))
    if found is None:
        raise NotFound
    return found


def managers(db: Session, ids: Collection[int], *, today: date) -> frozenset[tuple[int, int]]:
    """Who of these people manages whom of them today, as (person, her manager). One statement."""
    rows = db.execute(
        select(LineManager.person_id, LineManager.manager_id).where(
            LineManager.person_id.in_(ids),
            LineManager.manager_id.in_(ids),
            LineManager.since <= today,
            or_(LineManager.until.is_(None), LineManager.until >= today),
        )
    )
    return frozenset((row.person_id, row.manager_id) for row in rows)


def seated_people(db: Session, meeting_id: int, round_id: int, *, now: datetime) -> list[Someone]:
    """Who has a seat in one meeting, as the planner takes them for its tables."""
    one = db.get_one(Meeting, meeting_id)
    answers = _answers(db, [one], {one.id: one}, now)
    return _people(db, set(answers.seats), answers, round_id, now)


def _answers(db: Session, meetings: Collection[Meeting], ahead: dict[int, Meeting], now: datetime) -> _Answers:
    rows = db.execute(
        select(
            MeetingSignup.meeting_id,
            MeetingSignup.person_id,
            MeetingSignup.answer,
            MeetingSignup.attendance,
            MeetingSignup.waiting_since,
            MeetingSignup.offered_until,
        ).where(MeetingSignup.meeting_id.in_([one.id for one in meetings]))
    )
    off = {one.id for one in meetings if one.cancelled_at is not None}
    found = _Answers(ahead)
    for row in rows:
        answer = AnswerTo(row.answer)
        if row.meeting_id not in ahead:
            if row.meeting_id not in off and taken_up(answer, Attendance(row.attendance)):
                found.done.add(row.person_id)
        elif answer is AnswerTo.YES:
            found.seats[row.person_id] = row.meeting_id
        elif answer is AnswerTo.NO:
            found.declined.add((row.person_id, row.meeting_id))
            found.may[row.person_id] |= set()
        else:
            found.may[row.person_id].add(row.meeting_id)
            if row.waiting_since is not None:
                found.waits[row.person_id].add(row.meeting_id)
            if in_line(row.waiting_since, row.offered_until, now) is InLine.OFFERED:
                found.done.add(row.person_id)
    return found


def _keep_to_what_she_said(db: Session, round_id: int, answers: _Answers) -> None:
    """Who told when she could come, goes to no other moment, also when a day was added since."""
    query = select(RoundReply.person_id, RoundReply.possible).where(RoundReply.round_id == round_id)
    for row in db.execute(query):
        if row.possible and row.person_id in answers.may:
            answers.may[row.person_id] = {
                id_
                for id_ in answers.may[row.person_id]
                if moment_of(local(answers.ahead[id_].starts_at)) in row.possible
            }


def _people(db: Session, ids: Collection[int], answers: _Answers, round_id: int, now: datetime) -> list[Someone]:
    ahead = answers.ahead
    works = {
        row.person_id: (row.organisation_id, row.city)
        for row in db.execute(
            select(Membership.person_id, Membership.organisation_id, Organisation.city)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Membership.person_id.in_(ids), Membership.until.is_(None))
        )
    }
    bringing = _bringing(db, ids, round_id)
    before, elsewhere, met = _experience(db, ids), _elsewhere(db, ids, round_id, ahead), _met(db, ids, round_id, now)
    return [
        Someone(
            id_,
            frozenset(answers.may.get(id_, ())),
            organisation=works.get(id_, (None, ""))[0],
            experience=min(EXPERIENCED, before.get(id_, 0)),
            prefers=frozenset(answers.waits.get(id_, ())),
            brings_case=id_ in bringing,
            distance=_near(works.get(id_, (None, ""))[1], ahead),
            busy=tuple(elsewhere[id_]),
            seat=answers.seats.get(id_),
            last_with=frozenset(met[id_]),
        )
        for id_ in sorted(ids)
    ]


def _near(city: str, ahead: dict[int, Meeting]) -> dict[int, int]:
    """The meetings in the town where somebody works."""
    town = fold(city)
    return {one.id: AT_HOME for one in ahead.values() if town and town in fold(one.address)}


def _bringing(db: Session, ids: Collection[int], round_id: int) -> set[int]:
    """Who brings a case to this round; which one only her table may know."""
    query = (
        select(IntervisionCase.person_id)
        .join(MeetingSignup, MeetingSignup.id == IntervisionCase.signup_id)
        .join(IntervisionSession, IntervisionSession.meeting_id == MeetingSignup.meeting_id)
        .where(
            IntervisionSession.round_id == round_id,
            IntervisionCase.person_id.in_(ids),
            IntervisionCase.parked_at.is_(None),
            IntervisionCase.purged_at.is_(None),
        )
    )
    return set(db.scalars(query))


def _experience(db: Session, ids: Collection[int]) -> dict[int, int]:
    """At how many meetings of intervision people were before."""
    query = (
        select(MeetingSignup.person_id, func.count().label("times"))
        .join(IntervisionSession, IntervisionSession.meeting_id == MeetingSignup.meeting_id)
        .where(MeetingSignup.person_id.in_(ids), MeetingSignup.attendance.in_([Attendance.PRESENT, Attendance.PARTIAL]))
        .group_by(MeetingSignup.person_id)
    )
    return {row.person_id: row.times for row in db.execute(query)}


def _elsewhere(
    db: Session, ids: Collection[int], round_id: int, ahead: dict[int, Meeting]
) -> dict[int, list[tuple[datetime, datetime]]]:
    """When people are at another meeting, of another round or of their training."""
    busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    if not ahead:
        return busy
    here = select(IntervisionSession.meeting_id).where(IntervisionSession.round_id == round_id)
    query = (
        select(MeetingSignup.person_id, Meeting.starts_at, Meeting.ends_at)
        .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
        .where(
            MeetingSignup.person_id.in_(ids),
            MeetingSignup.answer == AnswerTo.YES,
            Meeting.id.not_in(here),
            Meeting.cancelled_at.is_(None),
            Meeting.ends_at > min(one.starts_at for one in ahead.values()),
            Meeting.starts_at < max(one.ends_at for one in ahead.values()),
        )
    )
    for row in db.execute(query):
        busy[row.person_id].append((row.starts_at, row.ends_at))
    return busy


def _met(db: Session, ids: Collection[int], round_id: int, now: datetime) -> dict[int, set[int]]:
    """With whom each sat at a table the last time."""
    intervention = select(IntervisionRound.intervention_id).where(IntervisionRound.id == round_id).scalar_subquery()
    rows = db.execute(
        select(MeetingSignup.person_id, GroupSeat.group_id)
        .join(GroupSeat, GroupSeat.signup_id == MeetingSignup.id)
        .join(IntervisionGroup, IntervisionGroup.id == GroupSeat.group_id)
        .join(IntervisionSession, IntervisionSession.id == IntervisionGroup.session_id)
        .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .where(
            IntervisionRound.intervention_id == intervention,
            IntervisionRound.id != round_id,
            MeetingSignup.person_id.in_(ids),
            Meeting.ends_at <= now,
            Meeting.ends_at > now - LAST_TIME,
        )
        .order_by(Meeting.ends_at)
    ).all()
    last = {row.person_id: row.group_id for row in rows}
    tables: dict[int, set[int]] = defaultdict(set)
    for person_id, group_id in last.items():
        tables[group_id].add(person_id)
    return defaultdict(set, {person_id: tables[group_id] - {person_id} for person_id, group_id in last.items()})
