"""Numbers of people in professional registers.

Safe with the old program: a new table, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "registration_number"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.CheckConstraint(
            "register IN ('skj', 'registerplein', 'venvn', 'other')", name=op.f("ck_registration_number_register")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_number_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_number")),
        sa.UniqueConstraint("person_id", "register", name=op.f("uq_registration_number_person_id_register")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
