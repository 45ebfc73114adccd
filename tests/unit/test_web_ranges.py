"""A part of a file, as players ask for it."""

from __future__ import annotations

import pytest

from app.web.kit.ranges import wanted


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (None, (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=99-", (99, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=20-10", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
        ("bytes=-", (0, 100)),
        ("bytes=a-b", (0, 100)),
        ("items=0-5", (0, 100)),
        ("bytes=" + "9" * 400 + "-", (0, 100)),
    ],
)
def test_what_is_asked_for(header: str | None, place: tuple[int, int] | None) -> None:
    assert wanted(header, 100) == place


def test_nothing_of_an_empty_file() -> None:
    assert wanted(None, 0) == (0, 0)
    assert wanted("bytes=0-", 0) is None
