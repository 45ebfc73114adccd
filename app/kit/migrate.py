"""Bringing the database to the version that the program knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).parent.parent.parent


class NewerDatabase(Exception):
    """The database was made by a newer version of the program than this one."""


def _config(url: str) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - heavy, only commands need it

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = make_url(url)
    return config


def upgrade(url: str, *, data_dir: Path, revision: str = "head") -> None:
    """Run the migrations that are missing; nothing happens when there are none.

    Raises: NewerDatabase when the database knows a version that we do not.
    """
    from alembic import command  # noqa: PLC0415

    data_dir.mkdir(parents=True, exist_ok=True)
    here = current(url)
    if here is not None and here not in _known(url):
        raise NewerDatabase(here)
    command.upgrade(_config(url), revision)


def downgrade(url: str, *, revision: str) -> None:
    """Go back to `revision`; `base` empties the database."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(_config(url), revision)


def head(url: str) -> str | None:
    """The newest revision that the program has."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(_config(url)).get_current_head()


def pending(url: str) -> bool:
    """Whether migrations are missing; reads files and one row, without Alembic: cheap enough for every start."""
    newest = max((ROOT / "migrations" / "versions").glob("2*.py"), key=lambda path: path.name)
    found = re.search(r'^revision = "(.+)"$', newest.read_text(), re.MULTILINE)
    return found is None or current(url) != found[1]


def current(url: str) -> str | None:
    """The revision the database is at; None when it is empty."""
    from sqlalchemy import create_engine, inspect  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and not Path(parsed.database).exists():
            return None
    else:
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
            return row[0] if row else None
    finally:
        engine.dispose()


def _known(url: str) -> set[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return {script.revision for script in ScriptDirectory.from_config(_config(url)).walk_revisions()}
