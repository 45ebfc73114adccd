"""Sign-offs that were taken back, why, and that a professional read her result.

A submission may have more than one sign-off, of which one stands. Safe with the old program: it writes no
`replaces_id`, so that for it a submission is still signed once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime
from migrations import triggers

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
FROZEN = ("sign_off_withdrawal", "result_seen")
FIRST_ONLY = sa.text("replaces_id IS NULL")
PARENTS = {
    "assessment_id": "assessment",
    "coach_id": "person",
    "event_id": "ledger_event",
    "record_id": "assignment_record",
    "submission_id": "submission",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(
            sa.Column("replaces_id", INT, nullable=True), _foreign("replaces_id", "sign_off"), _unique("replaces_id")
        )
    else:
        op.add_column("sign_off", sa.Column("replaces_id", INT, nullable=True))
        op.create_foreign_key(op.f("fk_sign_off_replaces_id_sign_off"), "sign_off", "sign_off", ["replaces_id"], ["id"])
        op.create_unique_constraint(op.f("uq_sign_off_replaces_id"), "sign_off", ["replaces_id"])
        op.drop_constraint("uq_sign_off_submission_id", "sign_off", type_="unique")
        triggers.drop("sign_off")
        triggers.create("sign_off")
    op.create_index(
        "uq_sign_off_first",
        "sign_off",
        ["submission_id"],
        unique=True,
        sqlite_where=FIRST_ONLY,
        postgresql_where=FIRST_ONLY,
    )
    _correction()
    _withdrawal()
    op.create_table(
        "result_seen",
        sa.Column("sign_off_id", INT, autoincrement=False, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"], name=op.f("fk_result_seen_sign_off_id_sign_off")),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_result_seen_event_id_ledger_event")),
        sa.PrimaryKeyConstraint("sign_off_id", name=op.f("pk_result_seen")),
    )
    for table in FROZEN:
        triggers.create(table)


def downgrade() -> None:
    """Only while nothing was taken back: without its withdrawal a sign-off would stand again. Raises: RuntimeError."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM sign_off_withdrawal")):
        raise RuntimeError("sign-offs were taken back: going down would make them stand again")
    for table in FROZEN:
        triggers.drop(table)
    for table in ("result_seen", "sign_off_withdrawal_content", "sign_off_withdrawal", "correction"):
        op.drop_table(table)
    op.drop_index("uq_sign_off_first", table_name="sign_off")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_unique("submission_id"))
    else:
        op.create_unique_constraint(op.f("uq_sign_off_submission_id"), "sign_off", ["submission_id"])
        op.drop_column("sign_off", "replaces_id")
        triggers.drop("sign_off")
        triggers.create("sign_off")


def _correction() -> None:
    still_open = sa.text("settled_at IS NULL")
    op.create_table(
        "correction",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("sign_off_id", INT, nullable=False),
        sa.Column("asked_by_id", INT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", INT, nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"], name=op.f("fk_correction_sign_off_id_sign_off")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_correction_asked_by_id_person")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_correction_settled_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_correction_sign_off_id"), "correction", ["sign_off_id"], unique=False)
    op.create_index(
        "uq_correction_open",
        "correction",
        ["sign_off_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _withdrawal() -> None:
    table = "sign_off_withdrawal"
    op.create_table(
        table,
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("sign_off_id", INT, nullable=False),
        sa.Column("asked_by_id", INT, nullable=False),
        sa.Column("decided_by_id", INT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"], name=op.f(f"fk_{table}_sign_off_id_sign_off")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f(f"fk_{table}_asked_by_id_person")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f(f"fk_{table}_decided_by_id_person")),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f(f"fk_{table}_event_id_ledger_event")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("sign_off_id", name=op.f(f"uq_{table}_sign_off_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        f"{table}_content",
        sa.Column("withdrawal_id", INT, autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], [f"{table}.id"], name=op.f(f"fk_{table}_content_withdrawal_id_{table}")
        ),
        sa.PrimaryKeyConstraint("withdrawal_id", name=op.f(f"pk_{table}_content")),
    )


def _foreign(column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_sign_off_{column}_{parent}"))


def _unique(column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_sign_off_{column}"))


def _rebuild(*more: sa.Column[int] | sa.Constraint) -> None:
    """SQLite cannot take a constraint off a table: make it anew beside the old one, with its rows and its triggers."""
    op.create_table(
        "sign_off_anew",
        sa.Column("id", INT, nullable=False),
        *(sa.Column(name, INT, nullable=False) for name in ("record_id", "submission_id", "assessment_id", "attempt")),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("suggested", sa.String(), nullable=False),
        sa.Column("coach_id", INT, nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("event_id", INT, nullable=False),
        *more,
        sa.CheckConstraint("decision IN ('signed_off', 'returned', 'not_met')", name=op.f("ck_sign_off_decision")),
        *(_foreign(column, parent) for column, parent in PARENTS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sqlite_autoincrement=True,
    )
    columns = ", ".join(("id", *PARENTS, "attempt", "decision", "suggested", "signed_at", "digest"))
    op.execute(f"INSERT INTO sign_off_anew ({columns}) SELECT {columns} FROM sign_off")  # noqa: S608 - our own words
    op.drop_table("sign_off")  # with its triggers
    op.rename_table("sign_off_anew", "sign_off")
    op.create_index(op.f("ix_sign_off_coach_id"), "sign_off", ["coach_id"], unique=False)
    op.create_index(op.f("ix_sign_off_record_id"), "sign_off", ["record_id"], unique=False)
    triggers.create("sign_off")
