"""The end presentation of a group in the calendars of its leader and her coach.

Safe with the old program: it knows nothing of the table. Groups that were entered before get their entries when
they change next.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "presentation_entry",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("delivery_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("sequence", INT, nullable=False),
        sa.Column("gone_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_presentation_entry_delivery_id_delivery")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presentation_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentation_entry")),
        sa.UniqueConstraint("delivery_id", "person_id", name=op.f("uq_presentation_entry_delivery_id_person_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_presentation_entry_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_presentation_entry_person_id"), "presentation_entry", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_presentation_entry_person_id"), table_name="presentation_entry")
    op.drop_table("presentation_entry")
