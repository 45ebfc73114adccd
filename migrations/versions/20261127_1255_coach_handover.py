"""Handing over the people of a coach, until a day or for good.

Safe with the old program: it knows nothing of the tables, and goes on giving people a coach.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "coach_handover",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("coach_id", INT, nullable=False),
        sa.Column("made_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", INT, nullable=False),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_coach_handover_coach_id_person")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_coach_handover_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_handover")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coach_handover_coach_id"), "coach_handover", ["coach_id"])
    op.create_index(
        "ix_coach_handover_due",
        "coach_handover",
        ["back_on"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "coach_handover_move",
        sa.Column("assignment_id", INT, autoincrement=False, nullable=False),
        sa.Column("handover_id", INT, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["coach_assignment.id"],
            name=op.f("fk_coach_handover_move_assignment_id_coach_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["coach_handover.id"], name=op.f("fk_coach_handover_move_handover_id_coach_handover")
        ),
        sa.PrimaryKeyConstraint("assignment_id", "handover_id", name=op.f("pk_coach_handover_move")),
    )
    op.create_index(op.f("ix_coach_handover_move_handover_id"), "coach_handover_move", ["handover_id"])


def downgrade() -> None:
    op.drop_table("coach_handover_move")
    op.drop_table("coach_handover")
