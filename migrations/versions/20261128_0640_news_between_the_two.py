"""What was shared with a coach, and what she wrote back, is new until it was opened.

Safe with the old program: it leaves both empty. What stands there now was there before anybody noted it: it is no news.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = UTCDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("lesson_work", sa.Column("read_at", MOMENT, nullable=True))
    op.add_column("open_answer", sa.Column("seen_at", MOMENT, nullable=True))
    op.execute("UPDATE lesson_work SET read_at = shared_at WHERE shared_at IS NOT NULL")
    op.execute("UPDATE open_answer SET seen_at = read_at WHERE read_at IS NOT NULL")


def downgrade() -> None:
    op.drop_column("open_answer", "seen_at")
    op.drop_column("lesson_work", "read_at")
