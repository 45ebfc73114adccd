"""Migrations go up and down on both engines, end where the tables say, and freeze the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Engine, Integer, String, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.kit.migrate import _config, current, downgrade, head, pending, upgrade
from migrations.models import metadata
from migrations.triggers import ERASABLE, FROZEN

if TYPE_CHECKING:
    from app.kit.db import Database
    from tests.support.postgres import Postgres

OF_POSTGRES: Final = """
    SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""
VALID: Final = {"certification_decision.kind": "granted", "sign_off.decision": "signed_off"}
"""What a check constraint asks of a column; elsewhere any text will do."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a single table: once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    with server.empty_database() as url:
        yield url


def engine_of(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)


def tables_of(url: str) -> set[str]:
    engine = engine_of(url)
    found = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return found


def triggers_of(url: str) -> set[tuple[str, str, str]]:
    """(table, name, event) of each trigger of ours."""
    engine = engine_of(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.execute(
                text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
        else:
            rows = connection.execute(text(OF_POSTGRES)).all()
    engine.dispose()
    return {(table, name, _event(definition)) for table, name, definition in rows}


def _event(definition: str) -> str:
    """`UPDATE OF a, b` or `DELETE`, without the dialect's own words."""
    found = re.search(r"BEFORE (UPDATE OF [\w, ]+?|UPDATE|DELETE) ON", definition)
    assert found is not None, definition
    return ", ".join(sorted(found[1].removeprefix("UPDATE OF ").split(", "))) if " OF " in found[1] else found[1]


def test_up_and_down_and_up_again(empty_url: str, tmp_path: Path) -> None:
    upgrade(empty_url, data_dir=tmp_path)
    assert tables_of(empty_url) == set(metadata.tables)
    assert not pending(empty_url)
    downgrade(empty_url, revision="base")
    assert tables_of(empty_url) == set()
    assert triggers_of(empty_url) == set()
    upgrade(empty_url, data_dir=tmp_path)
    assert current(empty_url) == head(empty_url)
    assert tables_of(empty_url) == set(metadata.tables)


def test_the_tables_are_what_the_classes_say(database_url: str) -> None:
    from alembic import command

    command.check(_config(database_url))


def test_each_revision_is_named_after_its_moment_and_matter() -> None:
    names = [path.stem for path in (Path(__file__).parents[2] / "migrations" / "versions").glob("*.py")]
    assert names
    assert [name for name in names if not re.fullmatch(r"20\d{6}_\d{4}_[a-z0-9_]+", name)] == []


def test_both_engines_freeze_the_same_rows(sqlite_url: str, postgres_url: str) -> None:
    on_sqlite, on_postgres = triggers_of(sqlite_url), triggers_of(postgres_url)
    assert on_sqlite == on_postgres
    assert {table for table, _, _ in on_sqlite} == set(FROZEN)
    assert len(on_sqlite) == 2 * len(FROZEN)


def any_value(column: Column[Any]) -> Any:
    if (valid := VALID.get(str(column))) is not None:
        return valid
    for kind, value in (
        (Boolean, True),
        (Integer, 1),
        (DateTime, datetime(2026, 11, 23, tzinfo=UTC)),
        (Date, date(2026, 11, 23)),
        (JSON, {}),
        (String, "x"),
    ):
        if isinstance(column.type, kind) or isinstance(getattr(column.type, "impl", None), kind):
            return value
    return 1


def write_row(database: Database, table: str) -> dict[str, Any]:
    """One row without the rows that it points at, as a restore of a single table would."""
    row = {column.name: any_value(column) for column in metadata.tables[table].columns}
    off, on = (
        ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        if database.is_sqlite
        else ("SET session_replication_role = replica", "SET session_replication_role = DEFAULT")
    )
    with database.writer.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(off)
        connection.execute(metadata.tables[table].insert(), row)
        connection.commit()
        driver.execute(on)
        driver.commit()  # SQLAlchemy saw no statement and would commit nothing
    return row


@pytest.mark.parametrize("table", FROZEN)
def test_a_frozen_row_stays_as_it_was_written(database: Database, table: str) -> None:
    row = write_row(database, table)
    what = metadata.tables[table]
    free = ERASABLE.get(table, ())
    attempts: list[Any] = [what.delete()]
    attempts += [
        what.update().values({column.name: row[column.name]}) for column in what.columns if column.name not in free
    ]
    for attempt in attempts:
        with pytest.raises(DBAPIError, match=f"frozen: {table}"), database.writing() as db:
            db.execute(attempt)


@pytest.mark.parametrize("table", FROZEN)
def test_a_frozen_row_is_not_replaced(database: Database, table: str) -> None:
    """SQLite's INSERT OR REPLACE slips past the triggers unless they are recursive; an upsert is an UPDATE."""
    row = write_row(database, table)
    what = metadata.tables[table]
    columns = ", ".join(row)
    given = ", ".join(f":{name}" for name in row)
    if database.is_sqlite:
        statement = f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({given})"  # noqa: S608 - names of our tables
    else:
        (key,) = what.primary_key.columns.keys()
        fixed = next(column.name for column in what.columns if column.name not in {key, *ERASABLE.get(table, ())})
        statement = (
            f"INSERT INTO {table} ({columns}) VALUES ({given}) "  # noqa: S608 - the same
            f"ON CONFLICT ({key}) DO UPDATE SET {fixed} = EXCLUDED.{fixed}"
        )
    bound = text(statement).bindparams(*[_typed(what.columns[name], value) for name, value in row.items()])
    with pytest.raises(DBAPIError, match=f"frozen: {table}"), database.writing() as db:
        db.execute(bound)


def _typed(column: Column[Any], value: Any) -> Any:
    from sqlalchemy import bindparam

    return bindparam(column.name, value, type_=column.type)


@pytest.mark.parametrize("table", ERASABLE)
def test_what_may_have_to_go_can_be_emptied(database: Database, table: str) -> None:
    write_row(database, table)
    what = metadata.tables[table]
    for column in ERASABLE[table]:
        with database.writing() as db:
            db.execute(what.update().values({column: {} if isinstance(what.columns[column].type, JSON) else ""}))
        assert what.columns[column].info["pii"] != "none", f"{column} holds nothing that would have to go"


def test_tables_that_promise_never_to_change_are_frozen() -> None:
    from app.kit.tables import Base

    promised = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if re.search(r"never changed|refuse UPDATE", mapper.class_.__doc__ or "", re.IGNORECASE)
    }
    assert promised - set(FROZEN) == set()


def test_program_and_tables_use_no_clock_of_the_database() -> None:
    """Time comes from the Clock: no server default of now, no SQL now()."""
    for table in metadata.tables.values():
        for column in table.columns:
            assert column.server_default is None or column.identity is not None, f"{column}"
    for file in sorted((Path(__file__).parents[2] / "app").rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        assert not re.search(r"func\.(now|current_timestamp|localtime)\b|CURRENT_TIMESTAMP", source), file


def test_a_sign_off_that_was_taken_back_cannot_stand_again(empty_url: str, tmp_path: Path) -> None:
    """Going down past the withdrawals would throw them away."""
    upgrade(empty_url, data_dir=tmp_path)
    engine = engine_of(empty_url)
    table = metadata.tables["sign_off_withdrawal"]
    with engine.begin() as connection:  # SQLite looks at no keys unless it is told to
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(table.insert(), {column.name: any_value(column) for column in table.columns})
    engine.dispose()
    with pytest.raises(RuntimeError, match="were taken back"):
        downgrade(empty_url, revision="0016")
    assert "sign_off_withdrawal" in tables_of(empty_url)
