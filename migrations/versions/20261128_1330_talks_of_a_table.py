"""Each table remembers in which step of its method it is, and since when.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "circle_talk"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("meeting_id", INT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("step", INT, nullable=False),
        sa.Column("step_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_circle_talk_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_talk")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_circle_talk_meeting_id_number")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
