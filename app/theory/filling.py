"""The form of a check: its fields, filled in and read, answer by answer.

A question is one field, named after it. One that asks for more (match, order) has a field for each left side or item,
named `question--number`: two dashes stand in no id. A select of match holds the number of a right side, one of order
the place that the item gets, counted from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.kit.text import PARAGRAPH_MAX, clean
from app.theory.questions import CHOSEN, NONE_YET, Answer, Question

Raw = Mapping[str, Sequence[str]]
Problem = tuple[str, str]
"""A field, and the code of what is wrong with it."""
Read = tuple[Answer | None, list[Problem]]
LACKING: Final = frozenset({"unanswered", "missing", "unordered", "no_place"})
"""Codes of what is still to come: no trouble for who is not handing in yet."""


def part(question: Question, number: int) -> str:
    """The name of one field of a question that has several."""
    return f"{question.id}--{number}"


def fields_of(question: Question) -> list[str]:
    """The names of all fields of a question."""
    if question.type == "match":
        return [part(question, number) for number in range(len(question.pairs))]
    if question.type == "order":
        return [part(question, number) for number in range(len(question.items))]
    return [question.id]


def filled_in(question: Question, answer: Answer | None) -> dict[str, list[str]]:
    """An answer as the form holds it: what `read_answers` reads back."""
    if answer is None or isinstance(answer, str):
        return {question.id: [answer]} if answer else {}
    if question.type in CHOSEN:
        return {question.id: [str(one) for one in answer]}
    if question.type == "match":
        return {part(question, left): [str(right)] for left, right in enumerate(answer) if right != NONE_YET}
    return {part(question, item): [str(place)] for place, item in enumerate(answer, start=1)}


def read_answers(questions: Sequence[Question], raw: Raw) -> tuple[dict[str, Answer], list[Problem]]:
    """The answers by question as far as they are good, and what is wrong or lacks, at its field.

    A select of match that was left alone leaves the others standing; of order all or nothing is an answer.
    """
    known = {name for question in questions for name in fields_of(question)}
    answers: dict[str, Answer] = {}
    problems: list[Problem] = [("", "not_asked")] if set(raw) - known else []
    for question in questions:
        answer, wrong = _READERS.get(question.type, _chosen)(question, raw)
        problems += wrong
        if answer:
            answers[question.id] = answer
    return answers, problems


def _text(question: Question, raw: Raw) -> Read:
    try:
        text = clean(_last(raw, question.id))
    except ValueError:
        return None, [(question.id, "odd_sign")]
    if len(text) > PARAGRAPH_MAX:
        return None, [(question.id, "answer_too_long")]
    return text, [] if text else [(question.id, "missing")]


def _chosen(question: Question, raw: Raw) -> Read:
    values = {value for value in raw.get(question.id, ()) if value}
    if not values:
        return None, [(question.id, "unanswered")]
    numbers = sorted(number for value in values if (number := _number(value)) is not None)
    if len(numbers) == len(values) and question.takes(numbers):
        return numbers, []
    return None, [(question.id, "enum")]


def _pairs(question: Question, raw: Raw) -> Read:
    problems, found = [], []
    for name in fields_of(question):
        value = _last(raw, name)
        right = _number(value)
        if right is None or right >= len(question.choices):
            problems.append((name, "enum" if value else "unanswered"))
            right = NONE_YET
        found.append(right)
    return found if set(found) != {NONE_YET} else None, problems


def _places(question: Question, raw: Raw) -> Read:
    names = fields_of(question)
    if not any(_last(raw, name) for name in names):
        return None, [(question.id, "unordered")]
    problems: list[Problem] = []
    laid: dict[int, int] = {}
    for item, name in enumerate(names):
        value = _last(raw, name)
        place = _number(value)
        if place is None or not 1 <= place <= len(names):
            problems.append((name, "enum" if value else "no_place"))
        elif place in laid:
            problems.append((name, "place_taken"))
        else:
            laid[place] = item
    return [laid[place] for place in sorted(laid)] if not problems else None, problems


_READERS: Final = {"open": _text, "match": _pairs, "order": _places}


def _last(raw: Raw, name: str) -> str:
    return ([*raw.get(name, ())] or [""])[-1]


def _number(value: str) -> int | None:
    """A number as our own pages write it: 00, +1 and other digits are none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 3 and str(int(value)) == value else None
