"""Looking back (STARR), and self-scores that keep themselves.

Safe with the old program: it writes neither of the new tables, and the new columns of a preparation have a default.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime
from migrations import triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTS = ("situation", "task", "action", "result", "reflection", "transfer")


def upgrade() -> None:
    op.create_table(
        "reflection_draft",
        sa.Column("record_id", INT, autoincrement=False, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in PARTS),
        sa.Column("saved_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_reflection_draft_record_id_assignment_record")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_reflection_draft")),
    )
    op.create_table(
        "reflection",
        sa.Column("submission_id", INT, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_reflection_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_reflection")),
    )
    op.create_table(
        "reflection_words",
        sa.Column("submission_id", INT, autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in PARTS),
        sa.Column("removed_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["reflection.submission_id"],
            name=op.f("fk_reflection_words_submission_id_reflection"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_reflection_words")),
    )
    triggers.create("reflection")
    op.add_column("preparation", sa.Column("draft_attempt", INT, nullable=False, server_default="0"))
    op.add_column("preparation", sa.Column("draft_version", INT, nullable=False, server_default="0"))
    op.add_column("preparation", sa.Column("draft_at", UTCDateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE preparation SET draft_attempt = "
        "(SELECT attempt FROM assignment_record WHERE assignment_record.id = preparation.record_id)"
    )


def downgrade() -> None:
    for name in ("draft_at", "draft_version", "draft_attempt"):
        op.drop_column("preparation", name)
    triggers.drop("reflection")
    op.drop_table("reflection_words")
    op.drop_table("reflection")
    op.drop_table("reflection_draft")
