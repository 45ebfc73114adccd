"""The secret addresses at which calendars fetch the appointments of one person.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
TABLE = "calendar_feed"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_calendar_feed_person_id"), TABLE, ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
