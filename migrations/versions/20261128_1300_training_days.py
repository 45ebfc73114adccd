"""Scholingsdagen: meetings of a cohort, and days that were made up for.

Safe with the old program: it does not know the tables, and asks for no days.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

MOMENT = UTCDateTime(timezone=True)
INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "training_day",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("cohort_id", INT, nullable=False),
        sa.Column("meeting_id", INT, nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_training_day_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_training_day_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_day")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_training_day_meeting_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_training_day_cohort_id"), "training_day", ["cohort_id"])
    op.create_table(
        "made_up_day",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("training_day_id", INT, nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("made_up_at", MOMENT, nullable=False),
        sa.Column("noted_by_id", INT, nullable=False),
        sa.CheckConstraint("how IN ('coach', 'assignment', 'other')", name=op.f("ck_made_up_day_how")),
        sa.ForeignKeyConstraint(
            ["training_day_id"], ["training_day.id"], name=op.f("fk_made_up_day_training_day_id_training_day")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_made_up_day_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["person.id"], name=op.f("fk_made_up_day_noted_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_made_up_day")),
        sa.UniqueConstraint(
            "training_day_id", "enrolment_id", name=op.f("uq_made_up_day_training_day_id_enrolment_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_made_up_day_enrolment_id"), "made_up_day", ["enrolment_id"])


def downgrade() -> None:
    op.drop_table("made_up_day")
    op.drop_table("training_day")
