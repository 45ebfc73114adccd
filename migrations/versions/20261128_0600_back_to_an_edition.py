"""An edition may hold what an older one held: who goes back to it publishes it again.

Safe with the old program: it asks for an edition with this content, and is given one of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime
from migrations import triggers

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
TABLE, ANEW = "course_edition", "course_edition_anew"
ONCE = "uq_course_edition_course_id_content_hash"
TEXTS, FACTS = ("content_hash", "title", "summary"), ("outline", "rubric", "policy")
TWICE = sa.text("SELECT count(*) FROM course_edition GROUP BY course_id, content_hash HAVING count(*) > 1")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.drop_constraint(ONCE, TABLE, type_="unique")


def downgrade() -> None:
    """Only while nobody went back: two editions would be one. Raises: RuntimeError."""
    if op.get_bind().execute(TWICE).first() is not None:
        raise RuntimeError("an older edition was published again: going down cannot keep both")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(sa.UniqueConstraint("course_id", "content_hash", name=op.f(ONCE)))
    else:
        op.create_unique_constraint(op.f(ONCE), TABLE, ["course_id", "content_hash"])


def _rebuild(*more: sa.Constraint) -> None:
    """SQLite cannot take a constraint off a table: make it anew beside the old one, with its rows and its triggers."""
    op.create_table(
        ANEW,
        sa.Column("id", INT, nullable=False),
        *(sa.Column(name, INT, nullable=False) for name in ("course_id", "number")),
        *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS),
        sa.Column("sample", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in FACTS),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_edition_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_edition")),
        *more,
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_edition_course_id_number")),
        sqlite_autoincrement=True,
    )
    columns = ", ".join(("id", "course_id", "number", *TEXTS, "sample", *FACTS, "published_at"))
    op.execute(f"INSERT INTO {ANEW} ({columns}) SELECT {columns} FROM {TABLE}")  # noqa: S608 - our own words
    op.drop_table(TABLE)  # with its triggers
    op.rename_table(ANEW, TABLE)
    op.create_index(op.f("ix_course_edition_course_id"), TABLE, ["course_id"], unique=False)
    triggers.create(TABLE)
