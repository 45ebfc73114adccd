"""What an edition holds is frozen with it: processes keep it in memory, and people are judged by it.

Safe with the old program: it never changes these rows.
"""

from __future__ import annotations

from migrations import triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in triggers.OF_EDITIONS:
        triggers.create(table)


def downgrade() -> None:
    for table in triggers.OF_EDITIONS:
        triggers.drop(table)
