"""Who added a piece of evidence, and what the sender calls it.

Safe with the old program: both columns may be empty, and it writes neither.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    name = op.f("fk_evidence_added_by_id_person")
    person = sa.ForeignKey("person.id", name=name)
    op.add_column("evidence", sa.Column("added_by_id", INT, person, nullable=True), inline_references=True)
    op.add_column("evidence", sa.Column("sent_key", sa.String(), nullable=True))
    op.create_index("uq_evidence_sent_key", "evidence", ["record_id", "sent_key"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_evidence_sent_key", table_name="evidence")
    op.drop_column("evidence", "sent_key")
    op.drop_column("evidence", "added_by_id")
