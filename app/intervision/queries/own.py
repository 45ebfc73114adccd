"""Somebody's own intervision: invitations, seats, where she was; and what the link in a mail shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.courses.tables import Intervention
from app.intervision.queries.facts import RoundTitle, title_of
from app.intervision.queries.leaders import leads_here, names_here, names_in
from app.intervision.rules import SWAP_UNTIL, may_swap
from app.intervision.tables import IntervisionRound, IntervisionSession, LearningPoint
from app.kit.errors import NotFound
from app.kit.ids import Keyring
from app.kit.localtime import local_day
from app.meetings import queries as meetings
from app.meetings.queries import MeetingView, Place
from app.meetings.rules import PURPOSE, AnswerTo, Attendance, MeetingState
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
        """Whether there is something to choose: until sign-up closes, and with a seat as long as it may be swapped."""
        return self.been is None and self.led is None and any(own.place.open for own in self.places)

    @property
    def answers(self) -> bool:
        """Whether sign-up is still open for a day of the round."""
        return any(own.meeting.open for own in self.places)

    @property
    def offers(self) -> list[OwnPlace]:
        """The days on which a seat is kept for her until she answers."""
        return [own for own in self.places if own.place.offered]

    @property
    def waits(self) -> list[OwnPlace]:
        """The days for which she stands in line."""
        return [own for own in self.places if own.place.waiting]

    @property
    def swaps(self) -> bool:
        """Whether she has a seat and another day to swap it for."""
        return self.seat is not None and self.open and len([own for own in self.places if own.place.open]) > 1

    @property
    def swap_until(self) -> date | None:
        """The last day on which she may still swap her seat for one on a later day."""
        if self.seat is None:
            return None
        last = local_day(self.seat.meeting.starts_at) - timedelta(days=SWAP_UNTIL)
        return max(last, self.round.signup_closes_on)

    @property
    def chosen(self) -> str:
        """The choice as the form knows it: a place, none, or nothing yet."""
        if self.seat is not None:
            return str(self.seat.place.id)
        if self.waits:
            return f"wait-{self.waits[0].place.id}"
        alive = [own for own in self.places if not own.meeting.cancelled]
        return "none" if alive and all(own.place.answer is AnswerTo.NO for own in alive) else ""

    @property
    def to_answer(self) -> bool:
        """Whether we wait for her choice: one answer is enough for the whole round, and an offer asks for another."""
        return bool(self.offers) or (self.open and not self.chosen)


@dataclass(frozen=True)
class OwnPage:
    """Everything of one person: rounds ahead, and where she was."""

    rounds: list[OwnRound]
    past: list[OwnPlace]


@dataclass(frozen=True)
class OtherDay:
    """Another day of the round that the same person is invited to, with the link in her own mail about it."""

    own: OwnPlace
    token: str


@dataclass(frozen=True)
class AnswerPage:
    """What the link in a mail shows: one person, one meeting; and the other days of the round that she can choose.

    `seat`: the one she has elsewhere in the round, which a yes would give back.
    """

    first_name: str
    own: OwnPlace
    seat: OwnPlace | None
    others: list[OtherDay]


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
        *meetings.QUEUE,
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
    own = _with_swaps(_places(db.execute(_OF_PERSON, {"person": viewer.id}), now=now), now=now)
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


def answer_page(db: Session, signup_id: int, *, keyring: Keyring, now: datetime) -> AnswerPage:
    """What a link in a mail opens. Raises: NotFound."""
    mine = round_of(db, signup_id, now=now)
    own = next(item for item in mine if item.place.id == signup_id)
    rest = [item for item in mine if item.place.id != signup_id and item.meeting.over is None]
    seat = next((item for item in rest if item.place.has_seat), None)
    to_show = [item for item in rest if item.place.may_come or item.place.may_wait or item.place.may_decline]
    tokens = tokens_of(db, [item.place.id for item in to_show], keyring)
    others = [OtherDay(item, tokens[item.place.id]) for item in to_show if item.place.id in tokens]
    card = cards(db, [own.place.person_id])[own.place.person_id]
    return AnswerPage(first_name=card.first_name, own=own, seat=seat, others=others)


def round_of(db: Session, signup_id: int, *, now: datetime) -> list[OwnPlace]:
    """Every place that whose place this is has in the same round, by date. Raises: NotFound."""
    this = select(MeetingSignup.person_id, IntervisionSession.round_id).where(MeetingSignup.id == signup_id)
    row = db.execute(this.join(IntervisionSession, IntervisionSession.meeting_id == MeetingSignup.meeting_id)).first()
    if row is None:
        raise NotFound
    query = _OF_PERSON.where(IntervisionSession.round_id == row.round_id)
    return _with_swaps(_places(db.execute(query, {"person": row.person_id}), now=now), now=now)


def tokens_of(db: Session, signup_ids: Collection[int], keyring: Keyring) -> dict[int, str]:
    """The secrets in the links of places, as the letters make them; those that ended are left out."""
    rows = db.execute(
        select(MeetingSignup.id, MeetingSignup.nonce, MeetingSignup.token_hash).where(
            MeetingSignup.id.in_(set(signup_ids)), MeetingSignup.nonce != ""
        )
    )
    return {row.id: keyring.matching_token(PURPOSE, row.nonce, row.token_hash) for row in rows}


def places_by_id(db: Session, ids: Collection[int], *, now: datetime) -> list[OwnPlace]:
    """Places for the letter of an invitation, by date."""
    return _places(db.execute(_OWN.where(MeetingSignup.id.in_(set(ids)))), now=now)


def other_days(db: Session, place: Place, *, now: datetime) -> list[OwnPlace]:
    """The other meetings of the same round that one person is invited to, by date."""
    return [item for item in round_of(db, place.id, now=now) if item.place.id != place.id]


def leads(db: Session, place: Place) -> bool:
    """Whether somebody leads the meeting of this place."""
    return bool(db.scalar(select(leads_here(place.person_id, place.meeting.id))))


def places_in_round(db: Session, viewer: Viewer, round_id: int, *, now: datetime) -> list[Place]:
    """The viewer's places in one round, by date. Raises: NotFound when she has none."""
    query = _OF_PERSON.where(IntervisionSession.round_id == round_id)
    mine = _with_swaps(_places(db.execute(query, {"person": viewer.id}), now=now), now=now)
    found = [item.place for item in mine]
    if not found:
        raise NotFound
    return found


