"""The loop that does queued work: one job at a time per worker, any number of workers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import structlog
from sqlalchemy.exc import IntegrityError

from app.jobs import actions as jobs
from app.kit.logs import where
from app.ledger import chain
from app.worker import handlers as handler_package
from app.worker.work import GiveUp, Handler, LastResort, Periodic, Work

IDLE_S: Final = 0.5
TROUBLE_S: Final = 3.0

log = structlog.get_logger("worker")


@cache
def registered() -> tuple[dict[str, Handler], tuple[Periodic, ...]]:
    """Every handler by kind, and what comes back by itself; modules in app/worker/handlers name them."""
    known: dict[str, Handler] = {}
    periodic: list[Periodic] = []
    for module in iter_modules(handler_package.__path__):
        loaded = import_module(f"{handler_package.__name__}.{module.name}")
        known |= loaded.HANDLERS
        periodic += getattr(loaded, "PERIODIC", ())
    return known, tuple(periodic)


@cache
def last_resorts() -> dict[str, LastResort]:
    """What happens when a job of a kind failed for the last time, by kind."""
    known: dict[str, LastResort] = {}
    for module in iter_modules(handler_package.__path__):
        known |= getattr(import_module(f"{handler_package.__name__}.{module.name}"), "LAST_RESORT", {})
    return known


def run_due(work: Work, *, limit: int = 1_000) -> int:
    """Do all that is due now, at most `limit` jobs; gives how many were done. Used by tests and commands."""
    schedule(work)
    done = sum(1 for _ in zip(range(limit), _each(work), strict=False))
    seal(work)
    return done


def schedule(work: Work) -> None:
    """Queue the jobs that come back; their keys make it safe for any number of workers."""
    now = work.now
    with work.database.writing() as db:
        for item in registered()[1]:
            jobs.enqueue(db, item.kind, now=now, key=f"{item.kind}:{item.period(now)}")


def seal(work: Work) -> None:
    """Chain what the ledger noted since; when another worker does the same at this moment, it has done it."""
    with suppress(IntegrityError), work.database.writing() as db:
        chain.seal(db, now=work.now)


def _each(work: Work) -> Iterator[str]:
    while (kind := run_one(work)) is not None:
        yield kind


def run_one(work: Work) -> str | None:
    """Claim one job and do it; None when nothing is due."""
    with work.database.writing() as db:
        claimed = jobs.claim(db, now=work.now)
    if claimed is None:
        return None
    try:
        registered()[0][claimed.kind](work, claimed.payload)
    except (Exception, GiveUp) as wrong:  # noqa: BLE001 - whatever a job does, the worker goes on
        _failed(work, claimed, wrong)
    else:
        with work.database.writing() as db:
            jobs.finish(db, claimed, now=work.now)
    return claimed.kind


def _failed(work: Work, claimed: jobs.Claimed, wrong: Exception) -> None:
    """Try later, ever later; after the last attempt the last resort."""
    log.warning("job failed", kind=claimed.kind, job=claimed.id, error=type(wrong).__name__, where=where(wrong))
    retry = not isinstance(wrong, GiveUp)
    if (not retry or claimed.attempts >= claimed.max_attempts) and claimed.kind in last_resorts():
        last_resorts()[claimed.kind](work, claimed.payload, wrong)
    with work.database.writing() as db:
        jobs.fail(db, claimed, error=f"{type(wrong).__name__} at {where(wrong)}", now=work.now, retry=retry)


class Worker(threading.Thread):
    """The loop in a thread of its own, beside the pages or alone; the pages get a head start when it begins."""

    def __init__(self, work: Work, *, head_start_s: float = 0) -> None:
        super().__init__(name="worker", daemon=True)
        self.work = work
        self.head_start_s = head_start_s
        self._stop_asked = threading.Event()
        self._scheduled: str = ""

    def run(self) -> None:
        self._stop_asked.wait(self.head_start_s)
        while not self._stop_asked.is_set():
            try:
                minute = self.work.now.strftime("%Y-%m-%dT%H:%M")
                if minute != self._scheduled:
                    schedule(self.work)
                    seal(self.work)
                    self._scheduled = minute
                if run_one(self.work) is None:
                    self._stop_asked.wait(IDLE_S)
            except Exception as trouble:  # noqa: BLE001 - a full disk or a lost database passes; the worker stays
                log.warning("worker trouble", kind=type(trouble).__name__, where=where(trouble))
                self._stop_asked.wait(TROUBLE_S)

    def stop(self, *, timeout: float = 10) -> None:
        """Finish the job at hand and end."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(timeout)
