"""The seals that chain the events of the ledger.

Safe with the old program: it knows nothing of the table and goes on writing events.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime
from migrations import triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ledger_seal",
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("sealed_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_seal_event_id_ledger_event")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_seal_event_id")),
        sa.UniqueConstraint("previous", name=op.f("uq_ledger_seal_previous")),
    )
    triggers.create("ledger_seal")


def downgrade() -> None:
    triggers.drop("ledger_seal")
    op.drop_table("ledger_seal")
