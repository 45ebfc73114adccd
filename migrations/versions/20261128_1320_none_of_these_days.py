"""Who can come on none of the days of a round, and when she could.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "round_reply"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("round_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("possible", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("said_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["intervision_round.id"], name=op.f("fk_round_reply_round_id_intervision_round")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_round_reply_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_reply")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_round_reply_round_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_round_reply_person_id"), TABLE, ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
