"""What the matrix sends to the forms of a check and its questions, in the draft that Aya writes at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.authz.world import World

OPEN: Final = {"kind": "open", "text": "Wat zou jij doen?", "good": "Iets kleins."}
AT_CHECK: Final[dict[str, Callable[[World], dict[str, Any]]]] = {
    "editor.check": lambda world: {},  # noqa: ARG005
    "editor.keep_check": lambda world: world.things["draft_check_form"],
    "editor.new_question": lambda world: {},  # noqa: ARG005
    "editor.add_question": lambda world: OPEN,  # noqa: ARG005
    "editor.question": lambda world: {},  # noqa: ARG005
    "editor.keep_question": lambda world: world.things["draft_question_form"],
    "editor.move_question": lambda world: {"do": "down"},  # noqa: ARG005
    "editor.question_goes": lambda world: {},  # noqa: ARG005
    "editor.remove_question": lambda world: {},  # noqa: ARG005
}
"""By route, the form; each is about the file `draft_check`."""
