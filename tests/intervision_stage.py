"""A published round with people in it, for the tests of meetings and intervision."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.intervision.actions import answering
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import Refused
from app.kit.localtime import instant
from app.ledger.tables import LedgerEvent
from app.meetings.actions import waiting
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting, MeetingSignup
from app.outbox.tables import Message
from app.people.tables import Person
from tests.intervision import DAY, add_session, place_of, publish
from tests.people import Cast, make_person

START = instant(DAY, time(13, 30))
END = instant(DAY, time(16))


@dataclass
class Stage:
    """A published round with one meeting, Noor and Joris invited."""

    database: Database
    clock: MovableClock
    cast: Cast
    round_id: int
    meeting_id: int

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def do(self, work: Callable[[Session], Any]) -> Any:
        with self.database.writing() as db:
            return work(db)

    def see(self, work: Callable[[Session], Any]) -> Any:
        with self.database.reading() as db:
            return work(db)

    def place(self, person_id: int, meeting_id: int | None = None) -> int:
        return int(self.see(lambda db: place_of(db, person_id, meeting_id or self.meeting_id)))

    def answer(self, person_id: int, answer: str, meeting_id: int | None = None) -> bool:
        signup_id = self.place(person_id, meeting_id)
        return bool(
            self.do(
                lambda db: answering.answer(
                    db, signup_id=signup_id, answer=AnswerTo(answer), actor_id=person_id, now=self.now
                )
            )
        )

    def wait(self, person_id: int, meeting_id: int | None = None) -> bool:
        signup_id = self.place(person_id, meeting_id)
        return bool(self.do(lambda db: answering.wait(db, signup_id=signup_id, actor_id=person_id, now=self.now)))

    def expire(self, person_id: int, meeting_id: int | None = None) -> bool:
        """The job that ends an offer, as it runs now."""
        signup_id = self.place(person_id, meeting_id)
        return bool(self.do(lambda db: waiting.expire_offer(db, signup_id=signup_id, now=self.now)))

    def line(self, meeting_id: int | None = None) -> list[tuple[int, bool]]:
        """Who stands in line, in order, and whether a seat is kept for her."""
        query = (
            select(MeetingSignup.person_id, MeetingSignup.offered_until)
            .where(
                MeetingSignup.meeting_id == (meeting_id or self.meeting_id), MeetingSignup.waiting_since.is_not(None)
            )
            .order_by(MeetingSignup.waiting_since, MeetingSignup.id)
        )
        rows = self.see(lambda db: db.execute(query).all())
        return [(row.person_id, row.offered_until is not None) for row in rows]

    def people(self, count: int) -> list[int]:
        """More people who are invited to every meeting of the round."""

        def work(db: Session) -> list[int]:
            first = db.scalar(select(func.max(Person.id))) or 0
            names = [f"Trainer{first + n} Test" for n in range(count)]
            made = [make_person(db, name, now=self.now, account=False) for name in names]
            publish(db, self.cast.fatma, self.round_id, *made, now=self.now)
            return made

        found: list[int] = self.do(work)
        return found

    def seats(self, count: int, meeting_id: int | None = None) -> None:
        """As few seats as a test can do with."""
        with self.database.writing() as db:
            db.get_one(Meeting, meeting_id or self.meeting_id).seats = count

    def another(self, day: date) -> int:
        """Another meeting in the round, for everybody who was invited to the first."""

        def work(db: Session) -> int:
            made = add_session(db, self.cast.fatma, self.round_id, now=self.now, day=day)
            invited = db.scalars(select(MeetingSignup.person_id).distinct())
            publish(db, self.cast.fatma, self.round_id, *invited, now=self.now)
            return made

        return int(self.do(work))

    def signup(self, person_id: int) -> MeetingSignup:
        found: MeetingSignup = self.see(lambda db: db.get_one(MeetingSignup, place_of(db, person_id, self.meeting_id)))
        return found

    def meeting(self, meeting_id: int | None = None) -> Meeting:
        found: Meeting = self.see(lambda db: db.get_one(Meeting, meeting_id or self.meeting_id))
        return found

    def messages(self, *kinds: str) -> list[tuple[str, int]]:
        query = select(Message.kind, Message.person_id).order_by(Message.id)
        rows = self.see(lambda db: db.execute(query.where(Message.kind.in_(kinds)) if kinds else query).all())
        return [(row.kind, row.person_id) for row in rows]

    def events(self, action: str) -> int:
        query = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == action)
        return int(self.see(lambda db: db.scalar(query)))


def at_once(jobs: list[Callable[[], Any]]) -> Counter[str]:
    """Start all jobs together and count how they ended: 'True', 'False' or the code of the refusal."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        ready.wait(timeout=20)
        try:
            return str(job())
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(len(jobs)) as pool:
        return Counter(pool.map(run, jobs))
