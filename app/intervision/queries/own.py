"""Somebody's own intervision: invitations, seats, where she was; and what the link in a mail shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.queries.facts import RoundTitle, title_of
from app.intervision.queries.leaders import leads_here, names_here, names_in
from app.intervision.tables import IntervisionRound, IntervisionSession, LearningPoint
from app.kit.errors import NotFound
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView, Place
from app.meetings.rules import AnswerTo, Attendance, MeetingState
from app.meetings.tables import Meeting, MeetingSignup
from app.people.queries import cards
from app.people.rules import Viewer


@dataclass(frozen=True)
class OwnPlace:
    """One place of somebody, with the round and who leads the meeting."""

    place: Place
    round: RoundTitle
    facilitators: tuple[str, ...]
    leads: bool = False
    """Whether she leads the meeting herself: her seat is given, there is nothing to answer."""
    learned: str = ""
    next_step: str = ""

    @property
    def meeting(self) -> MeetingView:
        return self.place.meeting

    @property
    def may_write(self) -> bool:
        """Whether a learning point belongs to it: the meeting began, and she was there as far as we know."""
        held = self.meeting.state in {MeetingState.HELD, MeetingState.SETTLED}
        seen = self.place.attendance
        return held and (seen.was_there or (seen is Attendance.UNKNOWN and self.place.has_seat))


@dataclass(frozen=True)
class OwnRound:
    """The choice somebody has in one round."""

    round: RoundTitle
    places: list[OwnPlace]
    been: OwnPlace | None = None
    """The meeting of this round that she was at already; there is nothing left to choose then."""

    @property
    def seat(self) -> OwnPlace | None:
        return next((own for own in self.places if own.place.has_seat and not own.meeting.cancelled), None)

    @property
    def led(self) -> OwnPlace | None:
        """The meeting ahead that she leads herself."""
        return self.seat if self.seat is not None and self.seat.leads else None

    @property
    def open(self) -> bool:
        return self.been is None and self.led is None and any(own.meeting.open for own in self.places)

    @property
    def chosen(self) -> str:
        """The choice as the form knows it: a place, none, or nothing yet."""
        if self.seat is not None:
            return str(self.seat.place.id)
        alive = [own for own in self.places if not own.meeting.cancelled]
        return "none" if alive and all(own.place.answer is AnswerTo.NO for own in alive) else ""

    @property
    def to_answer(self) -> bool:
        """Whether we wait for her choice: one answer is enough for the whole round."""
        return self.open and not self.chosen


@dataclass(frozen=True)
class OwnPage:
    """Everything of one person: rounds ahead, and where she was."""

    rounds: list[OwnRound]
    past: list[OwnPlace]


@dataclass(frozen=True)
class AnswerPage:
    """What the link in a mail shows: one person, one meeting. `other`: the seat that a yes would give back."""

    first_name: str
    own: OwnPlace
    other: MeetingView | None = None


_OWN: Final = (
    select(
        MeetingSignup,
        Meeting,
        IntervisionRound,
        Intervention.name,
        leads_here().label("leads"),
        names_here().label("facilitators"),
        LearningPoint.learned,
        LearningPoint.next_step,
    )
    .join(Meeting, Meeting.id == MeetingSignup.meeting_id)
    .join(IntervisionSession, IntervisionSession.meeting_id == Meeting.id)
    .join(IntervisionRound, IntervisionRound.id == IntervisionSession.round_id)
    .join(Intervention, Intervention.id == IntervisionRound.intervention_id)
    .outerjoin(LearningPoint, LearningPoint.signup_id == MeetingSignup.id)
    .order_by(Meeting.starts_at, MeetingSignup.id)
    .execution_options(populate_existing=True)
)
_OF_PERSON: Final = _OWN.where(MeetingSignup.person_id == bindparam("person"))


def own_page(db: Session, viewer: Viewer, *, now: datetime) -> OwnPage:
    """The intervision of the viewer; nobody else's. One statement."""
    own = _places(db.execute(_OF_PERSON, {"person": viewer.id}), now=now)
    ahead: dict[int, list[OwnPlace]] = defaultdict(list)
    for item in own:
        if item.meeting.starts_at > now:
            ahead[item.round.id].append(item)
    been = {item.round.id: item for item in own if item.meeting.starts_at <= now and item.place.taken_up}
    rounds = [OwnRound(items[0].round, items, been.get(id_)) for id_, items in ahead.items()]
    past = [item for item in own if item.meeting.starts_at <= now and _belongs_to_past(item)]
    return OwnPage(rounds, past[::-1])


def own_place(db: Session, viewer: Viewer, signup_id: int, *, now: datetime) -> OwnPlace:
    """One place of the viewer. Raises: NotFound for somebody else's."""
    query = _OF_PERSON.where(MeetingSignup.id == signup_id)
    found = _places(db.execute(query, {"person": viewer.id}), now=now)
    if not found:
        raise NotFound
    return found[0]


def answer_page(db: Session, signup_id: int, *, now: datetime) -> AnswerPage:
    """What a link in a mail opens. Raises: NotFound."""
    found = _places(db.execute(_OWN.where(MeetingSignup.id == signup_id)), now=now)
    if not found:
        raise NotFound
    own = found[0]
    rest = db.execute(
        _OF_PERSON.where(
            MeetingSignup.answer == AnswerTo.YES,
            IntervisionSession.round_id == own.round.id,
            MeetingSignup.id != signup_id,
        ),
        {"person": own.place.person_id},
    )
    other = next((item.meeting for item in _places(rest, now=now) if item.meeting.over is None), None)
    card = cards(db, [own.place.person_id])[own.place.person_id]
    return AnswerPage(first_name=card.first_name, own=own, other=other)


def places_by_id(db: Session, ids: Collection[int], *, now: datetime) -> list[OwnPlace]:
    """Places for the letter of an invitation, by date."""
    return _places(db.execute(_OWN.where(MeetingSignup.id.in_(set(ids)))), now=now)


def other_days(db: Session, place: Place, *, now: datetime) -> list[OwnPlace]:
    """The other meetings of the same round that one person is invited to, by date."""
    round_id = select(IntervisionSession.round_id).where(IntervisionSession.meeting_id == place.meeting.id)
    query = _OF_PERSON.where(IntervisionSession.round_id == round_id.scalar_subquery(), MeetingSignup.id != place.id)
    return _places(db.execute(query, {"person": place.person_id}), now=now)


def leads(db: Session, place: Place) -> bool:
    """Whether somebody leads the meeting of this place."""
    return bool(db.scalar(select(leads_here(place.person_id, place.meeting.id))))


def places_in_round(db: Session, viewer: Viewer, round_id: int, *, now: datetime) -> list[Place]:
    """The viewer's places in one round, by date. Raises: NotFound when she has none."""
    query = _OF_PERSON.where(IntervisionSession.round_id == round_id)
    found = [item.place for item in _places(db.execute(query, {"person": viewer.id}), now=now)]
    if not found:
        raise NotFound
    return found


def _belongs_to_past(item: OwnPlace) -> bool:
    return not item.meeting.cancelled and (item.place.has_seat or item.place.attendance is not Attendance.UNKNOWN)


def _places(rows: Iterable[Any], *, now: datetime) -> list[OwnPlace]:
    """The rows are those of `_OWN`."""
    return [
        OwnPlace(
            place=meetings.place_of(row.MeetingSignup, row.Meeting, now),
            round=title_of(row.IntervisionRound, row.name),
            facilitators=names_in(row.facilitators),
            leads=bool(row.leads),
            learned=row.learned or "",
            next_step=row.next_step or "",
        )
        for row in rows
    ]
