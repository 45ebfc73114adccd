"""The mail server is away, slow, or says no: nothing is lost, nothing goes twice, and everything gets its end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.jobs.tables import Job
from app.outbox.queries import counts
from app.outbox.rules import MessageState
from app.people.actions import codes
from app.worker.run import Worker, run_due
from tests.authz.world import make_world
from tests.page import Site, make_test_parts

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from app.kit.db import Database
    from app.main import Parts
    from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.faults
HALF_A_DAY: timedelta = timedelta(hours=12)


@pytest.fixture
def told(sqlite_database: Database, data_dir: Path, clock: MovableClock, mail: SmtpSink) -> Parts:
    """The whole story, with all its letters waiting for a mail server."""
    parts = make_test_parts(
        sqlite_database, data_dir, clock, smtp_host="127.0.0.1", smtp_port=mail.port, smtp_starttls=False
    )
    mail.go_down()  # while the story is told
    make_world(parts, clock)
    clock.advance(timedelta(minutes=2))
    return parts


def states(parts: Parts) -> dict[MessageState, int]:
    with parts.database.reading() as db:
        return counts(db)


def failed_jobs(parts: Parts) -> int:
    with parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Job).where(Job.failed_at.is_not(None))) or 0


def test_a_server_that_comes_back_gets_everything_once(told: Parts, clock: MovableClock, mail: SmtpSink) -> None:
    assert states(told)[MessageState.PLANNED] > 10
    run_due(told.work)
    assert states(told)[MessageState.SENT] == 0
    mail.come_back()
    for _ in range(4):
        clock.advance(HALF_A_DAY / 4)
        run_due(told.work)
    after = states(told)
    assert after[MessageState.PLANNED] == after[MessageState.BOUNCED] == 0
    assert after[MessageState.SENT] == len(mail.received)
    ids = [received.message["Message-ID"] for received in mail.received]
    assert len(ids) == len(set(ids))
    assert failed_jobs(told) == 0


def test_an_address_that_is_refused_does_not_hold_up_the_others(told: Parts, mail: SmtpSink) -> None:
    mail.refuse("550 no such person", only="ruben@demo.example")
    mail.come_back()
    run_due(told.work)
    after = states(told)
    assert after[MessageState.BOUNCED] > 0
    assert after[MessageState.SENT] == len(mail.received) > 0
    assert mail.to("ruben@demo.example") == []
    assert failed_jobs(told) == 0


def test_a_busy_server_is_asked_again_and_later(told: Parts, clock: MovableClock, mail: SmtpSink) -> None:
    mail.refuse("451 try again later")
    mail.come_back()
    for _ in range(3):
        run_due(told.work)
        clock.advance(timedelta(minutes=20))
    assert states(told)[MessageState.SENT] == states(told)[MessageState.BOUNCED] == 0
    mail.accept()
    for _ in range(4):
        clock.advance(HALF_A_DAY / 4)
        run_due(told.work)
    assert states(told)[MessageState.PLANNED] == 0
    assert states(told)[MessageState.SENT] == len(mail.received)


@contextmanager
def tar_pit() -> Iterator[int]:
    """A server that takes connections and then says nothing; gives its port."""
    held: list[socket.socket] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        while True:
            try:
                held.append(listening.accept()[0])
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    yield int(listening.getsockname()[1])
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for connection in held:
        connection.close()


def test_pages_answer_while_the_mail_server_thinks(
    sqlite_database: Database, data_dir: Path, clock: MovableClock
) -> None:
    told = make_test_parts(sqlite_database, data_dir, clock)
    world = make_world(told, clock)
    with told.database.writing() as db:
        codes.mail_code(db, person_id=world.people["noor"], browser="b" * 43, now=clock.now())
    with tar_pit() as port:
        parts = make_test_parts(
            sqlite_database, data_dir, clock, smtp_host="127.0.0.1", smtp_port=port, smtp_starttls=False
        )
        worker = Worker(parts.work)
        worker.start()
        time.sleep(1.0)  # it hangs in its first letter now
        site = Site(parts)
        started = time.perf_counter()
        visitor = site.visitor(world.people["noor"])
        visitor.get("/traject")
        visitor.post("/taal", {"locale": "en", "next": "/"})
        assert time.perf_counter() - started < 2.0  # no transaction is open while waiting
        assert worker.is_alive()
        worker._stop_asked.set()
    worker.stop(timeout=20)
