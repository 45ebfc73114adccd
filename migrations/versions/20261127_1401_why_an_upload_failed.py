"""What a sentence about a refused upload needs to say: how many megapixels, how much room.

Safe with the old program: the new column has an empty default.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upload", sa.Column("refused_facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    op.drop_column("upload", "refused_facts")
