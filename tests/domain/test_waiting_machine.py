"""A machine over seats, lines, offers, swaps, moves and cancellations: nobody jumps, nothing is given twice.

I-1: a counter is the number of seats that somebody has or is being offered. On both databases.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.courses.tables import Intervention
from app.intervision.actions import answering, rounds
from app.intervision.inputs import RoundGiven, SessionGiven
from app.intervision.rules import Half, Invitees
from app.kit.clock import MovableClock
from app.kit.errors import Refused
from app.kit.localtime import local_day
from app.meetings.actions import waiting
from app.meetings.rules import AnswerTo, offered_until, over
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.upkeep.invariants import seats as miscounted
from tests.conftest import START
from tests.intervision import FACTS
from tests.people import KEYRING, make_cast, make_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from app.kit.db import Database
    from tests.people import Cast

PEOPLE: Final = 6
DAYS: Final = (17, 31)  # from the day the tests begin
WHO, WHERE = st.integers(0, PEOPLE - 1), st.integers(0, len(DAYS) - 1)


class Line(RuleBasedStateMachine):
    """Each run is a round of its own, with two meetings of two seats and six people."""

    database: Database
    cast: Cast
    people: list[int]
    runs: int = 0

    @initialize()
    def begin(self) -> None:
        type(self).runs += 1
        self.clock = MovableClock(START)
        by, today = self.cast.fatma, local_day(START)
        with self.database.writing() as db:
            made = Intervention(slug=f"lijn-{self.runs}", name="Lijn")
            db.add(made)
            db.flush()
            closes = today + timedelta(days=3)
            given = RoundGiven(intervention=made.id, year=2026, half=Half.AUTUMN, signup_closes_on=closes)
            self.round_id = rounds.make_round(db, by=by, given=given, now=START)
            self.meetings = [
                rounds.add_session(db, by=by, round_id=self.round_id, given=self.given(days), now=START)
                for days in DAYS
            ]
            who = Invitees(frozenset(self.people))
            rounds.publish(db, by=by, round_id=self.round_id, invitees=who, own_text="", keyring=KEYRING, now=START)
            for meeting in db.scalars(select(Meeting).where(Meeting.id.in_(self.meetings))):
                meeting.seats = 2
            rows = db.scalars(select(MeetingSignup).where(MeetingSignup.meeting_id.in_(self.meetings))).all()
            self.places = {(row.person_id, row.meeting_id): row.id for row in rows}
        self.last: dict[int, list[tuple[int, datetime | None]]] = {meeting_id: [] for meeting_id in self.meetings}

    def given(self, days: int, **changes: Any) -> SessionGiven:
        return SessionGiven(
            **(
                FACTS
                | {"day": local_day(START) + timedelta(days=days), "seats": 8, "venue": f"Zaal {self.runs}"}
                | changes
            )
        )

    def act(self, do: Callable[[Session], Any]) -> None:
        try:
            with self.database.writing() as db:
                do(db)
        except Refused:
            return

    def place(self, who: int, where: int) -> int:
        return self.places[self.people[who], self.meetings[where]]

    @rule(who=WHO, where=WHERE, said=st.sampled_from([AnswerTo.YES, AnswerTo.YES, AnswerTo.NO]))
    def answer(self, who: int, where: int, said: AnswerTo) -> None:
        how: dict[str, Any] = {"signup_id": self.place(who, where), "actor_id": None, "now": self.clock.now()}
        self.act(lambda db: answering.answer(db, answer=said, **how))

    @rule(who=WHO, where=WHERE)
    def wait(self, who: int, where: int) -> None:
        how: dict[str, Any] = {"signup_id": self.place(who, where), "actor_id": None, "now": self.clock.now()}
        self.act(lambda db: answering.wait(db, **how))

    @rule(who=WHO, where=WHERE)
    def take_off(self, who: int, where: int) -> None:
        how: dict[str, Any] = {"signup_id": self.place(who, where), "now": self.clock.now()}
        self.act(lambda db: waiting.take_off(db, by=self.cast.fatma, **how))

    @rule(hours=st.sampled_from([1, 20, 49, 120]), on_time=st.booleans())
    def time_goes_by(self, hours: int, on_time: bool) -> None:
        """The jobs that end offers run, perhaps only next time, and perhaps for offers that ended before."""
        self.clock.advance(timedelta(hours=hours))
        for signup_id in self.places.values() if on_time else ():
            self.act(partial(waiting.expire_offer, signup_id=signup_id, now=self.clock.now()))

    @rule(where=WHERE, days=st.sampled_from([0, 0, 7]), seats=st.sampled_from([8, 9]))
    def change(self, where: int, days: int, seats: int) -> None:
        """More seats, perhaps on another day; the seats that were added and not taken are cut again."""
        meeting_id = self.meetings[where]

        def work(db: Session) -> None:
            version = db.get_one(Meeting, meeting_id).version
            how: dict[str, Any] = {"meeting_id": meeting_id, "version": version, "keyring": KEYRING}
            given = self.given(DAYS[where] + days, seats=seats)
            rounds.change_session(db, by=self.cast.fatma, given=given, now=self.clock.now(), **how)
            db.flush()
            meeting = db.get_one(Meeting, meeting_id, populate_existing=True)
            meeting.seats = max(meeting.taken, 2)

        self.act(work)

    @rule(where=WHERE, sure=st.integers(0, 4))
    def cancel(self, where: int, sure: int) -> None:
        if sure == 0:
            how: dict[str, Any] = {"meeting_id": self.meetings[where], "own_text": "", "now": self.clock.now()}
            self.act(lambda db: rounds.cancel_session(db, by=self.cast.fatma, **how))

    @invariant()
    def nobody_jumps(self) -> None:
        now = self.clock.now()
        with self.database.reading() as db:
            for meeting in db.scalars(select(Meeting).where(Meeting.id.in_(self.meetings))):
                query = select(MeetingSignup).where(MeetingSignup.meeting_id == meeting.id)
                line = db.scalars(
                    query.where(MeetingSignup.waiting_since.is_not(None)).order_by(MeetingSignup.waiting_since)
                ).all()
                asked = [signup.offered_until is not None for signup in line]
                assert meeting.taken <= meeting.seats
                assert asked == sorted(asked, reverse=True)  # offers go down the line in order
                assert not (meeting.cancelled_at and line)
                if over(meeting, now) is None and offered_until(meeting.starts_at, now) and not all(asked):
                    assert meeting.taken == meeting.seats
                self.in_order(meeting.id, [(signup.id, signup.waiting_since) for signup in line])

    def in_order(self, meeting_id: int, line: list[tuple[int, datetime | None]]) -> None:
        """Who stands in line stays in front of everybody who is new; who left and came back is new."""
        stayed = [one for one in self.last[meeting_id] if one in line]
        assert line[: len(stayed)] == stayed
        self.last[meeting_id] = line

    @invariant()
    def nobody_has_two_seats(self) -> None:
        with self.database.reading() as db:
            query = (
                select(func.count())
                .where(
                    MeetingSignup.meeting_id.in_(
                        select(Meeting.id).where(Meeting.id.in_(self.meetings), Meeting.cancelled_at.is_(None))
                    ),
                    MeetingSignup.answer == AnswerTo.YES,
                )
                .group_by(MeetingSignup.person_id)
            )
            assert set(db.scalars(query)) <= {1}
            assert list(miscounted(db)) == []

    def teardown(self) -> None:
        """Each mail once: a seat that somebody has was confirmed last, and no offer was written twice."""
        with self.database.reading() as db:
            query = select(Message.kind, Message.person_id, Message.data).where(
                Message.kind.in_(["meetings.seat_confirmed", "meetings.seat_given_up", "meetings.seat_offered"])
            )
            said = [(row.kind, row.person_id, str(row.data)) for row in db.execute(query.order_by(Message.id))]
            places = set(self.places.values())
            for signup in db.scalars(select(MeetingSignup).where(MeetingSignup.id.in_(places))):
                mine = [
                    kind for kind, _, data in said if f"'signup_id': {signup.id}," in data and "offered" not in kind
                ]
                assert mine == (["meetings.seat_confirmed", "meetings.seat_given_up"] * len(mine))[: len(mine)]
                assert (signup.answer == AnswerTo.YES) == (len(mine) % 2 == 1)


def test_seats_lines_offers_swaps_and_cancellations(database: Database) -> None:
    with database.writing() as db:
        Line.cast = make_cast(db, now=START)
        Line.people = [make_person(db, f"Wachter{n} Test", now=START, account=False) for n in range(PEOPLE)]
    Line.database = database
    run_state_machine_as_test(
        Line,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
