"""How much a coach can take on, where, and when she is away.

Safe with the old program: it knows nothing of the tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "coach_profile",
        sa.Column("person_id", INT, autoincrement=False, nullable=False),
        sa.Column("people_max", INT, nullable=False),
        sa.Column("visits_per_week", INT, nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.CheckConstraint("people_max BETWEEN 0 AND 100", name=op.f("ck_coach_profile_people_max")),
        sa.CheckConstraint("visits_per_week BETWEEN 0 AND 20", name=op.f("ck_coach_profile_visits_per_week")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_coach_profile_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_coach_profile")),
    )
    op.create_table(
        "coach_absence",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("noted_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", INT, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_coach_absence_ends")),
        sa.CheckConstraint("reason IN ('ill', 'holiday', 'leave', 'other')", name=op.f("ck_coach_absence_reason")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["person.id"], name=op.f("fk_coach_absence_noted_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_coach_absence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_absence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coach_absence_person_id"), "coach_absence", ["person_id"])


def downgrade() -> None:
    op.drop_table("coach_absence")
    op.drop_table("coach_profile")
