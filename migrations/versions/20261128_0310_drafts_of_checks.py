"""Checks that are drawn and begun: drafts, what was asked in an attempt, and open answers for the coach.

Safe with the old program: new columns have a default, and it knows nothing of the new tables. It asks all questions
of a check, also where some are to be drawn.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime
from migrations import triggers

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = UTCDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("quiz", sa.Column("draws", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    triggers.drop("quiz_attempt")
    op.add_column("quiz_attempt", sa.Column("asked", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    triggers.create("quiz_attempt")  # again, so that they watch the new column too
    op.create_table(
        "quiz_draft",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("quiz_slug", sa.String(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("begun_at", AT, nullable=False),
        sa.Column("saved_at", AT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_quiz_draft_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_quiz_draft_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_draft")),
        sa.UniqueConstraint("enrolment_id", "quiz_slug", name=op.f("uq_quiz_draft_enrolment_id_quiz_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_quiz_draft_edition_id"), "quiz_draft", ["edition_id"])
    op.create_table(
        "open_answer",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("attempt_id", INT, nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("read_at", AT, nullable=True),
        sa.Column("read_by_id", INT, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_open_answer_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_open_answer_attempt_id_quiz_attempt")
        ),
        sa.ForeignKeyConstraint(["read_by_id"], ["person.id"], name=op.f("fk_open_answer_read_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_answer")),
        sa.UniqueConstraint("attempt_id", "question_id", name=op.f("uq_open_answer_attempt_id_question_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_open_answer_enrolment_id"), "open_answer", ["enrolment_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_open_answer_enrolment_id"), table_name="open_answer")
    op.drop_table("open_answer")
    op.drop_index(op.f("ix_quiz_draft_edition_id"), table_name="quiz_draft")
    op.drop_table("quiz_draft")
    triggers.drop("quiz_attempt")
    op.drop_column("quiz_attempt", "asked")
    triggers.create("quiz_attempt")
    op.drop_column("quiz", "draws")
