"""People move to a newer edition: what they read again, and with which edition their practice goes on.

Safe with the old program: it knows nothing of the table, and reads the new column nowhere. It shows what has to be
read again as done, until it is replaced.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
CHANGED = "changed_lesson"
PRACTICE = "practice_edition_id"


def upgrade() -> None:
    op.create_table(
        CHANGED,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("lesson_slug", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_changed_lesson_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_changed_lesson_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_lesson")),
        sa.UniqueConstraint(
            "enrolment_id",
            "edition_id",
            "lesson_slug",
            name=op.f("uq_changed_lesson_enrolment_id_edition_id_lesson_slug"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_changed_lesson_edition_id"), CHANGED, ["edition_id"], unique=False)
    _pin_practice()
    op.create_index(op.f("ix_enrolment_practice_edition_id"), "enrolment", [PRACTICE], unique=False)
    op.execute(
        "UPDATE enrolment SET practice_edition_id = edition_id "
        "WHERE EXISTS (SELECT 1 FROM assignment_record WHERE assignment_record.enrolment_id = enrolment.id)"
    )


def _pin_practice() -> None:
    """SQLite takes a reference with a new column, but no constraint afterwards."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE enrolment ADD COLUMN {PRACTICE} INTEGER "
            f"CONSTRAINT fk_enrolment_{PRACTICE}_course_edition REFERENCES course_edition (id)"
        )
        return
    op.add_column("enrolment", sa.Column(PRACTICE, INT, nullable=True))
    op.create_foreign_key(
        op.f(f"fk_enrolment_{PRACTICE}_course_edition"), "enrolment", "course_edition", [PRACTICE], ["id"]
    )


def downgrade() -> None:
    """Only while nobody with practice moved: it would go on with assignments of others.

    Raises: RuntimeError.
    """
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM enrolment WHERE practice_edition_id <> edition_id")):
        raise RuntimeError("people moved with practice that had begun: going down would take it from them")
    op.drop_index(op.f("ix_enrolment_practice_edition_id"), table_name="enrolment")
    op.drop_column("enrolment", PRACTICE)
    op.drop_index(op.f("ix_changed_lesson_edition_id"), table_name=CHANGED)
    op.drop_table(CHANGED)
