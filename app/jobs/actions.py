"""Putting work in the queue, and taking it out with a lease."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.jobs.tables import Job

LEASE: Final = timedelta(minutes=15)  # longer than the longest answer of a mail server (RFC 5321: 10 min)
BACK_OFF_FIRST: Final = timedelta(minutes=1)
BACK_OFF_LAST: Final = timedelta(hours=6)
FOURFOLDS: Final = 5  # past the longest wait already; more would overflow a timedelta
MAX_ATTEMPTS: Final = 8  # seventeen hours of trying


@dataclass(frozen=True)
class Claimed:
    """A job that is ours until its lease ends."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    token: str


def enqueue(
    db: Session,
    kind: str,
    *,
    now: datetime,
    key: str | None = None,
    run_at: datetime | None = None,
    max_attempts: int = MAX_ATTEMPTS,
    **payload: Any,
) -> None:
    """Queue work in the caller's transaction. With a `key` the same work is queued once, ever."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgres_insert
    db.execute(
        insert(Job)
        .values(
            kind=kind,
            payload=payload,
            key=key,
            created_at=now,
            run_at=run_at or now,
            attempts=0,
            max_attempts=max_attempts,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )


def claim(db: Session, *, now: datetime, kinds: frozenset[str] | None = None) -> Claimed | None:
    """Take the job that waits longest; one statement, so that two workers never take the same."""
    due = (
        select(Job.id)
        .where(
            Job.ended_at.is_(None),
            Job.run_at <= now,
            or_(Job.lease_until.is_(None), Job.lease_until < now),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if kinds is not None:
        due = due.where(Job.kind.in_(kinds))
    token = secrets.token_hex(8)
    row = db.execute(
        update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(lease_until=now + LEASE, lease_token=token, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.payload, Job.attempts, Job.max_attempts)
        .execution_options(synchronize_session=False)
    ).first()
    return Claimed(row.id, row.kind, row.payload, row.attempts, row.max_attempts, token) if row else None


def finish(db: Session, claimed: Claimed, *, now: datetime) -> bool:
    """The work is done. False when the lease was lost to another worker in the meantime."""
    done = db.execute(
        update(Job)
        .where(Job.id == claimed.id, Job.lease_token == claimed.token, Job.ended_at.is_(None))
        .values(ended_at=now, lease_until=None, last_error="")
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def fail(db: Session, claimed: Claimed, *, error: str, now: datetime, retry: bool = True) -> None:
    """The work went wrong: try later, ever later, and give up after the last attempt."""
    last = not retry or claimed.attempts >= claimed.max_attempts
    wait = min(BACK_OFF_FIRST * 4 ** min(claimed.attempts - 1, FOURFOLDS), BACK_OFF_LAST)
    outcome: dict[str, Any] = {"lease_until": None, "lease_token": None, "last_error": error[:500]}
    outcome |= {"ended_at": now, "failed_at": now} if last else {"run_at": now + wait}
    db.execute(
        update(Job)
        .where(Job.id == claimed.id, Job.lease_token == claimed.token)
        .values(**outcome)
        .execution_options(synchronize_session=False)
    )


def try_again(db: Session, *, now: datetime) -> int:
    """Queue work that was given up once more; gives how much there was."""
    again = db.execute(
        update(Job)
        .where(Job.failed_at.is_not(None))
        .values(failed_at=None, ended_at=None, run_at=now, attempts=0, lease_until=None, lease_token=None)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(again.all())
