"""Who came only half in, with a password or a mailbox but without her app, is nobody: on every route there is.

The matrix says what a stranger gets; here it is held that somebody half in gets the same, whoever she will be when
she is in. Only what lets her show her app, set one up, or go away again is another matter.
"""

from __future__ import annotations

from typing import Final

import pytest

from app.access import Permission
from tests.authz.scene import ENTRIES, NO, Scene, expected_of, told
from tests.authz.tries import path_of
from tests.authz.world import HALF_IN

HERS: Final = {
    "sign_in.form": "303",  # on to the step
    "second.step_form": "200",
    "second.step": "422",
    "second.begin_form": "303",  # there is an app: on to the step
    "second.begin": "422",
}
"""What she gets where a stranger gets something else; six zeros are not the code."""
COUNTED: Final = frozenset({"second.step"})
"""Where the limit on trying is written down although the answer is no."""


@pytest.mark.parametrize("who", HALF_IN.values())
def test_half_in_is_nobody(scene: Scene, who: str) -> None:
    found = []
    for entry in ENTRIES:
        expected = HERS.get(entry.name, expected_of(entry, "anonymous"))
        response = scene.send(entry, path_of(entry.path, entry.name, scene.world), who)
        got, wrote = told(response), scene.wrote()
        if got != expected:
            found.append(f"{entry.method} {entry.name}: {got}, not {expected}")
        if wrote and (got in NO or entry.policy is not Permission.PUBLIC) and entry.name not in COUNTED:
            found.append(f"{entry.method} {entry.name}: {got}, and something was written")
    assert not found, "\n".join(found)


def test_that_permission_is_for_the_door_only() -> None:
    """No other page may be opened to who is half in."""
    assert {entry.name for entry in ENTRIES if entry.policy is Permission.COME_IN} == {
        "second.step_form",
        "second.step",
        "second.begin_form",
        "second.begin",
    }
