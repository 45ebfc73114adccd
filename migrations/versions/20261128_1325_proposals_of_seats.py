"""Admins let the planner propose seats for who has none.

Safe with the old program: two new tables, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
WHOLE, LINE = "placing_proposal", "placing_line"


def upgrade() -> None:
    op.create_table(
        WHOLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("round_id", INT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("solver", sa.String(), nullable=False),
        sa.Column("points", INT, nullable=False),
        sa.Column("bound", INT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["intervision_round.id"], name=op.f("fk_placing_proposal_round_id_intervision_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placing_proposal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_placing_proposal_round_id"), WHOLE, ["round_id"], unique=False)
    op.create_table(
        LINE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("chosen_id", INT, nullable=True),
        sa.Column("instead_id", INT, nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["placing_proposal.id"], name=op.f("fk_placing_line_proposal_id_placing_proposal")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_placing_line_person_id_person")),
        sa.ForeignKeyConstraint(["chosen_id"], ["meeting.id"], name=op.f("fk_placing_line_chosen_id_meeting")),
        sa.ForeignKeyConstraint(["instead_id"], ["meeting.id"], name=op.f("fk_placing_line_instead_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placing_line")),
        sa.UniqueConstraint("proposal_id", "person_id", name=op.f("uq_placing_line_proposal_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_placing_line_proposal_id"), LINE, ["proposal_id"], unique=False)
    op.create_index(op.f("ix_placing_line_person_id"), LINE, ["person_id"], unique=False)


def downgrade() -> None:
    for table in (LINE, WHOLE):
        op.drop_table(table)
