"""Admins add words of their own to the letters before the meetings of a round.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "round_letter"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("round_id", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("own_text", sa.String(), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["intervision_round.id"], name=op.f("fk_round_letter_round_id_intervision_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_letter")),
        sa.UniqueConstraint("round_id", "kind", name=op.f("uq_round_letter_round_id_kind")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
