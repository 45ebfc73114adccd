"""Several gespreksleiders for one meeting: they stand in a table of their own.

Not safe beside an older program, which asks the column that goes; there was no release yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE, ANEW, LED = "intervision_session", "intervision_session_anew", "session_facilitator"
INDEX = "ix_intervision_session_facilitator_id"
TO_PERSON = "fk_intervision_session_facilitator_id_person"


def upgrade() -> None:
    op.create_table(
        LED,
        sa.Column("session_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        _to(LED, "session_id", TABLE),
        _to(LED, "person_id", "person"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f(f"pk_{LED}")),
    )
    op.create_index(op.f(f"ix_{LED}_person_id"), LED, ["person_id"])
    op.execute(
        f"INSERT INTO {LED} (session_id, person_id) "  # noqa: S608 - our own words
        f"SELECT id, facilitator_id FROM {TABLE} WHERE facilitator_id IS NOT NULL"
    )
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.drop_column(TABLE, "facilitator_id")  # with its index and its key


def downgrade() -> None:
    """Of several gespreksleiders the first one stays."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(sa.Column("facilitator_id", INT, nullable=True), _to(TABLE, "facilitator_id", "person"))
    else:
        op.add_column(TABLE, sa.Column("facilitator_id", INT, nullable=True))
        op.create_foreign_key(op.f(TO_PERSON), TABLE, "person", ["facilitator_id"], ["id"])
    op.create_index(op.f(INDEX), TABLE, ["facilitator_id"])
    op.execute(
        f"UPDATE {TABLE} SET facilitator_id = "  # noqa: S608 - the same
        f"(SELECT min(person_id) FROM {LED} WHERE session_id = {TABLE}.id)"
    )
    op.drop_table(LED)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _rebuild(*more: sa.Column[int] | sa.Constraint) -> None:
    """SQLite takes no column off that a key stands on: make the table anew, with its rows. It has no triggers."""
    op.create_table(
        ANEW,
        sa.Column("id", INT, nullable=False),
        sa.Column("round_id", INT, nullable=False),
        sa.Column("meeting_id", INT, nullable=False),
        *(one for one in more if isinstance(one, sa.Column)),
        *(one for one in more if isinstance(one, sa.Constraint)),
        _to(TABLE, "meeting_id", "meeting"),
        _to(TABLE, "round_id", "intervision_round"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("meeting_id", name=op.f(f"uq_{TABLE}_meeting_id")),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO {ANEW} (id, round_id, meeting_id) SELECT id, round_id, meeting_id FROM {TABLE}")  # noqa: S608
    op.drop_table(TABLE)
    op.rename_table(ANEW, TABLE)
    op.create_index(op.f(f"ix_{TABLE}_round_id"), TABLE, ["round_id"])
