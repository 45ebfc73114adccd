"""The letters of a round: what goes out before its meetings and to how many, what went out, and what was added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.queries.facts import RoundTitle, title_of
from app.intervision.queries.rounds import round_page
from app.intervision.rules import DAYS_BEFORE, PlannedLetter, letter_due
from app.intervision.tables import IntervisionRound, IntervisionSession, RoundLetter
from app.kit.localtime import local_day
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.rules import MessageState
from app.outbox.tables import Message

_LOOK_BACK: Final = timedelta(days=2 * max(DAYS_BEFORE.values()))  # a moved meeting may be further off than the first


@dataclass(frozen=True)
class Told:
    """What was planned or sent to people with a seat; what was held back counts for nothing."""

    of_seat: frozenset[tuple[str, int]]
    of_day: frozenset[tuple[str, int, str]]

    def knows(self, letter: PlannedLetter, signup_id: int, starts_at: datetime) -> bool:
        """Whether this letter need not come any more. A case is asked for once, however often the day changes."""
        if letter is PlannedLetter.CASE_CALL:
            return (letter.value, signup_id) in self.of_seat
        return (letter.value, signup_id, starts_at.isoformat()) in self.of_day


def told(db: Session, *, now: datetime, people: Iterable[int] | None = None) -> Told:
    """What people were told of meetings ahead. One statement."""
    query = select(Message.kind, Message.data).where(
        Message.kind.in_([letter.value for letter in PlannedLetter]),
        Message.suppressed_at.is_(None),
        Message.created_at > now - _LOOK_BACK,
    )
    if people is not None:
        query = query.where(Message.person_id.in_(set(people)))
    rows = [(row.kind, row.data) for row in db.execute(query) if "signup_id" in row.data]
    return Told(
        frozenset((kind, int(data["signup_id"])) for kind, data in rows),
        frozenset((kind, int(data["signup_id"]), str(data.get("starts_at", ""))) for kind, data in rows),
    )


@dataclass(frozen=True)
class OwnWords:
    """What an admin added to one kind of letter; version 0 for nothing yet."""

    text: str = ""
    version: int = 0


@dataclass(frozen=True)
class LetterDay:
    """One kind of letter for one meeting: when it goes out (None: it does not any more), and to how many."""

    meeting: MeetingView
    goes_on: date | None
    people: int
    counts: dict[MessageState, int]


@dataclass(frozen=True)
class PlannedLine:
    """One kind of letter of a round, with the meetings that it is about."""

    letter: PlannedLetter
    days_before: int
    own: OwnWords
    days: list[LetterDay]


@dataclass(frozen=True)
class SentLine:
    """Letters that go out when something happens: how many became what."""

    kind: str
    counts: dict[MessageState, int]


@dataclass(frozen=True)
class HeldBack:
    """Why letters of a round did not go out, and how many."""

    kind: str
    reason: str
    count: int


@dataclass(frozen=True)
class LettersPage:
    """Every letter of a round."""

    round: RoundTitle
    planned: list[PlannedLine]
    others: list[SentLine]
    held_back: list[HeldBack]


@dataclass(frozen=True)
class ToCome:
    """A letter that somebody will get as things are now."""

    letter: PlannedLetter
    goes_on: date
    meeting: MeetingView


def goes_on(letter: PlannedLetter, starts_at: datetime, today: date) -> date | None:
    """The day on which a letter that nobody got yet goes out; None when a later one takes its place."""
    meets_on = local_day(starts_at)
    day = max(meets_on - timedelta(days=DAYS_BEFORE[letter]), today)
    return day if letter_due(meets_on, day) is letter else None


def own_words(db: Session, round_id: int) -> dict[PlannedLetter, OwnWords]:
    """What was added to each kind of letter of a round. One statement."""
    rows = db.execute(
        select(RoundLetter.kind, RoundLetter.own_text, RoundLetter.version).where(RoundLetter.round_id == round_id)
    )
    found = {PlannedLetter(row.kind): OwnWords(row.own_text, row.version) for row in rows}
    return {letter: found.get(letter, OwnWords()) for letter in PlannedLetter}


def own_words_for(db: Session, meeting_id: int, kind: str) -> str:
    """What was added to this kind of letter in the round of a meeting."""
    query = (
        select(RoundLetter.own_text)
        .join(IntervisionSession, IntervisionSession.round_id == RoundLetter.round_id)
        .where(IntervisionSession.meeting_id == meeting_id, RoundLetter.kind == kind)
    )
    return db.scalar(query) or ""


def letters_page(db: Session, round_id: int, *, now: datetime) -> LettersPage:
    """Every letter of a round: to come, gone, held back. A constant number of statements. Raises: NotFound."""
    page = round_page(db, round_id, now=now)
    views = [line.meeting for line in page.sessions]
    counted = _counted(db, round_id, [view.id for view in views])
    seats = meetings.places(
        db,
        MeetingSignup.meeting_id.in_([view.id for view in views]),
        MeetingSignup.answer == AnswerTo.YES,
        Meeting.cancelled_at.is_(None),
        now=now,
    )
    known = told(db, now=now, people={seat.person_id for seat in seats})
    words = own_words(db, round_id)
    planned = []
    for letter in PlannedLetter:
        days = []
        for view in views:
            day = goes_on(letter, view.starts_at, local_day(now)) if view.over is None else None
            people = sum(
                seat.meeting.id == view.id and not known.knows(letter, seat.id, view.starts_at) for seat in seats
            )
            counts = {state: n for (kind, id_, state, _), n in counted.items() if (kind, id_) == (letter, view.id)}
            days.append(LetterDay(view, day if people or not counts else None, people if day else 0, counts))
        planned.append(PlannedLine(letter, DAYS_BEFORE[letter], words[letter], days))
    kinds = sorted({kind for kind, *_ in counted} - set(PlannedLetter))
    others = [SentLine(kind, _summed(counted, kind)) for kind in kinds]
    held: dict[tuple[str, str], int] = {}
    for (kind, _, state, reason), number in counted.items():
        if state is MessageState.SUPPRESSED:
            held[kind, reason] = held.get((kind, reason), 0) + number
    lines = [HeldBack(kind, reason, number) for (kind, reason), number in sorted(held.items())]
    return LettersPage(page.round, planned, others, lines)


_Counted = dict[tuple[str, int, MessageState, str], int]


def _summed(counted: _Counted, kind: str) -> dict[MessageState, int]:
    found: dict[MessageState, int] = {}
    for (which, _, state, _), number in counted.items():
        if which == kind:
            found[state] = found.get(state, 0) + number
    return found


def _counted(db: Session, round_id: int, meeting_ids: list[int]) -> _Counted:
    """How many letters of each kind about each meeting (0: about the whole round) became what, and why not."""
    state = case(
        (Message.suppressed_at.is_not(None), MessageState.SUPPRESSED.value),
        (Message.bounced_at.is_not(None), MessageState.BOUNCED.value),
        (Message.expired_at.is_not(None), MessageState.EXPIRED.value),
        (Message.sent_at.is_not(None), MessageState.SENT.value),
        else_=MessageState.PLANNED.value,
    )
    meeting = func.coalesce(MeetingSignup.meeting_id, 0)
    rows = db.execute(
        select(Message.kind, meeting, state, Message.suppressed_reason, func.count())
        .outerjoin(
            MeetingSignup,
            and_(
                MeetingSignup.id == Message.data["signup_id"].as_integer(),
                MeetingSignup.person_id == Message.person_id,
            ),
        )
        .where(
            or_(
                MeetingSignup.meeting_id.in_(meeting_ids),
                and_(Message.kind == "intervision.invitation", Message.data["round_id"].as_integer() == round_id),
            )
        )
        .group_by(Message.kind, meeting, state, Message.suppressed_reason)
    )
    return {(kind, id_, MessageState(what), reason): number for kind, id_, what, reason, number in rows}


@dataclass(frozen=True)
class NotInvited:
    """A round ahead to which somebody has no invitation. `draft`: nobody has, it is not published yet."""

    round: RoundTitle
    draft: bool


def not_invited(db: Session, person_id: int, *, now: datetime) -> list[NotInvited]:
    """The rounds with a meeting ahead in which somebody has no place at all, the newest first."""
    ahead = (
        select(
            IntervisionSession.round_id,
            func.max(case((Meeting.published_at.is_not(None), 1), else_=0)).label("published"),
            func.max(case((MeetingSignup.id.is_not(None), 1), else_=0)).label("known"),
        )
        .join(Meeting, Meeting.id == IntervisionSession.meeting_id)
        .outerjoin(MeetingSignup, and_(MeetingSignup.meeting_id == Meeting.id, MeetingSignup.person_id == person_id))
        .where(Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
        .group_by(IntervisionSession.round_id)
        .subquery()
    )
    rows = db.execute(
        select(IntervisionRound, Intervention.name, ahead.c.published)
        .join(Intervention)
        .join(ahead, ahead.c.round_id == IntervisionRound.id)
        .where(ahead.c.known == 0)
        .order_by(IntervisionRound.year.desc(), IntervisionRound.id.desc())
    )
    return [NotInvited(title_of(found, name), draft=not published) for found, name, published in rows]


def to_come(db: Session, person_id: int, *, now: datetime) -> list[ToCome]:
    """The letters that somebody will get about the seats she has now, by day."""
    seats = meetings.places(
        db,
        MeetingSignup.person_id == person_id,
        MeetingSignup.answer == AnswerTo.YES,
        Meeting.published_at.is_not(None),
        Meeting.cancelled_at.is_(None),
        Meeting.starts_at > now,
        now=now,
    )
    rounds = set(db.scalars(select(IntervisionSession.meeting_id)))
    known = told(db, now=now, people={person_id})
    found = []
    for seat in seats:
        for letter in PlannedLetter:
            day = goes_on(letter, seat.meeting.starts_at, local_day(now))
            fits = letter is PlannedLetter.REMINDER or seat.meeting.id in rounds
            if day is not None and fits and not known.knows(letter, seat.id, seat.meeting.starts_at):
                found.append(ToCome(letter, day, seat.meeting))
    return sorted(found, key=lambda one: (one.goes_on, one.meeting.starts_at))
