"""How far each device is with sending its copy of a coach's draft.

Safe with the old program: it knows nothing of the table, and a form that it saves has a new version as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "draft_device",
        sa.Column("assessment_id", INT, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("sent_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_draft_device_assessment_id_assessment")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "device", name=op.f("pk_draft_device")),
    )
    op.create_index(op.f("ix_draft_device_sent_at"), "draft_device", ["sent_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_draft_device_sent_at"), table_name="draft_device")
    op.drop_table("draft_device")
