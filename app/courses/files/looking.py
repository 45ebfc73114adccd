"""One file of a course by itself, while somebody writes it: how it reads, and what is wrong at which line.

What only the whole course can say (names used twice, references) waits for the check of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from app.courses.files.crossings import add_up
from app.courses.files.document import front_matter, read_yaml
from app.courses.files.doing import needed
from app.courses.files.markdown import render
from app.courses.files.models import (
    AssignmentFile,
    CourseFile,
    HandbookFile,
    LessonHead,
    PolicyFile,
    Rendered,
    RubricFile,
    SessionHead,
)
from app.courses.files.problems import Problem, Problems
from app.courses.files.questions import QuizFile
from app.courses.files.writing import Library

MODELS: Final[dict[str, type[BaseModel]]] = {
    "course.yaml": CourseFile,
    "policy.yaml": PolicyFile,
    "rubric.yaml": RubricFile,
    "handbook/handbook.yaml": HandbookFile,
}
"""Which model a file is read as, where its whole path says so."""
SAID: Final = ("what", "good", "coach_looks_at")


@dataclass(frozen=True)
class Look:
    """How a file reads. `head`: what stands above the text, or in the file; None when it is not right yet."""

    head: Any
    text: Rendered | None
    problems: tuple[Problem, ...]


def look_at(path: str, text: str, library: Library) -> Look:
    """Read one text of a course."""
    problems = Problems()
    if path.endswith(".md"):
        return _marked(path, text, library, problems)
    document = read_yaml(text, path, problems)
    model = model_of(path)
    value = document.into(model, problems) if document is not None and model is not None else None
    if document is not None and isinstance(value, AssignmentFile):
        for name in SAID:
            line, _ = document.at(name)
            render(getattr(value, name), file=path, first_line=line, problems=problems, library=library)
    return Look(value, None, tuple(problems.in_order()))


def _marked(path: str, text: str, library: Library, problems: Problems) -> Look:
    cut = front_matter(text, path, problems)
    if cut is None:
        shown = render(text, file=path, first_line=0, problems=problems, library=library)
        return Look(None, shown, tuple(problems.in_order()))
    head_text, body, line = cut
    document = read_yaml(head_text, path, problems, first_line=1)
    model: type[BaseModel] = SessionHead if path.startswith("handbook/") else LessonHead
    head = document.into(model, problems) if document is not None else None
    if document is not None and isinstance(head, SessionHead):
        add_up(head, document, problems)
    shown = render(body, file=path, first_line=line, problems=problems, library=library)
    if not body.strip():
        problems.add(path, line + 1, 1, "Onder de kop staat nog geen tekst.", "Schrijf hem hieronder.")
    if document is not None and isinstance(head, LessonHead):
        for place in needed(head.required_blocks, shown.blocks):
            sentence = f"Blok ‘{head.required_blocks[place]}’ staat niet in deze les."
            hint = "Noem een vraag, reflectie, video of geluid uit de tekst."
            document.problem(problems, ("required_blocks", place), sentence, hint)
    return Look(head, shown, tuple(problems.in_order()))


def model_of(path: str) -> type[BaseModel] | None:
    """What a YAML file should be, by its path; None for one that a course does not have."""
    if path in MODELS:
        return MODELS[path]
    if path.startswith("assignments/"):
        return AssignmentFile
    if path.endswith("/toets.yaml"):
        return QuizFile
    return None
