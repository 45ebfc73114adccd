"""Trainers read what a newer edition changed, until a day.

Safe with the old program: three new tables, of which it knows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
UPDATE, TASK, ITEM = "trainer_update", "update_task", "update_item"
OPEN = sa.text("done_at IS NULL AND replaced_at IS NULL")


def upgrade() -> None:
    op.create_table(
        UPDATE,
        sa.Column("edition_id", INT, autoincrement=False, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", INT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        _to("course_edition", UPDATE, "edition_id"),
        _to("person", UPDATE, "made_by_id"),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_trainer_update")),
    )
    op.create_table(
        TASK,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.Column("since_edition_id", INT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("replaced_at", MOMENT, nullable=True),
        _to("course_edition", TASK, "edition_id"),
        _to("person", TASK, "person_id"),
        _to("intervention", TASK, "intervention_id"),
        _to("course_edition", TASK, "since_edition_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_task")),
        sqlite_autoincrement=True,
    )
    for column in ("edition_id", "person_id", "intervention_id", "since_edition_id"):
        op.create_index(op.f(f"ix_update_task_{column}"), TASK, [column], unique=False)
    op.create_index(
        "uq_update_task_open",
        TASK,
        ["person_id", "intervention_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        ITEM,
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("task_id", INT, nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('lesson', 'session')", name=op.f("ck_update_item_kind")),
        _to("update_task", ITEM, "task_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_item")),
        sa.UniqueConstraint("task_id", "kind", "slug", name=op.f("uq_update_item_task_id_kind_slug")),
        sqlite_autoincrement=True,
    )


def _to(table: str, own: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{own}_{column}_{table}"))


def downgrade() -> None:
    for table in (ITEM, TASK, UPDATE):
        op.drop_table(table)
