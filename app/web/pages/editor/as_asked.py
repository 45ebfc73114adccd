"""A question as who follows the course will see it: while it is asked, and after the check was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.theory.attempts import ShownQuestion, shown_answer
from app.theory.questions import CHOSEN, Answer, Question, draw
from app.theory.quizzes import AskedQuestion, Check, shown_as

SEED: Final = "voorbeeld"
"""Choices lie in one order, however often an author looks."""


def question_of(facts: Mapping[str, Any], number: int) -> Question | None:
    """What was typed as a question; None while there is nothing to answer yet."""
    known = {key: value for key, value in facts.items() if value is not None} | {"id": f"voorbeeld-{number}"}
    question = Question.from_facts(known | {"pool": ""})
    whole = question.type == "open" or len(question.choices) > 1
    return question if question.text and whole else None


def as_asked(question: Question) -> AskedQuestion:
    asked = draw([question], {}, seed=SEED)
    return shown_as(Check("", 0, "", (question,), {}), asked)[0]


def as_answered(question: Question, number: int, said: str) -> tuple[ShownQuestion, ...]:
    """What she reads afterwards: with a right answer, and with the other ones. `said`: instead of an open answer."""
    right: Answer = said if question.type == "open" else question.right_answer
    answers: list[Answer] = [right] if right else []
    if question.type in CHOSEN:
        wrong = [index for index, option in enumerate(question.options) if not option.right]
        answers += [wrong] if wrong else []
    return tuple(shown_answer(number, question, one, back=None, open_book=False) for one in answers)
