"""How to get to a visit, and who is there.

Safe with the old program: it leaves both columns as they are, empty.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = ("directions", "venue_contact")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("coach_visit", sa.Column(name, sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("coach_visit", name)
