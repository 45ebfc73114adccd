"""Notes that an admin writes about a training, beside those of coaches.

Safe with the old program: the new column has a default, and every note so far is of a coach.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coach_note", sa.Column("by_admin", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("coach_note", "by_admin")
