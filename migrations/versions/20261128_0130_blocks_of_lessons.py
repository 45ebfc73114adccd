"""Lessons hold more than text, and editions keep the files that they were made of.

Safe with the old program: the new column has an empty default, and it knows nothing of the table. It shows an
edition with such blocks without them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FILES = "course_file"


def upgrade() -> None:
    op.add_column("lesson", sa.Column("blocks", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.create_table(
        FILES,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", INT, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("storage_key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_course_file_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_file")),
        sa.UniqueConstraint("edition_id", "path", name=op.f("uq_course_file_edition_id_path")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_file_edition_id"), FILES, ["edition_id"], unique=False)
    triggers.create(FILES)


def downgrade() -> None:
    triggers.drop(FILES)
    op.drop_index(op.f("ix_course_file_edition_id"), table_name=FILES)
    op.drop_table(FILES)
    op.drop_column("lesson", "blocks")
