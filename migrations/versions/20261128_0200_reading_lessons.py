"""Where somebody is in a lesson, what she did with its blocks, and what she saved of it.

Safe with the old program: the new columns have an empty default, and it knows nothing of the tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITH_TEXT = ("lesson", "handbook_session")
PLACE, WORK, NOTE = "reading_place", "lesson_work", "lesson_note"


def upgrade() -> None:
    for table in WITH_TEXT:
        op.add_column(table, sa.Column("passages", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.create_table(
        PLACE,
        *_of_a_lesson(PLACE),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("seen_at", UTCDateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("enrolment_id", "lesson_slug", name=op.f("uq_reading_place_enrolment_id_lesson_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        WORK,
        *_of_a_lesson(WORK),
        *_of_an_edition(WORK),
        sa.Column("block_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("saved_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("shared_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.UniqueConstraint(
            "enrolment_id", "lesson_slug", "block_id", name=op.f("uq_lesson_work_enrolment_id_lesson_slug_block_id")
        ),
        sa.CheckConstraint("kind IN ('reflection', 'question', 'video', 'audio')", name=op.f("ck_lesson_work_kind")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        NOTE,
        *_of_a_lesson(NOTE),
        *_of_an_edition(NOTE),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("version", INT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lesson_work_edition_id"), WORK, ["edition_id"], unique=False)
    op.create_index(op.f("ix_lesson_note_edition_id"), NOTE, ["edition_id"], unique=False)
    op.create_index(op.f("ix_lesson_note_enrolment_id"), NOTE, ["enrolment_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_lesson_note_enrolment_id"), table_name=NOTE)
    op.drop_index(op.f("ix_lesson_note_edition_id"), table_name=NOTE)
    op.drop_index(op.f("ix_lesson_work_edition_id"), table_name=WORK)
    for table in (NOTE, WORK, PLACE):
        op.drop_table(table)
    for table in WITH_TEXT:
        op.drop_column(table, "passages")


def _of_a_lesson(table: str) -> list[sa.schema.SchemaItem]:
    """What each of these tables begins with: whose it is, and of which lesson."""
    return [
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("lesson_slug", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f(f"fk_{table}_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of_an_edition(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("edition_id", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f(f"fk_{table}_edition_id_course_edition")
        ),
    ]
