"""What tests of every kind ask for: a clock that stands still, a fresh database, a browser, a mail server."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import settings

from app.kit.clock import MovableClock

# What a fixture needs is loaded inside it: a unit test waits for no browser, database or mail server.
if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from sqlalchemy import Engine

    from app.kit.db import Database
    from tests.page import Site
    from tests.support.postgres import Postgres
    from tests.support.smtp import SmtpSink

# A database is hundreds of files, and a disk may take a millisecond for each: where there is memory, tests use that.
MEMORY: Final = Path("/dev/shm")
ENOUGH: Final = 6 * 2**30
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

START: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock in Amsterdam
SQLITE_NAME: Final = "academie.db"

# No deadline: two cores are shared, and a slow example is not a wrong one. The same examples at every CI run.
settings.register_profile("house", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("house")
pytest.register_assert_rewrite("tests.support", "tests.page", "tests.people", "tests.builders")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through all of it for garbage again and again costs one part in twenty."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def patient_postgres() -> Iterator[None]:
    """A test may think longer inside a transaction than a page: the machine that runs it may be slow."""
    from app.kit import db

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "POSTGRES_TIMEOUTS", ("statement_timeout=20s", "lock_timeout=15s"))
        yield


@pytest.fixture(autouse=True, scope="session")
def templates_compiled_once() -> Iterator[None]:
    """Each process compiles a template once, not once for each program that a test makes: a third of a second each.

    What a template becomes depends on no language: its sentences and dates are asked for when it is shown.
    """
    from jinja2 import Environment

    compile_it = Environment.compile
    kept: dict[tuple[Any, ...], Any] = {}

    def compile_once(self: Environment, source: Any, *named: Any, **how: Any) -> Any:
        key = (source, named, *how.items(), *self.extensions, self.trim_blocks)
        try:
            return kept[key]
        except KeyError:
            return kept.setdefault(key, compile_it(self, source, *named, **how))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def statements_compiled_once() -> Iterator[None]:
    """Each process makes a statement into SQL once for an engine, not once for each database that a test opens."""
    from sqlalchemy import create_engine
    from sqlalchemy.dialects import postgresql, sqlite

    from app.kit import db

    compiled: dict[str, dict[Any, Any]] = {"sqlite": {}, "postgresql": {}}

    def create_and_share(*given: Any, **how: Any) -> Engine:
        engine = create_engine(*given, **how)
        engine.update_execution_options(compiled_cache=compiled[engine.name])
        return engine

    with pytest.MonkeyPatch.context() as patch:
        for kind in (postgresql.dialect, sqlite.dialect):  # part of the key: any is as good as another of its kind
            patch.setattr(kind, "__eq__", lambda self, other: type(self) is type(other))
            patch.setattr(kind, "__hash__", lambda self: hash(type(self)))
        patch.setattr(db, "create_engine", create_and_share)
        yield


@pytest.fixture
def clock() -> MovableClock:
    """Stands at Monday 23 November 2026, 10.00 uur in Amsterdam, until a test moves it."""
    return MovableClock(START)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where one installation keeps its database and files."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy; made once for each worker."""
    from app.kit.migrate import upgrade

    folder = tmp_path_factory.mktemp("migrated")
    made, whole = folder / "made.db", folder / "whole.db"
    upgrade(f"sqlite:///{made}", data_dir=folder)
    with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(whole)) as target:
        source.backup(target)  # also takes what still stands in the write-ahead log
    return whole


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The PostgreSQL of this checkout, started when a test first asks for it."""
    from tests.support import postgres

    with postgres.running() as server:
        yield server


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, data_dir: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    file = data_dir / SQLITE_NAME
    shutil.copyfile(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: once on each engine."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str, data_dir: Path) -> Iterator[Database]:
    """A fresh, migrated database, opened: once on each engine."""
    from app.kit.db import Database

    opened = Database.open(database_url, data_dir=data_dir)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str, data_dir: Path) -> Iterator[Database]:
    """A fresh, migrated SQLite database, opened: for pages, which do not care which engine it is."""
    from app.kit.db import Database

    opened = Database.open(sqlite_url, data_dir=data_dir)
    yield opened
    opened.close()


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> Site:
    """The program on a fresh SQLite database, for page tests: `site.visitor(person_id).get("/traject")`."""
    from tests.page import Site, make_test_parts

    return Site(make_test_parts(sqlite_database, data_dir, clock))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each worker; a test opens its own visitors in it (tests.support.chromium.visitor)."""
    from tests.support import chromium

    with chromium.launch() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[SmtpSink]:
    """A mail server that keeps what it gets."""
    from tests.support import smtp

    with smtp.sink() as running:
        yield running
