"""A published round, its mail, and the worker that sends it: what people find in their mailbox."""

from __future__ import annotations

import email
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.intervision.actions import answering, rounds
from app.intervision.inputs import SessionGiven
from app.letters.desk import Letter, write
from app.meetings.actions import planning
from app.meetings.rules import AnswerTo
from app.meetings.tables import Meeting
from app.outbox.queries import row_of
from app.outbox.tables import Message
from app.worker.run import run_due
from tests.intervision import FACTS, add_session, make_round, place_of, publish, token_of
from tests.page import make_test_parts
from tests.people import KEYRING, Cast, make_cast

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts


@dataclass
class Mailroom:
    """A published round, its mail, and the worker that sends it."""

    parts: Parts
    clock: MovableClock
    cast: Cast
    round_id: int
    meeting_id: int
    place: int
    token: str

    def do(self, work: Callable[[Session], Any]) -> Any:
        with self.parts.database.writing() as db:
            return work(db)

    def answer(self, answer: str) -> None:
        self.do(
            lambda db: answering.answer(
                db, signup_id=self.place, answer=AnswerTo(answer), actor_id=None, now=self.clock.now()
            )
        )

    def move(self, day: date, **more: Any) -> None:
        given = SessionGiven(**(FACTS | {"day": day} | more))
        self.do(
            lambda db: rounds.change_session(
                db,
                by=self.cast.fatma,
                meeting_id=self.meeting_id,
                given=given,
                version=db.get_one(Meeting, self.meeting_id).version,
                keyring=KEYRING,
                now=self.clock.now(),
            )
        )

    def cancel(self, own_text: str = "") -> None:
        self.do(
            lambda db: planning.cancel(
                db, by=self.cast.fatma, meeting_id=self.meeting_id, own_text=own_text, now=self.clock.now()
            )
        )

    def second(self) -> int:
        """Another day in the round, Noor invited; gives her place."""

        def work(db: Session) -> int:
            now = self.clock.now()
            made = add_session(db, self.cast.fatma, self.round_id, now=now, day=date(2026, 12, 15))
            publish(db, self.cast.fatma, self.round_id, self.cast.noor.id, now=now)
            return place_of(db, self.cast.noor.id, made)

        return int(self.do(work))

    def send(self) -> list[EmailMessage]:
        """Let the worker run; gives the mails that are in the folder now, by date of making."""
        run_due(self.parts.work)
        files = sorted((self.parts.settings.data_dir / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def states(self) -> list[tuple[str, str]]:
        with self.parts.database.reading() as db:
            found = db.scalars(select(Message).order_by(Message.id)).all()
            return [(message.kind, row_of(message).state.value) for message in found]

    def letter(self, kind: str, nth: int = -1) -> Letter:
        """How a message would read now."""
        with self.parts.database.reading() as db:
            found = db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)).all()
            return write(db, found[nth], self.parts.work.desk)


def open_mailroom(database: Database, data_dir: Path, clock: MovableClock) -> Mailroom:
    """One meeting is published and Noor is invited."""
    now: datetime = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        round_id = make_round(db, cast.fatma, now=now)
        meeting_id = add_session(db, cast.fatma, round_id, now=now)
        publish(db, cast.fatma, round_id, cast.noor.id, now=now)
        place = place_of(db, cast.noor.id, meeting_id)
        token = token_of(db, place)
    return Mailroom(make_test_parts(database, data_dir, clock), clock, cast, round_id, meeting_id, place, token)
