"""How many were there, and that a date was called off: numbers of groups.

Safe with the old program: it knows nothing of the columns, which may all be empty.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_GROUPS = ("started", "finished", "guests")


def upgrade() -> None:
    for name in OF_GROUPS:
        op.add_column("delivery", sa.Column(name, INT, nullable=True))
    op.add_column("delivery_date", sa.Column("called_off_at", UTCDateTime(timezone=True), nullable=True))
    op.add_column("delivery_date", sa.Column("attended", INT, nullable=True))


def downgrade() -> None:
    op.drop_column("delivery_date", "attended")
    op.drop_column("delivery_date", "called_off_at")
    for name in OF_GROUPS:
        op.drop_column("delivery", name)
