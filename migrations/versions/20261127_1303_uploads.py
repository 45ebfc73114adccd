"""Files that come in piece by piece, and evidence that is words or a link.

Safe with the old program: the new columns have an empty default, and it knows nothing of the tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("evidence", sa.Column("words", sa.String(), nullable=False, server_default=""))
    op.add_column("evidence", sa.Column("link", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "upload",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("length", INT, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("recognisable", sa.String(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("begun_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("received", INT, nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("finished_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("evidence_id", INT, nullable=True),
        sa.CheckConstraint("received >= 0 AND received <= length", name=op.f("ck_upload_received")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_upload_record_id_assignment_record")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id_person")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_upload_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_upload_record_id"), "upload", ["record_id"], unique=False)
    op.create_index(op.f("ix_upload_person_id"), "upload", ["person_id"], unique=False)
    op.create_index(op.f("ix_upload_expires_at"), "upload", ["expires_at"], unique=False)
    op.create_table(
        "upload_piece",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("upload_id", INT, nullable=False),
        sa.Column("starts_at", INT, nullable=False),
        sa.Column("bytes", INT, nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_piece_upload_id_upload")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_piece")),
        sa.UniqueConstraint("upload_id", "starts_at", name=op.f("uq_upload_piece_upload_id_starts_at")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("upload_piece")
    op.drop_table("upload")
    op.drop_column("evidence", "link")
    op.drop_column("evidence", "words")
