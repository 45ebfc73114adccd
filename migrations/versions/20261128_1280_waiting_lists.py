"""Who waits for a seat in a meeting since when, and until when one is kept for her.

Safe with the old program: it leaves both empty. While somebody waits a meeting is full, so it gives no seat away.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

MOMENTS = {"waiting_since": "waiting", "offered_until": "offered"}
SOMEBODY = sa.text("waiting_since IS NOT NULL")


def upgrade() -> None:
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for column, check in MOMENTS.items():  # as a clause of the column SQLite needs no new table for the check
        op.execute(
            f"ALTER TABLE meeting_signup ADD COLUMN {column} {moment}"
            f" CONSTRAINT ck_meeting_signup_{check} CHECK ({column} IS NULL OR answer <> 'yes')"
        )
    op.create_index(
        "ix_meeting_signup_line",
        "meeting_signup",
        ["meeting_id", "waiting_since", "id"],
        sqlite_where=SOMEBODY,
        postgresql_where=SOMEBODY,
    )


def downgrade() -> None:
    op.drop_index("ix_meeting_signup_line", "meeting_signup")
    for column in reversed(MOMENTS):
        op.drop_column("meeting_signup", column)
