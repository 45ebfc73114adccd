"""People bring cases to their table, in words that only the key of the meeting opens.

Safe with the old program: two new tables, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
CASE, KEY = "intervision_case", "case_key"


def upgrade() -> None:
    op.create_table(
        CASE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("signup_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=True),
        sa.Column("parked_at", MOMENT, nullable=True),
        sa.Column("discussed_at", MOMENT, nullable=True),
        sa.Column("purged_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        _to("meeting_signup", CASE, "signup_id"),
        _to("person", CASE, "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_case")),
        sa.UniqueConstraint("signup_id", name=op.f("uq_intervision_case_signup_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_intervision_case_person_id"), CASE, ["person_id"], unique=False)
    op.create_table(
        KEY,
        sa.Column("meeting_id", INT, autoincrement=False, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("meeting", KEY, "meeting_id"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_case_key")),
        sa.UniqueConstraint("place", name=op.f("uq_case_key_place")),
    )


def _to(table: str, own: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{own}_{column}_{table}"))


def downgrade() -> None:
    op.drop_table(KEY)
    op.drop_table(CASE)
