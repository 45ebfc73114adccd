"""Conversations between a professional and her coach, how far each read, and how each wants to hear of it.

Safe with the old program: it knows nothing of these tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conversation_message",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("author_id", INT, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_conversation_message_record_id_assignment_record")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_conversation_message_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_message")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_conversation_message_author_id"), "conversation_message", ["author_id"])
    op.create_index(op.f("ix_conversation_message_record_id_id"), "conversation_message", ["record_id", "id"])
    op.create_table(
        "conversation_side",
        sa.Column("record_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("read_to", INT, nullable=False),
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("draft_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_conversation_side_record_id_assignment_record")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conversation_side_person_id_person")),
        sa.PrimaryKeyConstraint("record_id", "person_id", name=op.f("pk_conversation_side")),
    )
    op.create_index(op.f("ix_conversation_side_person_id"), "conversation_side", ["person_id"])
    op.create_table(
        "conversation_mail",
        sa.Column("person_id", INT, nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("next_at", UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("choice IN ('at_once', 'daily', 'none')", name=op.f("ck_conversation_mail_choice")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conversation_mail_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_conversation_mail")),
    )


def downgrade() -> None:
    op.drop_table("conversation_mail")
    op.drop_table("conversation_side")
    op.drop_table("conversation_message")
