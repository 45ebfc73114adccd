"""The queue: each job once, also with many workers; lost leases, later tries, keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.jobs import actions as jobs
from app.jobs.tables import Job
from app.kit.clock import MovableClock
from app.kit.db import Database
from app.worker import run
from app.worker.run import Worker, registered, run_due, run_one, schedule
from app.worker.work import GiveUp, Handler, Work
from tests.page import make_test_parts


@pytest.fixture
def work(sqlite_database: Database, data_dir: Any, clock: MovableClock) -> Work:
    return make_test_parts(sqlite_database, data_dir, clock).work


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Handler]]:
    """The handlers of a test; nothing comes back by itself."""
    known: dict[str, Handler] = {}
    monkeypatch.setattr(run, "registered", lambda: (known, ()))
    yield known
    registered.cache_clear()


def all_jobs(database: Database) -> list[Job]:
    with database.reading() as db:
        return list(db.scalars(select(Job).order_by(Job.id)))


def test_four_workers_take_each_job_once(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        for number in range(60):
            jobs.enqueue(db, "count", now=clock.now(), number=number)

    def take(_: int) -> list[int]:
        taken: list[int] = []
        while True:
            with database.writing() as db:
                claimed = jobs.claim(db, now=clock.now())
            if claimed is None:
                return taken
            taken.append(claimed.payload["number"])
            with database.writing() as db:
                assert jobs.finish(db, claimed, now=clock.now())

    with ThreadPoolExecutor(4) as threads:
        taken = Counter(number for numbers in threads.map(take, range(4)) for number in numbers)
    assert taken == Counter(range(60))


def test_what_is_queued_in_a_transaction_that_fails_is_not_queued(database: Database, clock: MovableClock) -> None:
    def queue_and_fail() -> None:
        with database.writing() as db:
            jobs.enqueue(db, "count", now=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        queue_and_fail()
    assert all_jobs(database) == []


def test_a_key_queues_once_ever(database: Database, clock: MovableClock) -> None:
    for _ in range(3):
        with database.writing() as db:
            jobs.enqueue(db, "count", now=clock.now(), key="count:1", number=1)
    with database.writing() as db:
        claimed = jobs.claim(db, now=clock.now())
        assert claimed is not None
        jobs.finish(db, claimed, now=clock.now())
    with database.writing() as db:
        jobs.enqueue(db, "count", now=clock.now(), key="count:1", number=1)
        jobs.enqueue(db, "count", now=clock.now(), number=2)
        jobs.enqueue(db, "count", now=clock.now(), number=2)
    assert [job.payload["number"] for job in all_jobs(database)] == [1, 2, 2]


def test_who_waits_longest_goes_first_and_nobody_goes_early(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        for minutes in (5, -5, 0):
            jobs.enqueue(db, "count", now=clock.now(), run_at=clock.now() + timedelta(minutes=minutes), minutes=minutes)
        order = [jobs.claim(db, now=clock.now()) for _ in range(3)]
    assert [claimed and claimed.payload["minutes"] for claimed in order] == [-5, 0, None]


def test_a_lost_lease_cannot_end_the_job(database: Database, clock: MovableClock) -> None:
    with database.writing() as db:
        jobs.enqueue(db, "count", now=clock.now())
        slow = jobs.claim(db, now=clock.now())
    assert slow is not None
    clock.advance(jobs.LEASE + timedelta(seconds=1))
    with database.writing() as db:
        second = jobs.claim(db, now=clock.now())
        assert second is not None
        assert second.id == slow.id
    with database.writing() as db:
        assert not jobs.finish(db, slow, now=clock.now())
        jobs.fail(db, slow, error="late", now=clock.now())
    (job,) = all_jobs(database)
    assert (job.ended_at, job.lease_token, job.last_error) == (None, second.token, "")
    with database.writing() as db:
        assert jobs.finish(db, second, now=clock.now())
        assert not jobs.finish(db, second, now=clock.now())


def test_a_lease_is_longer_than_a_mail_server_may_think() -> None:
    assert timedelta(minutes=10) < jobs.LEASE


def test_a_job_that_fails_is_tried_ever_later_and_then_ends(
    work: Work, handlers: dict[str, Handler], clock: MovableClock
) -> None:
    def fail(_work: Work, _payload: dict[str, Any]) -> None:
        raise ValueError("noor@demo.example")

    handlers["fail"] = fail
    with work.database.writing() as db:
        jobs.enqueue(db, "fail", now=clock.now())
    waits = []
    while (job := all_jobs(work.database)[0]).ended_at is None:
        waits.append(job.run_at - clock.now())
        clock.set(max(clock.now(), job.run_at))
        assert run_one(work) == "fail"
        assert run_one(work) is None
    assert [wait.total_seconds() / 60 for wait in waits] == [0, 1, 4, 16, 64, 256, 360, 360]
    assert job.failed_at is not None
    assert job.last_error.startswith("ValueError at ")
    assert "noor" not in job.last_error


def test_a_job_that_can_never_succeed_is_not_tried_again(
    work: Work, handlers: dict[str, Handler], clock: MovableClock
) -> None:
    def give_up(_work: Work, _payload: dict[str, Any]) -> None:
        raise GiveUp

    handlers["give_up"] = give_up
    with work.database.writing() as db:
        jobs.enqueue(db, "give_up", now=clock.now())
        jobs.enqueue(db, "nobody_knows_this", now=clock.now())
    assert run_due(work) == 2
    gone, unknown = all_jobs(work.database)
    assert (gone.failed_at, gone.attempts) == (clock.now(), 1)
    assert (unknown.failed_at, unknown.attempts) == (None, 1)


def test_what_comes_back_is_queued_once_a_period_by_any_number_of_workers(
    database: Database, data_dir: Any, clock: MovableClock
) -> None:
    work = make_test_parts(database, data_dir, clock).work
    schedule(work)
    first = {job.key for job in all_jobs(work.database)}
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: schedule(work), range(8)))
    assert {job.key for job in all_jobs(work.database)} == first
    clock.advance(timedelta(days=3))
    schedule(work)
    again = [job.kind for job in all_jobs(work.database) if job.key not in first]
    assert again.count("backup.make") == again.count("upkeep.check") == 1  # what was missed is done once


def test_the_worker_outlives_whatever_goes_wrong(
    work: Work, handlers: dict[str, Handler], clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "TROUBLE_S", 0.01)
    monkeypatch.setattr(run, "IDLE_S", 0.01)
    done: list[int] = []
    handlers["count"] = lambda _work, payload: done.append(payload["number"])
    troubles = [OSError("disk"), RuntimeError("bug"), None]
    real = run.schedule

    def sometimes(given: Work) -> None:
        if troubles and (trouble := troubles.pop(0)) is not None:
            raise trouble
        real(given)

    monkeypatch.setattr(run, "schedule", sometimes)
    with work.database.writing() as db:
        jobs.enqueue(db, "count", now=clock.now(), number=1)
    worker = Worker(work)
    worker.start()
    while not done and worker.is_alive():
        worker.join(0.02)
    worker.stop()
    assert done == [1]
    assert not worker.is_alive()
