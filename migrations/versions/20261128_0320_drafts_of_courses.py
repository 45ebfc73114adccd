"""Authors work at a draft of a course before it becomes an edition.

Safe with the old program: it knows nothing of these tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
THERE = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "course_draft",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("base_edition_id", INT, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", INT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["base_edition_id"], ["course_edition.id"], name=op.f("fk_course_draft_base_edition_id_course_edition")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_course_draft_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_draft")),
        sa.UniqueConstraint("slug", name=op.f("uq_course_draft_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_draft_base_edition_id"), "course_draft", ["base_edition_id"], unique=False)
    op.create_table(
        "draft_file",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("draft_id", INT, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", INT, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", INT, nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("storage_key", sa.String(), nullable=True),
        sa.Column("width", INT, nullable=True),
        sa.Column("height", INT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["course_draft.id"], name=op.f("fk_draft_file_draft_id_course_draft")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_draft_file_changed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_file_draft_id"), "draft_file", ["draft_id"], unique=False)
    op.create_index(op.f("ix_draft_file_changed_by_id"), "draft_file", ["changed_by_id"], unique=False)
    op.create_index(
        "uq_draft_file_path",
        "draft_file",
        ["draft_id", "path"],
        unique=True,
        sqlite_where=THERE,
        postgresql_where=THERE,
    )


def downgrade() -> None:
    op.drop_table("draft_file")
    op.drop_table("course_draft")
