"""What the matrix sends to the forms of a course and its shape, in the draft that Aya writes at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from app.courses.drafts.reading import stored_in_draft
from app.courses.drafts.structure import OF_COURSE, facts_of, going_with
from app.courses.files.course_text import read_course, top_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.authz.world import World

NEW: Final = {"title": "Nieuw", "summary": "Je kunt het.", "lesson": "Eerste les"}
LESSON: Final = {"version": "1", "title": "Wat is het?", "minutes": "10", "intro": "Kijk.", "body": "Tekst."}
AT_SHAPE: Final[dict[str, Callable[[World], dict[str, Any]]]] = {
    "editor.add_check": lambda world: {"module": world.things["module"]},
    "editor.add_lesson": lambda world: {"module": world.things["module"], "title": "Nog een les"},
    "editor.add_module": lambda world: NEW,  # noqa: ARG005
    "editor.ask_in_text": lambda world: {"kind": "one", "text": "Hoe?"},  # noqa: ARG005
    "editor.drop": lambda world: {"version": world.things["draft_version"]},
    "editor.keep": lambda world: LESSON,  # noqa: ARG005
    "editor.keep_facts": lambda world: world.things["draft_course_form"],
    "editor.keep_module": lambda world: world.things["draft_module_form"],
    "editor.keep_part": lambda world: world.things["draft_part_form"],
    "editor.lay_lesson": lambda world: {"module": world.things["module"], "title": "Nog een les"},
    "editor.move": lambda world: {"do": "down"},  # noqa: ARG005
    "editor.move_module": lambda world: {"do": "down"},  # noqa: ARG005
    "editor.remove_module": lambda world: world.things["draft_going"],
    "editor.start": lambda world: {"title": "Samen zingen", "summary": "Je leert samen zingen."},  # noqa: ARG005
}
"""By route, the form."""


def shape_forms(db: Session, draft: int, module: str) -> dict[str, Any]:
    """What the forms would send when nothing was changed in them."""
    stored = stored_in_draft(db, draft)
    sheet = read_course(stored["course.yaml"].text or "")
    there = sheet.module(module) if sheet is not None else None
    assert sheet is not None
    assert there is not None
    lesson = next(file for path, file in stored.items() if path.endswith("02-wat-is-mijn-verhaal.md"))
    return {
        "draft_course_form": _sent({name: getattr(sheet.course, name) for name in OF_COURSE}),
        "draft_module_form": _sent(facts_of(there)),
        "draft_part_form": {name: top_of(lesson.text or "")[name] for name in ("title", "minutes")},
        "draft_going": {"seen": going_with(there, {path: file.sha256 for path, file in stored.items()})},
    }


def _sent(facts: dict[str, Any]) -> dict[str, Any]:
    said = {key: "on" if value is True else value for key, value in facts.items()}
    return {key: value for key, value in said.items() if value not in (None, False, [])}
