"""Instants as they stand in the database, and the marks of personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from app.kit.localtime import AMSTERDAM
from app.kit.tables import UTCDateTime, pii

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
DIALECTS = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("zone", [UTC, AMSTERDAM, timezone(timedelta(hours=-9, minutes=-30))], ids=str)
def test_an_instant_comes_back_as_the_same_instant_in_utc(dialect: Dialect, zone: timezone) -> None:
    kept = UTCDateTime().process_bind_param(NOON.astimezone(zone), dialect)
    back = UTCDateTime().process_result_value(kept, dialect)
    assert back == NOON
    assert back is not None
    assert back.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_without_zone_is_refused_and_nothing_stays_nothing(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(NOON.replace(tzinfo=None), dialect)
    assert UTCDateTime().process_bind_param(None, dialect) is None
    assert UTCDateTime().process_result_value(None, dialect) is None


def test_personal_data_needs_a_purpose_and_a_period() -> None:
    with pytest.raises(ValueError, match="purpose"):
        pii("person")
    with pytest.raises(ValueError, match="purpose"):
        pii("contact", "to call")
    assert pii("none") == {"pii": "none", "purpose": "", "keep": "", "on_erase": "keep"}