def _belongs_to_past(item: OwnPlace) -> bool:
    return not item.meeting.cancelled and (item.place.has_seat or item.place.attendance is not Attendance.UNKNOWN)


def _with_swaps(items: list[OwnPlace], *, now: datetime) -> list[OwnPlace]:
    """Who has a seat may choose another day of the round as long as both are far enough, also after sign-up closed."""
    seats = {item.round.id: item for item in items if _may_give_up(item)}

    def opened(item: OwnPlace) -> OwnPlace:
        seat = seats.get(item.round.id)
        if seat is None or item.place.open or item.meeting.over is not None:
            return item
        days = local_day(seat.meeting.starts_at), local_day(item.meeting.starts_at)
        return replace(item, place=replace(item.place, open=may_swap(*days, today=local_day(now))))

    return [opened(item) for item in items]


def _may_give_up(item: OwnPlace) -> bool:
    return item.place.has_seat and item.meeting.over is None and not item.leads


def _places(rows: Iterable[Any], *, now: datetime) -> list[OwnPlace]:
    """The rows are those of `_OWN`."""
    return [
        OwnPlace(
            place=meetings.place_of(row.MeetingSignup, row.Meeting, now, queue=row.queue, number=row.number),
            round=title_of(row.IntervisionRound, row.name),
            facilitators=names_in(row.facilitators),
            leads=bool(row.leads),
            learned=row.learned or "",
            next_step=row.next_step or "",
        )
        for row in rows
    ]
