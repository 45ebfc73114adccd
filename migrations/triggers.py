"""Triggers that keep rows as they were written, the same on both engines.

A table is *frozen* when neither UPDATE nor DELETE is allowed. The content that belongs to a frozen row
stands in a sibling table without triggers, where the eraser may delete.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

FIRST = (
    "ledger_event",
    "quiz_attempt",
    "sign_off",
    "submission",
    "course_edition",
    "certification_decision",
)
"""What the first migration freezes; each later one freezes its own."""
OF_EDITIONS = ("lesson", "quiz", "practical_assignment", "handbook_session", "course_image")
FROZEN = (*FIRST, *OF_EDITIONS, "course_file", "ledger_seal", "reflection", "sign_off_withdrawal", "result_seen")
ERASABLE: dict[str, tuple[str, ...]] = {
    "quiz_attempt": ("answers",),
    "submission": ("self_scores", "note"),
    "certification_decision": ("facts",),
}
"""Columns that the eraser may change on a table that is frozen otherwise."""


def create(table: str) -> None:
    """Freeze `table`."""
    for statement in statements(table):
        op.execute(statement)


def drop(table: str) -> None:
    """Thaw `table`."""
    dialect = op.get_bind().dialect.name
    for verb in ("update", "delete"):
        on = f" ON {table}" if dialect == "postgresql" else ""
        op.execute(f"DROP TRIGGER frozen_{table}_{verb}{on}")


def statements(table: str) -> Iterator[str]:
    """The statements that freeze `table` on the dialect at hand."""
    dialect = op.get_bind().dialect.name
    found = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    columns = [name for name in found if name not in ERASABLE.get(table, ())]
    watched = f" OF {', '.join(sorted(columns))}" if table in ERASABLE else ""
    for verb, event in (("update", f"UPDATE{watched}"), ("delete", "DELETE")):
        if dialect == "postgresql":
            yield (
                f"CREATE TRIGGER frozen_{table}_{verb} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            yield (
                f"CREATE TRIGGER frozen_{table}_{verb} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'frozen: {table}'); END"
            )


def create_function() -> None:
    """The function that PostgreSQL's triggers call."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'frozen: %', TG_TABLE_NAME; END $$"
        )


def drop_function() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
