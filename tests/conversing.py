"""Noor and her coach at a talk, step by step through the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from app.conversation import actions
from app.conversation.queries import new_in, talk_page
from app.conversation.rules import MailChoice
from app.courses.tables import Enrolment
from app.outbox.rules import MessageState, state
from app.outbox.tables import Message
from app.worker.run import run_due
from tests.practising import Practising

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts
    from app.people.rules import Viewer


TEXT: Final = "Zal ik de foto’s meenemen?"


@dataclass(frozen=True)
class Scene:
    """Noor and Ruben with one assignment; `parts` with the worker that sends mail."""

    parts: Parts
    clock: MovableClock
    at_work: Practising

    @property
    def database(self) -> Database:
        return self.parts.database

    @property
    def noor(self) -> Viewer:
        return self.at_work.noor

    @property
    def ruben(self) -> Viewer:
        return self.at_work.ruben

    @property
    def fatma(self) -> Viewer:
        return self.at_work.training.cast.fatma

    @property
    def record(self) -> int:
        return self.at_work.record_id

    def say(self, by: Viewer, body: str = TEXT) -> int:
        with self.database.writing() as db:
            return actions.say(db, by=by, record_id=self.record, body=body, now=self.clock.now())

    def read(self, by: Viewer) -> None:
        """Look at the page, as the route does."""
        with self.database.writing() as db:
            page = talk_page(db, by, self.record)
            actions.read_to(db, by=by, record_id=self.record, message_id=page.last)

    def new(self, viewer: Viewer) -> int:
        with self.database.reading() as db:
            return new_in(db, viewer, self.record)

    def texts(self, viewer: Viewer) -> list[str]:
        with self.database.reading() as db:
            return [line.text for day in talk_page(db, viewer, self.record).days for line in day.lines]

    def mails(self, person: Viewer) -> list[Message]:
        with self.database.reading() as db:
            return list(
                db.scalars(
                    select(Message)
                    .where(Message.person_id == person.id, Message.kind.startswith("conversation."))
                    .order_by(Message.id)
                )
            )

    def states(self, person: Viewer) -> list[MessageState]:
        return [state(message) for message in self.mails(person)]

    def work(self, ahead: timedelta = timedelta()) -> None:
        """Let time pass and let the worker do what is due."""
        self.clock.advance(ahead)
        run_due(self.parts.work)

    def choose(self, by: Viewer, choice: MailChoice) -> None:
        with self.database.writing() as db:
            actions.choose_mail(db, by=by, choice=choice, now=self.clock.now())

    def end_training(self, **moments: datetime) -> None:
        with self.database.writing() as db:
            db.execute(update(Enrolment).where(Enrolment.id == self.at_work.training.enrolment_id).values(**moments))
