"""Notes of coaches, and which agreements were kept.

Safe with the old program: it knows nothing of either table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "agreement_kept",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("sign_off_id", INT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("kept_by_id", INT, nullable=False),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"], name=op.f("fk_agreement_kept_sign_off_id_sign_off")),
        sa.ForeignKeyConstraint(["kept_by_id"], ["person.id"], name=op.f("fk_agreement_kept_kept_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_kept")),
        sa.UniqueConstraint("sign_off_id", "number", name=op.f("uq_agreement_kept_sign_off_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "coach_note",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("author_id", INT, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("come_back_on", sa.Date(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_coach_note_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_coach_note_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coach_note_enrolment_id"), "coach_note", ["enrolment_id"])
    op.create_index(op.f("ix_coach_note_author_id"), "coach_note", ["author_id"])


def downgrade() -> None:
    op.drop_table("coach_note")
    op.drop_table("agreement_kept")
