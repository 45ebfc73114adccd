"""An index of what stands in an edition, so that it can be searched.

Safe with the old program: it knows nothing of these tables. Editions from before have no index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENTRY, TERM = "search_entry", "search_term"


def upgrade() -> None:
    op.create_table(
        ENTRY,
        *_of_an_edition(ENTRY),
        sa.Column("number", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_search_entry_edition_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        TERM,
        *_of_an_edition(TERM),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.UniqueConstraint("edition_id", "term", name=op.f("uq_search_term_edition_id_term")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(TERM)
    op.drop_table(ENTRY)


def _of_an_edition(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f(f"fk_{table}_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
