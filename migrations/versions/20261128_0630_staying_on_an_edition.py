"""An admin may decide that an edition asks nothing: people stay on theirs, or trainers need not read.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
STAY = "edition_stay"
STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        STAY,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("decided_by_id", INT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by_id", INT, nullable=True),
        sa.CheckConstraint("about IN ('people', 'trainers')", name=op.f("ck_edition_stay_about")),
        _to("course_edition", "edition_id"),
        _to("person", "decided_by_id"),
        _to("ledger_event", "event_id"),
        _to("person", "withdrawn_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_stay")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edition_stay_edition_id"), STAY, ["edition_id"], unique=False)
    op.create_index(
        "uq_edition_stay_standing",
        STAY,
        ["edition_id", "about"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def _to(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{STAY}_{column}_{table}"))


def downgrade() -> None:
    op.drop_table(STAY)
