"""What every mapped class shares: the base, the id and instant types, and the marks of personal data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from sqlalchemy import BigInteger, DateTime, Dialect, Identity, Integer, MetaData, event
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Mapper, mapped_column
from sqlalchemy.schema import Table
from sqlalchemy.types import JSON, TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Kind = Literal["none", "person", "contact", "special", "free text", "secret"]
OnErase = Literal["keep", "delete", "null", "pseudonymise"]


def pii(kind: Kind, purpose: str = "", keep: str = "", on_erase: OnErase = "keep") -> dict[str, Any]:
    """The mark of a column: what personal data it holds, why, how long (domain.md 8.5), what erasure does.

    Export, erasure, retention and the register page are checked against these marks.
    """
    if kind != "none" and not (purpose and keep):
        raise ValueError("personal data needs a purpose and a period")
    return {"pii": kind, "purpose": purpose, "keep": keep, "on_erase": on_erase}


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC instants on both engines; SQLite would drop the offset without a word."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(BigId, Identity(always=False), primary_key=True)]
"""A primary key: never reused, used in addresses since scope answers 404 to strangers."""

Instant = Annotated[datetime, mapped_column(UTCDateTime)]


NOT_PERSONAL = pii("none")
WITH_ITS_ROW = "as long as its row"


def refers_to_person(purpose: str) -> dict[str, Any]:
    """The mark of a foreign key to a person: the id stays as a pseudonym after erasure."""
    return pii("person", purpose, WITH_ITS_ROW, "keep")


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """The base of every mapped class: checked constructors, named constraints, aware instants."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UTCDateTime, int: BigId, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


@event.listens_for(Mapper, "after_mapper_constructed")
def _never_reuse_ids(mapper: Mapper[Any], _mapped: type) -> None:
    table = mapper.local_table
    if isinstance(table, Table) and [column.name for column in table.primary_key] == ["id"]:
        table.dialect_options["sqlite"]["autoincrement"] = True
