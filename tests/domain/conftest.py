"""What several tests of one domain begin with."""

from __future__ import annotations

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
