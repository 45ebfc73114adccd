"""When a sign-off may be taken back, and by whom alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.practice.rules.corrections import CorrectionFacts, alone, objection

FINE = CorrectionFacts(
    stands=True, latest=True, readable=True, handed_in_since=False, visit_since=False, training_open=True
)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"stands": False}, "correction_done"),
        ({"training_open": False}, "training_closed"),
        ({"latest": False}, "correction_not_latest"),
        ({"readable": False}, "correction_too_late"),
        ({"handed_in_since": True}, "correction_overtaken"),
        ({"visit_since": True}, "correction_visit_planned"),
    ],
)
def test_what_stands_in_the_way(changed: dict[str, bool], code: str | None) -> None:
    assert objection(replace(FINE, **changed)) == code


@pytest.mark.parametrize(
    ("four_eyes", "is_admin", "admins", "expected"),
    [
        ("always", True, 1, False),
        ("when_two_admins", True, 1, True),
        ("when_two_admins", True, 2, False),
        ("never", True, 5, True),
        ("never", False, 1, False),  # a coach never takes back what she signed by herself
    ],
)
def test_whose_two_eyes_are_enough(four_eyes: str, is_admin: bool, admins: int, expected: bool) -> None:
    assert alone(four_eyes, is_admin=is_admin, admins=admins) is expected
