"""Who looks for a group, which organisations look for a trainer, and who was brought together.

Safe with the old program: it knows nothing of the tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _lists() -> list[sa.Column[list[str]]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in ("regions", "days", "parts")]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "group_search",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        *_lists(),
        *_text("offer", "ended_why"),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        _to("group_search", "person_id", "person"),
        _to("group_search", "intervention_id", "intervention"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_search")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_group_search_person_id"), "group_search", ["person_id"])
    open_ = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_group_search_open", "group_search", ["person_id"], unique=True, sqlite_where=open_, postgresql_where=open_
    )
    op.create_table(
        "trainer_request",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", INT, nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.Column("asked_by_id", INT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        *_lists(),
        *_text("place", "goal_group", "contact_name", "contact_email", "contact_phone", "ended_why"),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        _to("trainer_request", "organisation_id", "organisation"),
        _to("trainer_request", "intervention_id", "intervention"),
        _to("trainer_request", "asked_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_request")),
        sqlite_autoincrement=True,
    )
    for column in ("organisation_id", "asked_by_id"):
        op.create_index(op.f(f"ix_trainer_request_{column}"), "trainer_request", [column])
    op.create_table(
        "group_link",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("search_id", INT, nullable=False),
        sa.Column("request_id", INT, nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("linked_by_id", INT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        _to("group_link", "search_id", "group_search"),
        _to("group_link", "request_id", "trainer_request"),
        _to("group_link", "linked_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_link")),
        sqlite_autoincrement=True,
    )
    holds = sa.text("undone_at IS NULL")
    for side in ("search", "request"):
        op.create_index(
            f"uq_group_link_{side}",
            "group_link",
            [f"{side}_id"],
            unique=True,
            sqlite_where=holds,
            postgresql_where=holds,
        )


def downgrade() -> None:
    op.drop_table("group_link")
    op.drop_table("trainer_request")
    op.drop_table("group_search")
