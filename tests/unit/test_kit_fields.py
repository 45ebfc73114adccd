"""What a form may say of a time: what the clock on the wall shows, nothing more."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.kit.fields import OptionalTime, TimeOfDay


@pytest.mark.parametrize("given", ["13:30", "13:30:00", "23:59"])
def test_a_time_as_a_clock_shows_it(given: str) -> None:
    assert TypeAdapter(TimeOfDay).validate_python(given) == time.fromisoformat(given)


@pytest.mark.parametrize("given", ["13:30Z", "13:30+14:00", "23:59:59.999999-12:00", "25:61", "morgen"])
def test_a_time_of_elsewhere_is_none(given: str) -> None:
    adapters: tuple[TypeAdapter[Any], ...] = (TypeAdapter(TimeOfDay), TypeAdapter(OptionalTime))
    for adapter in adapters:
        with pytest.raises(ValidationError) as wrong:
            adapter.validate_python(given)
        assert [error["type"] for error in wrong.value.errors()] == ["time_parsing"]


def test_an_empty_box_is_no_time() -> None:
    assert TypeAdapter(OptionalTime).validate_python("") is None
