"""People sit at tables within a meeting.

Safe with the old program: two new tables, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("intervision_group", "group_seat")


def upgrade() -> None:
    op.create_table(
        TABLES[0],
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("session_id", INT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("facilitator_id", INT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_session.id"], name=op.f("fk_intervision_group_session_id_intervision_session")
        ),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["person.id"], name=op.f("fk_intervision_group_facilitator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_group")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_intervision_group_session_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_intervision_group_facilitator_id"), TABLES[0], ["facilitator_id"], unique=False)
    op.create_table(
        TABLES[1],
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("signup_id", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["intervision_group.id"], name=op.f("fk_group_seat_group_id_intervision_group")
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["meeting_signup.id"], name=op.f("fk_group_seat_signup_id_meeting_signup")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_seat")),
        sa.UniqueConstraint("signup_id", name=op.f("uq_group_seat_signup_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_group_seat_group_id"), TABLES[1], ["group_id"], unique=False)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
