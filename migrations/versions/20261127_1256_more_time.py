"""More days for a training, and another day for a piece that was asked for.

Safe with the old program: it knows nothing of the tables, and shows the days as they were.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "enrolment_extension",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("days", INT, nullable=False),
        sa.Column("granted_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", INT, nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 180", name=op.f("ck_enrolment_extension_days")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_extension_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["person.id"], name=op.f("fk_enrolment_extension_granted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_extension")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enrolment_extension_enrolment_id"), "enrolment_extension", ["enrolment_id"])
    op.create_table(
        "return_extension",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("sign_off_id", INT, nullable=False),
        sa.Column("by_when", sa.Date(), nullable=False),
        sa.Column("granted_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["person.id"], name=op.f("fk_return_extension_granted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sign_off_id"], ["sign_off.id"], name=op.f("fk_return_extension_sign_off_id_sign_off")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_extension")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_return_extension_sign_off_id"), "return_extension", ["sign_off_id"])


def downgrade() -> None:
    op.drop_table("return_extension")
    op.drop_table("enrolment_extension")
