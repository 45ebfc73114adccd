"""Two windows or devices, one form: where what is stored differs from what was typed, for somebody to choose."""

from __future__ import annotations

from dataclasses import dataclass

from app.courses.rules import AssignmentDefinition, Rubric
from app.practice import inputs
from app.practice.record_page import PreparationView, SelfDraft
from app.practice.results import level_words
from app.practice.rules.forms import Observation, checks_of, criteria_of

WRITTEN = ("goal", "session_plan", "learning_question")


@dataclass(frozen=True)
class Difference:
    """What was saved elsewhere in the meantime, where it differs from what was typed here."""

    title: str
    saved: str
    typed: str


def observation_differences(
    saved: Observation, typed: Observation, definition: AssignmentDefinition, rubric: Rubric
) -> tuple[Difference, ...]:
    """Where two states of one form differ, in words."""
    found: list[Difference] = []

    def note(title: str, one: str, other: str) -> None:
        if one != other:
            found.append(Difference(title, one, other))

    for criterion in criteria_of(definition, rubric):
        levels = [
            level_words(criterion, rubric, form.scores[criterion.code])[0] if criterion.code in form.scores else ""
            for form in (saved, typed)
        ]
        note(criterion.title, *levels)
        note(criterion.title, saved.notes.get(criterion.code, ""), typed.notes.get(criterion.code, ""))
    for check in checks_of(definition, rubric):
        answers = [form.checks.get(check.slug) for form in (saved, typed)]
        note(check.text, *(f"{one.answer.value} {one.reason}".strip() if one else "" for one in answers))
    for name in ("strong", "growing", "agreements"):
        note(name, " / ".join(getattr(saved, name)), " / ".join(getattr(typed, name)))
    return tuple(found)


def preparation_differences(saved: PreparationView | None, typed: inputs.Preparation) -> tuple[Difference, ...]:
    """Where the preparation that stands differs from the one that was typed."""
    pairs = [(name, getattr(saved, name) if saved else "", getattr(typed, name)) for name in WRITTEN]
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def self_view_differences(
    saved: SelfDraft, typed: inputs.SelfView, definition: AssignmentDefinition, rubric: Rubric
) -> tuple[Difference, ...]:
    """Where the self-scores that stand differ from those that were chosen here."""
    scores = typed.scores()
    found = []
    for criterion in criteria_of(definition, rubric):
        one, other = (
            level_words(criterion, rubric, levels[criterion.code])[0] if criterion.code in levels else ""
            for levels in (saved.scores, scores)
        )
        if one != other:
            found.append(Difference(criterion.title, one, other))
    if saved.note != typed.note:
        found.append(Difference("note", saved.note, typed.note))
    return tuple(found)
