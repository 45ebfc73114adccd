"""What a test begins with is made by the real actions once for each process; later tests get the same rows.

A cast in a training takes hundreds of statements, and a thousand tests begin with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from sqlalchemy import Select, exists, insert, literal, or_, select, text

from app.kit.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from app.kit.db import Database
    from app.kit.storage import Storage

Result = TypeVar("Result")
MOST: Final = 60
SEQUENCES: Final = text(
    "SELECT setval(pg_get_serial_sequence(quote_ident(:name), 'id'), :last)"  # the next row gets the next number
)


@dataclass(frozen=True)
class _Made:
    result: Any
    rows: list[tuple[Table, list[dict[str, Any]]]]
    files: dict[str, bytes]


_made: dict[Hashable, _Made] = {}


def again(db: Session, storage: Storage | None, key: Hashable, make: Callable[[], Result]) -> Result:
    """What `make` gives in an empty database, with its rows and files; elsewhere it is simply made.

    `key` holds all that the result depends on; `make` works in `db`, and without `storage` keeps no files.
    """
    empty, made = _found(db, storage, key)
    if made is not None:
        return cast("Result", made.result)
    result = make()
    if empty:
        _keep(db, storage, key, result)
    return result


def again_in(database: Database, storage: Storage, key: Hashable, make: Callable[[], Result]) -> Result:
    """As `again`, for what takes transactions of its own."""
    with database.writing() as db:
        empty, made = _found(db, storage, key)
    if made is not None:
        return cast("Result", made.result)
    result = make()
    if empty:
        with database.reading() as db:
            _keep(db, storage, key, result)
    return result


def _found(db: Session, storage: Storage | None, key: Hashable) -> tuple[bool, _Made | None]:
    """Whether nothing is there yet; and what was kept, which then is there."""
    if _has_rows(db) or (storage and storage.keys()):
        return False, None
    made = _made.get((db.get_bind().dialect.name, key))
    if made is not None:
        _put(db, storage, made)
    return True, made


def _keep(db: Session, storage: Storage | None, key: Hashable, result: object) -> None:
    if len(_made) == MOST:
        return
    db.flush()
    rows = [(table, [dict(one) for one in _rows(db, table)]) for table in Base.metadata.sorted_tables]
    files = {name: storage.get(name) for name in storage.keys()} if storage else {}  # noqa: SIM118 - a method
    _made[db.get_bind().dialect.name, key] = _Made(result, [(table, found) for table, found in rows if found], files)


def _has_rows(db: Session) -> bool:
    return bool(db.scalar(_any_row()))


@cache
def _any_row() -> Select[bool]:
    tables = Base.metadata.sorted_tables
    return select(or_(*(exists(select(literal(1)).select_from(table)) for table in tables)))


def _rows(db: Session, table: Table) -> Any:
    return db.execute(select(table).order_by(*table.primary_key.columns)).mappings()


def _put(db: Session, storage: Storage | None, made: _Made) -> None:
    if storage:
        for name, content in made.files.items():
            storage.put_at(name, content)
    on_postgres = db.get_bind().dialect.name == "postgresql"
    for table, rows in made.rows:
        db.execute(insert(table), rows)
        if on_postgres and "id" in table.columns and isinstance(rows[-1]["id"], int):
            db.execute(SEQUENCES, {"name": table.name, "last": rows[-1]["id"]})
