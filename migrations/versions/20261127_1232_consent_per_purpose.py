"""Consent for each purpose apart, and that it was taken back.

What was attested before was attested for the assessment, and for nothing else. Safe with the old program: a photo of
people that it takes meanwhile has no row here, and is shown for the assessment as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = """
    INSERT INTO consent_attestation (evidence_id, purpose, attested_by_id, attested_at)
    SELECT evidence.id, 'assessment', coalesce(evidence.added_by_id, enrolment.person_id), evidence.uploaded_at
    FROM evidence
    JOIN assignment_record ON assignment_record.id = evidence.record_id
    JOIN enrolment ON enrolment.id = assignment_record.enrolment_id
    WHERE evidence.recognisable = 'attested'
"""


def upgrade() -> None:
    op.create_table(
        "consent_attestation",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("evidence_id", INT, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("attested_by_id", INT, nullable=False),
        sa.Column("attested_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", INT, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('assessment', 'intervision', 'training', 'publication')",
            name=op.f("ck_consent_attestation_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_consent_attestation_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["attested_by_id"], ["person.id"], name=op.f("fk_consent_attestation_attested_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["person.id"], name=op.f("fk_consent_attestation_withdrawn_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_attestation")),
        sa.UniqueConstraint("evidence_id", "purpose", name=op.f("uq_consent_attestation_evidence_id_purpose")),
        sqlite_autoincrement=True,
    )
    op.add_column("evidence", sa.Column("withdrawn_at", UTCDateTime(timezone=True), nullable=True))
    op.execute(BEFORE)


def downgrade() -> None:
    op.drop_column("evidence", "withdrawn_at")
    op.drop_table("consent_attestation")
