"""How long people are active in the lessons of courses that measure it.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = "lesson_time"


def upgrade() -> None:
    op.create_table(
        TIME,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("lesson_slug", sa.String(), nullable=False),
        sa.Column("told_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("seconds", INT, nullable=False),
        sa.Column("day_seconds", INT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_lesson_time_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_time")),
        sa.UniqueConstraint("enrolment_id", "lesson_slug", name=op.f("uq_lesson_time_enrolment_id_lesson_slug")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(TIME)
