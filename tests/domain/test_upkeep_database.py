"""The database itself: nothing is lost between threads or processes, and looking cannot write."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.kit import db as kit_db
from app.kit import lock
from app.kit.clock import MovableClock
from app.kit.db import Database, DatabaseBusy
from app.people.tables import Organisation, RateWindow

ROOT = Path(__file__).parents[2]
WINDOW = datetime(2026, 1, 1, tzinfo=UTC)
ADD_IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from sqlalchemy import text
from app.kit.db import Database
database = Database.open(sys.argv[1], data_dir=Path(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    with database.writing() as db:
        count = db.scalar(text("SELECT count FROM rate_window"))
        db.execute(text("UPDATE rate_window SET count = :more"), {"more": count + 1})
"""


def counter(database: Database) -> Callable[[], int]:
    with database.writing() as db:
        db.add(RateWindow(key="counter", window_start=WINDOW, count=0))

    def value() -> int:
        with database.reading() as db:
            return db.scalars(select(RateWindow.count)).one()

    return value


def add_organisation(db: Session, name: str) -> None:
    db.add(Organisation(name=name, folded_name=name, created_at=WINDOW))
    db.flush()


def add_organisation_and_fail(db: Session) -> None:
    add_organisation(db, "Welzijn Maasoever")
    raise ZeroDivisionError


def test_four_threads_lose_no_increment(database: Database) -> None:
    value = counter(database)

    def add(_: int) -> None:
        with database.writing() as db:
            if database.is_sqlite:  # read, then write: only a writer that began as one may do so
                count = db.scalars(select(RateWindow.count)).one()
                db.execute(update(RateWindow).values(count=count + 1))
            else:  # the house rule on PostgreSQL: one statement
                db.execute(update(RateWindow).values(count=RateWindow.count + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(400)))
    assert value() == 400


def test_two_processes_take_turns_on_the_write_lock(sqlite_database: Database, data_dir: Path) -> None:
    value = counter(sqlite_database)
    words = [sys.executable, "-c", ADD_IN_ANOTHER_PROCESS, str(sqlite_database.url), str(data_dir), "60"]
    others = [subprocess.Popen(words, cwd=ROOT) for _ in range(2)]
    for _ in range(60):
        with sqlite_database.writing() as db:
            count = db.scalars(select(RateWindow.count)).one()
            db.execute(update(RateWindow).values(count=count + 1))
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert value() == 180


def test_looking_cannot_write(database: Database) -> None:
    for snapshot in (False, True):
        with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.reading(snapshot=snapshot) as db:
            add_organisation(db, "Welzijn Maasoever")
    with database.reading() as db:
        assert db.scalars(select(Organisation.id)).all() == []
    with database.writing() as db:  # and the connection is as good as before
        add_organisation(db, "Welzijn Maasoever")


def test_what_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as db:
        add_organisation_and_fail(db)
    with database.reading() as db:
        assert db.scalars(select(Organisation.id)).all() == []


def test_a_snapshot_sees_one_moment(database: Database) -> None:
    other = Database.open(database.url.render_as_string(hide_password=False), data_dir=Path("unused"))
    try:
        with database.reading(snapshot=True) as db:
            assert db.scalars(select(Organisation.id)).all() == []
            with other.writing() as meanwhile:
                add_organisation(meanwhile, "Welzijn Maasoever")
            assert db.scalars(select(Organisation.id)).all() == []
        with database.reading() as db:
            assert len(db.scalars(select(Organisation.id)).all()) == 1
    finally:
        other.close()


def test_a_busy_worker_does_not_keep_a_page_waiting(sqlite_database: Database) -> None:
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            with sqlite_database.writing() as db:
                db.scalar(text("SELECT 1"))

    thread = threading.Thread(target=work)
    thread.start()
    slowest = 0.0
    for _ in range(30):
        began = time.perf_counter()
        with sqlite_database.reading() as db:
            db.scalar(text("SELECT 1"))
        slowest = max(slowest, time.perf_counter() - began)
    stop.set()
    thread.join()
    assert slowest < 2  # it was 4.5 s and a refusal


