"""The talk after the work: what two people agreed, and the professional's own yes.

Safe with the old program: it does not know the table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "talk",
        sa.Column("submission_id", INT, autoincrement=False, nullable=False),
        sa.Column("agreements", sa.JSON(), nullable=False),
        sa.Column("discussed_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("discussed_by_id", INT, nullable=False),
        sa.Column("confirmed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_talk_submission_id_submission")),
        sa.ForeignKeyConstraint(["discussed_by_id"], ["person.id"], name=op.f("fk_talk_discussed_by_id_person")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_talk")),
    )
    op.create_index(op.f("ix_talk_discussed_by_id"), "talk", ["discussed_by_id"])


def downgrade() -> None:
    op.drop_table("talk")
