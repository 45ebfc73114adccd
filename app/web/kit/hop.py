"""The one hop of a request: session, viewer, policy, page function, rendering, commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.access import may
from app.kit.db import DatabaseBusy
from app.kit.errors import Forbidden, FreshFactorNeeded, NotFound, Refused
from app.kit.ids import digest
from app.kit.storage import StorageTrouble
from app.people.rules import TOUCH_EVERY, Viewer
from app.people.tables import FormKey
from app.web.kit import errors, sessions
from app.web.kit.ask import Answer, Ask, Cookie, Redirect, SentBefore, Services
from app.web.kit.entry import Entry
from app.web.kit.forms import named_in
from app.web.kit.responses import Responder
from app.web.words.naming import NAMED, NAMED_MORE

Answered = TypeVar("Answered")
FORM_KEY_LENGTHS = range(16, 81)
TOLD = (NotFound, Forbidden, Refused, FreshFactorNeeded, StaleDataError)
"""What a domain says no with."""
TROUBLE = (DatabaseBusy, OperationalError, PoolTimeout, StorageTrouble)
"""What passes by itself: the answer is 503, and the same may be tried again."""
MEANT_FOR: Final = "x-person"
"""The header in which a script says whose the thing is that it sends. A page may be older than who is in now.

Forms say it in a field (`route.FORM_PERSON`).
"""
UNIQUE_VIOLATION = "23505"  # PostgreSQL; SQLite has one writer, so there it is a bug


class Abandoned(Exception):
    """The deadline passed while the hop ran: its transaction must not be committed."""


class _Overtaken(Exception):
    """Somebody else wrote the same thing between our look and our write: a second look finds it there."""


@dataclass
class Hop:
    """One request on its way through the database; made by the edge, run in a thread."""

    services: Services
    responder: Responder
    entry: Entry
    request: Request
    form: FormData
    prepared: Any = None
    viewer: Viewer = field(default_factory=Viewer)
    touch_due: bool = False
    repeat: bool = False
    cookies: list[Cookie] = field(default_factory=list)
    _abandoned: threading.Event = field(default_factory=threading.Event)
    _driver: Any = None

    def abandon(self) -> None:
        """The client got its answer: stop the database and never commit."""
        self._abandoned.set()
        with suppress(Exception):  # it may have ended by itself in this very moment
            driver = self._driver
            driver.interrupt() if hasattr(driver, "interrupt") else driver.cancel()

    def run(self) -> Response:
        """Do the work; every domain error becomes an answer, every bug an exception."""
        second_time, self.repeat = self.repeat, False
        ask = Ask(self.services, self.request, self.viewer, self.services.clock.now(), self.form, self.prepared)
        ask.cookies = self.cookies  # also of a first run that is done again
        return self.responder.carry(self._told(ask, second_time=second_time), ask.cookies)

    def _told(self, ask: Ask, *, second_time: bool) -> Response:
        try:
            if self.entry.first is not None and not second_time and (refusal := self._go_first(ask)) is not None:
                return refusal
            if self.entry.own_transactions:
                return self._without_session(ask)
            return self._with_session(ask)
        except _Overtaken as overtaken:
            if second_time and overtaken.__cause__ is not None:  # twice is no coincidence
                raise overtaken.__cause__ from None
            self.repeat = True
            return Response(status_code=409)
        except TOLD as told:
            return errors.told(self.responder, self.request, self.viewer, told)
        except TROUBLE as trouble:
            if self._abandoned.is_set():
                raise Abandoned from trouble
            errors.report(self.entry.name, trouble)
            return errors.plain(self.responder, self.request, 503)

    def refused(self) -> Response | None:
        """The answer to somebody who may not do this, before slow work is done for her; None when she may."""
        return self._identified(self._refusal)

    def plain(self, status: int, text: str = "") -> Response:
        """The page for a status that the edge knew by itself, as the viewer should see it."""
        return self._identified(lambda: errors.plain(self.responder, self.request, status, self.viewer, text))

    def _identified(self, answer: Callable[[], Answered]) -> Answered | Response:
        """An answer that needs nothing from the database but who asks."""
        ask = Ask(self.services, self.request, self.viewer, self.services.clock.now(), self.form)
        try:
            with self.services.database.reading() as session:
                self._driver = session.connection().connection.driver_connection
                self._identify(ask, session)
        except (DatabaseBusy, OperationalError, PoolTimeout) as trouble:
            errors.report(self.entry.name, trouble)
            return errors.plain(self.responder, self.request, 503)
        finally:
            self._driver = None  # from here on the connection works for others
        return answer()

    def _with_session(self, ask: Ask) -> Response:
        database = self.services.database
        if self.request.method in {"GET", "HEAD"}:
            with database.reading(snapshot=self.entry.snapshot) as session:
                return self._serve(ask, session)
        try:
            with database.writing() as session:
                response = self._serve(ask, session)
                if self._abandoned.is_set():
                    raise Abandoned
                if response.status_code >= 400:
                    session.rollback()
                return response
        except IntegrityError as clash:
            if getattr(clash.orig, "sqlstate", "") == UNIQUE_VIOLATION:
                raise _Overtaken from clash
            raise

    def _serve(self, ask: Ask, session: Session) -> Response:
        self._driver = session.connection().connection.driver_connection
        ask.session = session
        self._identify(ask, session)
        if (refusal := self._refusal()) is not None:
            return refusal
        key = self._form_key()
        if key and (location := self._sent_before(session, key, ask.now)) is not None:
            to = location or self.request.url.path
            return self.responder.respond(self.request, self.viewer, Redirect(status=303, to=to))
        answer = self._answer(ask)
        response = self.responder.respond(self.request, self.viewer, answer)
        if key:
            self._note_where(session, key, answer)
        session.flush() if self.request.method == "POST" else None
        return response

    def _sent_before(self, session: Session, key: str, now: datetime, *, to: str = "") -> str | None:
        """Where the same form went that came before; None when this is the first, whose twin then waits for it."""
        insert = sqlite_insert if self.services.database.is_sqlite else postgres_insert
        taken = session.execute(
            insert(FormKey)
            .values(key=key, person_id=self.viewer.person_id, used_at=now, location=to)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(FormKey.key)
        ).first()
        if taken is not None:
            return None
        return session.scalars(select(FormKey.location).where(FormKey.key == key)).one()

    def _note_where(self, session: Session, key: str, answer: Answer) -> None:
        """Only what was done is a repeat when it comes again: a page that is shown may be asked for twice."""
        if not isinstance(answer, Redirect):
            session.execute(delete(FormKey).where(FormKey.key == key))
        elif answer.to != self.request.url.path:  # its own address stays out: it may hold a secret
            session.execute(update(FormKey).where(FormKey.key == key).values(location=answer.to))

    def _without_session(self, ask: Ask) -> Response:
        """A form counts once where its page says so (`Ask.writing`); a repeat is known before slow work is done."""
        with self.services.database.reading() as session:
            self._identify(ask, session)
            key = self._form_key()
            known = session.scalar(select(FormKey.location).where(FormKey.key == key)) if key else None
        if (refusal := self._refusal()) is not None:
            return refusal

        def count(session: Session, to: str) -> None:
            if key and (location := self._sent_before(session, key, ask.now, to=to)) is not None:
                raise SentBefore(location)

        ask.count = count
        try:
            answer = self._answer(ask) if known is None else Redirect(status=303, to=known)
        except SentBefore as sent:
            answer = Redirect(status=303, to=sent.to)
        return self.responder.respond(self.request, self.viewer, answer)

    def _answer(self, ask: Ask) -> Answer:
        """What the page says. Was something kept that looks as if it names somebody, then the next page says so."""
        answer: Answer = self.entry.function(ask, **self.request.path_params)
        if isinstance(answer, Redirect) and (kinds := named_in(self.form)):
            answer.also = NAMED[next(iter(kinds))] if len(kinds) == 1 else NAMED_MORE
        return answer

    def _go_first(self, ask: Ask) -> Response | None:
        """What the entry looks at before its form; the answer to who may not send it."""
        if (refusal := self._identified(self._refusal)) is not None:
            return refusal
        ask.viewer = self.viewer
        ask.prepared = self.prepared = self.entry.first(ask) if self.entry.first else None
        return None

    def _identify(self, ask: Ask, session: Session) -> None:
        settings = self.services.settings
        self.viewer, seen = sessions.viewer_of(session, self.request, settings, ask.now, carried=self.cookies)
        self.touch_due = seen is not None and ask.now - seen >= TOUCH_EVERY
        ask.viewer = self.viewer

    def _refusal(self) -> Response | None:
        if may(self.viewer, self.entry.policy):
            return self._of_another()
        if not self.viewer.signed_in:
            return errors.to_sign_in(self.responder, self.request)
        return errors.told(self.responder, self.request, self.viewer, Forbidden())

    def _of_another(self) -> Response | None:
        """No to what a page of somebody else sends: her words, her progress and her decisions are hers alone."""
        meant = self.request.headers.get(MEANT_FOR) or getattr(self.request.state, "meant_for", None)
        if meant is None or not self.viewer.signed_in or self.request.method in {"GET", "HEAD"}:
            return None
        if meant == str(self.viewer.person_id):
            return None
        return errors.plain(self.responder, self.request, 409, self.viewer, errors.SOMEBODY_ELSE)

    def _form_key(self) -> str | None:
        """What tells a repeat from a new form: the same key, place, person and words.

        Who goes back, changes her text and sends it again is not repeating herself.
        """
        given = self.form.get("form_key")
        if not isinstance(given, str) or len(given) not in FORM_KEY_LENGTHS:
            return None
        fields = [
            (name, value if isinstance(value, str) else (value.filename, value.size))
            for name, value in self.form.multi_items()
        ]
        return digest(f"{self.entry.name}|{self.request.url.path}|{self.viewer.person_id or 0}|{fields}")
