"""Work in a child process."""

from __future__ import annotations

import os
from typing import Any

import pytest

from app.kit.child import ChildFailed, call


def echo(content: bytes, *, more: str = "") -> tuple[dict[str, Any], bytes]:
    return {"more": more, "known": sorted(os.environ)}, content[::-1]


def spin(_content: bytes) -> tuple[dict[str, Any], bytes]:
    while True:
        pass


def swell(_content: bytes) -> tuple[dict[str, Any], bytes]:
    return {}, b"x" * (2**31)


def test_the_child_answers_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET", "SMTP_PASSWORD", "DATABASE_URL", "S3_SECRET_KEY"):
        monkeypatch.setenv(name, "marker")
    facts, body = call("tests.unit.test_kit_child:echo", b"abc\n\x00\xff", more="ja")
    assert body == b"\xff\x00\ncba"
    assert facts["more"] == "ja"
    assert {"SECRET", "SMTP_PASSWORD", "DATABASE_URL", "S3_SECRET_KEY"}.isdisjoint(facts["known"])


@pytest.mark.parametrize("function", ["spin", "swell", "absent"])
def test_a_child_that_goes_wrong_is_ended(function: str) -> None:
    with pytest.raises(ChildFailed):
        call(f"tests.unit.test_kit_child:{function}", b"", seconds=1)
