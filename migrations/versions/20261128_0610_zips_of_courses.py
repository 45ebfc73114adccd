"""Authors send a zip that becomes a draft.

Safe with the old program: one new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
TABLE = "course_intake"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("sent_by_id", INT, nullable=False),
        sa.Column("size", INT, nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=True),
        sa.Column("sent_key", sa.String(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_course_intake_sent_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_intake")),
        sa.UniqueConstraint("sent_key", name=op.f("uq_course_intake_sent_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_intake_sent_by_id"), TABLE, ["sent_by_id"], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
