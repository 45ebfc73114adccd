"""The database: one reading and one writing engine, one lane, and a transaction that ends where it began.

SQLite has one writer and lets go of the interpreter's lock at each step, so that threads only get in each
other's way: all work of a process goes through one lane. PostgreSQL gets a few lanes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import ChainMap, deque
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, TypeVarTuple

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.selectable import TypedReturnsRows

from app.kit import lock

WRITE_WAIT_S: Final = 4.0
LANE_WAIT_S: Final = 4.5
POSTGRES_LANES: Final = 6
POSTGRES_TIMEOUTS: tuple[str, ...] = (
    "statement_timeout=4s",
    "lock_timeout=3s",
    "idle_in_transaction_session_timeout=5s",
)


KEPT: Final = "kept"
Ts = TypeVarTuple("Ts")


def kept(session: Session) -> MutableMapping[Any, Any]:
    """A place for facts that never change once they are written, such as an edition: read once for each process.

    Nothing that can change may stand here: other processes would not hear of it.
    """
    place: MutableMapping[Any, Any] = session.info.setdefault(KEPT, {})
    return place


def fetch(session: Session, statement: TypedReturnsRows[*Ts], **given: Any) -> CursorResult[*Ts]:
    """The rows of a statement that asks for columns, past what a session does for entities: half the time.

    What the session has not written yet is written first, as a session would.
    """
    if session.autoflush and (session.new or session.dirty or session.deleted):
        session.flush()
    return session.connection().execute(statement, given)


class DatabaseBusy(Exception):
    """The write lock was not free within four seconds, or could not be reached."""


class Lane:
    """So many at once, in the order of arrival.

    A semaphore is not fair: a worker with many small jobs would take the lane again before a page that waits.
    """

    def __init__(self, width: int) -> None:
        self._free = width
        self._waiting: deque[threading.Lock] = deque()
        self._guard = threading.Lock()

    def acquire(self, *, timeout: float) -> bool:
        """Wait for a place; False when none came in time."""
        with self._guard:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if turn not in self._waiting:  # it was our turn in the very last moment
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Leave; the place goes to who waits longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


@dataclass(frozen=True)
class Database:
    """Both engines of one database. Open with `Database.open`, end with `close`."""

    url: URL
    reader: Engine
    writer: Engine
    lanes: int
    _lane: Lane
    _write_lock: Path | None
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, url: str, *, data_dir: Path) -> Self:
        """Open the database at `url` (sqlite:///... or postgresql://...)."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return cls(
                parsed,
                _sqlite_engine(parsed, writes=False),
                _sqlite_engine(parsed, writes=True),
                1,
                Lane(1),
                lock_folder(parsed, data_dir) / "write.lock",
            )
        return cls(
            parsed,
            _postgres_engine(parsed, writes=False),
            _postgres_engine(parsed, writes=True),
            POSTGRES_LANES,
            Lane(POSTGRES_LANES),
            None,
        )

    @property
    def is_sqlite(self) -> bool:
        return self._write_lock is not None

    @contextmanager
    def reading(self, *, snapshot: bool = False) -> Iterator[Session]:
        """A session that cannot write. `snapshot` gives all its reads one moment on PostgreSQL too."""
        with (
            self._one_lane(),
            Session(self.reader, autoflush=False, expire_on_commit=False, info={KEPT: self._kept}) as session,
        ):
            if snapshot and not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            try:
                yield session
            except BaseException:
                # A cursor that the exception still holds would keep SQLite's snapshot: later pages would read the past.
                session.invalidate()
                raise

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: committed when the block ends well, rolled back when it raises.

        Raises: DatabaseBusy when another process holds the write lock too long.
        """
        own: dict[Any, Any] = {}  # what a transaction wrote may still be rolled back: until then it keeps it to itself
        with (
            self._one_lane(),
            self._exclusive(),
            Session(self.writer, expire_on_commit=False, info={KEPT: ChainMap(own, self._kept)}) as session,
        ):
            event.listen(session, "after_commit", partial(self._keep, own))
            with session.begin():
                yield session

    def _keep(self, own: dict[Any, Any], session: Session) -> None:
        """What a transaction read or wrote is true for all once the whole of it is committed."""
        if not session.in_nested_transaction():
            self._kept.update(own)

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()

    @contextmanager
    def _one_lane(self) -> Iterator[None]:
        if not self._lane.acquire(timeout=LANE_WAIT_S):
            raise DatabaseBusy
        try:
            yield
        finally:
            self._lane.release()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Writers of several processes (a command beside the server) take turns on one file lock."""
        if self._write_lock is None:
            yield
            return
        deadline = time.monotonic() + WRITE_WAIT_S
        try:
            while (held := lock.take(self._write_lock)) is None:
                if time.monotonic() > deadline:
                    raise DatabaseBusy
                time.sleep(0.005)
        except OSError as trouble:  # a full or read-only disk
            raise DatabaseBusy from trouble
        try:
            yield
        finally:
            held.release()


def lock_folder(url: URL, data_dir: Path) -> Path:
    """Where the locks of an SQLite database stand: beside its file, also when DATABASE_URL puts it elsewhere."""
    return Path(url.database).resolve().parent if url.database and url.database != ":memory:" else data_dir


def _sqlite_engine(url: URL, *, writes: bool) -> Engine:
    # Parameters are people's data: they stay out of messages, and so out of logs.
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=1,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 4},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves
        pragmas = ["foreign_keys=ON", "recursive_triggers=ON", "synchronous=FULL", "busy_timeout=4000"]
        if writes:
            pragmas.insert(0, "journal_mode=WAL")
        else:
            pragmas += ["query_only=ON", "wal_autocheckpoint=0"]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: URL, *, writes: bool) -> Engine:
    options = [
        *POSTGRES_TIMEOUTS,
        "timezone=UTC",
        f"default_transaction_read_only={'off' if writes else 'on'}",
    ]
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POSTGRES_LANES,
        max_overflow=0,
        pool_timeout=4,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 3, "options": " ".join(f"-c {option}" for option in options)},
    )
    # Reading without BEGIN and COMMIT halves the work of PostgreSQL.
    return engine if writes else engine.execution_options(isolation_level="AUTOCOMMIT")
