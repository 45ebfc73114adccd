"""What the road of the demo is made of, read once from the published edition."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.courses.rules import AssignmentDefinition, Outline, Rubric


@dataclass(frozen=True)
class Step:
    """A lesson, or a check."""

    slug: str
    check: bool = False


@dataclass(frozen=True)
class Course:
    """What the road is made of, read once from the published edition."""

    slug: str
    edition_id: int
    intervention_id: int
    steps: tuple[Step, ...]
    first_steps: int
    assignments: tuple[tuple[int, AssignmentDefinition], ...]
    rubric: Rubric


def read_course(db: Session, edition_id: int, intervention_id: int) -> Course:
    """The steps of theory in their order, and the assignments. `first_steps`: those of the first module."""
    outline: Outline = edition_of(db, edition_id).outline
    steps: list[Step] = []
    for module in outline.open_modules:
        steps += [Step(lesson.slug) for lesson in module.lessons]
        if module.quiz is not None:
            steps.append(Step(module.quiz.slug, check=True))
    first = outline.open_modules[0]
    return Course(
        slug=outline.slug,
        edition_id=edition_id,
        intervention_id=intervention_id,
        steps=tuple(steps),
        first_steps=len(first.lessons) + (first.quiz is not None),
        assignments=tuple(edition_of(db, edition_id).assignments),
        rubric=edition_of(db, edition_id).rubric,
    )