def test_a_lane_has_room_for_so_many(sqlite_database: Database) -> None:
    lane = kit_db.Lane(2)
    assert lane.acquire(timeout=0)
    assert lane.acquire(timeout=0)
    assert not lane.acquire(timeout=0.01)
    lane.release()
    assert lane.acquire(timeout=0)
    lane.release()
    lane.release()
    inside, most = [0], [0]

    def pass_through(_: int) -> None:
        assert lane.acquire(timeout=10)
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.001)
        inside[0] -= 1
        lane.release()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(pass_through, range(80)))
    assert most[0] == 2


def test_a_lane_that_stays_full_is_busy(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit_db, "LANE_WAIT_S", 0.1)
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with sqlite_database.reading():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(10)
    with pytest.raises(DatabaseBusy), sqlite_database.reading():
        pass
    leave.set()
    thread.join()
    with sqlite_database.reading() as db:
        assert db.scalar(text("SELECT 1")) == 1


def test_a_write_lock_that_stays_taken_is_busy(
    sqlite_database: Database, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_db, "WRITE_WAIT_S", 0.1)
    held = lock.take(data_dir / "write.lock")
    assert held is not None
    with pytest.raises(DatabaseBusy), sqlite_database.writing():
        pass
    with sqlite_database.reading() as db:
        assert db.scalar(text("SELECT 1")) == 1
    held.release()
    with sqlite_database.writing() as db:
        add_organisation(db, "Welzijn Maasoever")


def test_the_locks_stand_beside_the_database_wherever_that_is(sqlite_database: Database, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    again = Database.open(str(sqlite_database.url), data_dir=elsewhere)
    assert again._write_lock == sqlite_database._write_lock
    again.close()


def hold(path: str, ready: threading.Event) -> None:
    assert lock.take(Path(path)) is not None
    ready.set()
    time.sleep(60)


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(str(tmp_path / "x.lock"), ready))
    process.start()
    assert ready.wait(30)
    assert lock.take(tmp_path / "x.lock") is None
    process.kill()
    process.join()
    held = lock.take(tmp_path / "x.lock")
    assert held is not None
    held.release()


def test_messages_quote_no_values(database: Database) -> None:
    with database.writing() as db:
        add_organisation(db, "Welzijn Maasoever")
    with pytest.raises(DBAPIError) as wrong, database.writing() as db:
        db.execute(text("INSERT INTO organisation (name, nothing) VALUES (:name, 1)"), {"name": "MARKER"})
    assert "MARKER" not in str(wrong.value)


def test_sqlite_is_set_as_the_rules_say(sqlite_database: Database) -> None:
    with sqlite_database.writing() as db:
        told = {
            name: db.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert told == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 4000,
    }
    with sqlite_database.reading() as db:
        assert db.scalar(text("PRAGMA query_only")) == 1
        assert db.scalar(text("PRAGMA wal_autocheckpoint")) == 0


def test_an_immutable_row_cannot_be_replaced_either(database: Database, clock: MovableClock) -> None:
    from app.ledger.actions import record

    with database.writing() as db:
        record(db, "test.done", actor_id=None, subject=("test", None), now=clock.now())
    statements = ["UPDATE ledger_event SET action = 'x'", "DELETE FROM ledger_event"]
    if database.is_sqlite:
        statements.append(
            "INSERT OR REPLACE INTO ledger_event (id, at, action, subject_kind, digest)"
            " SELECT id, at, 'x', 'x', 'x' FROM ledger_event"
        )
    for statement in statements:
        with pytest.raises((DBAPIError, OperationalError), match="frozen"), database.writing() as db:
            db.execute(text(statement))
    with database.reading() as db:
        assert db.execute(text("SELECT action FROM ledger_event")).scalars().all() == ["test.done"]


def test_a_look_that_went_wrong_does_not_keep_the_past(database: Database, clock: MovableClock) -> None:
    """A cursor that an exception still holds kept SQLite's snapshot: every later page read old rows."""

    def look() -> None:
        with database.reading() as db:
            cursor = iter(db.execute(select(Organisation.id)))
            next(cursor)
            raise ZeroDivisionError

    with database.writing() as db:
        db.add_all(Organisation(name=f"o{n}", folded_name=f"o{n}", created_at=clock.now()) for n in range(300))
    with pytest.raises(ZeroDivisionError) as kept:
        look()
    with database.writing() as db:
        db.add(Organisation(name="nieuw", folded_name="nieuw", created_at=clock.now()))
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Organisation)) == 301
    assert kept.tb is not None
