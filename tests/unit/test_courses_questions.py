"""Questions of a check as an author writes them: each kind, and what is told where when one cannot be answered."""

from __future__ import annotations

from typing import Final

import pytest

from app.courses.files.document import read_yaml
from app.courses.files.problems import Problems
from app.courses.files.questions import NEEDED, QuestionBody, QuizFile

FILE: Final = "toets.yaml"
CHECK: Final = """slug: toets
title: Toets
minutes: 5
draws: {beeld: 1}
questions:
  - {id: a, type: one, text: Wat?, critical: true, options: [{text: Ja, right: true}, {text: Nee, right: false}]}
  - id: b
    type: match
    text: Wat hoort bij wat?
    pairs:
      - {left: Knippen, right: Beeld}
      - {left: Plakken, right: Beeld}
    extra: [Geluid]
  - id: c
    type: order
    text: Wat komt eerst?
    items: [Kring, Werken, Afsluiten]
  - {id: d, type: open, text: Hoe doe jij het?, good: Noemt een plek.}
  - {id: e, type: true_false, text: Ja?, pool: beeld, options: [{text: Waar, right: true}, {text: Niet, right: false}]}
  - {id: f, type: open, text: Waarom?, pool: beeld, good: Een reden.}
"""


def read(text: str) -> tuple[QuizFile | None, list[str]]:
    problems = Problems()
    document = read_yaml(text, FILE, problems)
    quiz = document.into(QuizFile, problems) if document else None
    return quiz, [str(problem) for problem in problems.in_order()]


def test_every_kind_can_be_written() -> None:
    quiz, told = read(CHECK)
    assert told == []
    assert quiz is not None
    assert [question.type for question in quiz.questions] == ["one", "match", "order", "open", "true_false", "open"]
    assert quiz.asked == 5
    assert set(NEEDED) == set(QuestionBody.model_fields["type"].annotation.__args__)  # type: ignore[union-attr]


def test_what_was_not_written_is_not_stored() -> None:
    """A course that draws nothing and matches nothing keeps its content hash, and with it its edition."""
    quiz, _ = read(CHECK)
    assert quiz is not None
    one, match = (question.model_dump() for question in quiz.questions[:2])
    assert set(one) == {"id", "type", "text", "critical", "options", "explanation"}
    assert set(match) == {"id", "type", "text", "critical", "pairs", "extra", "explanation"}
    plain, _ = read(CHECK.replace("draws: {beeld: 1}\n", "").replace("pool: beeld, ", ""))
    assert plain is not None
    assert set(plain.model_dump()) == {"slug", "title", "minutes", "intro", "questions"}


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("type: match", "type: order", "10:5", "‘pairs’ hoort niet bij een vraag van het soort ‘order’"),
        ("type: match", "type: order", "7:5", "hoort ‘items’"),
        ("left: Plakken", "left: Knippen", "12:10", "‘Knippen’ is er al"),
        ("extra: [Geluid]", "extra: [Beeld]", "13:13", "‘Beeld’ is er al"),
        ("extra: [Geluid]", "extra: []", "10:5", "niets te kiezen"),
        ("items: [Kring, Werken, Afsluiten]", "items: [Kring, Werken]", "17:5", "te weinig onderdelen"),
        ("Werken, Afsluiten]", "Kring, Werken]", "17:20", "‘Kring’ is er al"),
        (", good: Noemt een plek.", "", "18:5", "hoort ‘good’"),
        ("good: Noemt een plek.", "good: ' '", "18:49", "hoort ‘good’"),
        ("id: d,", "id: d, critical: true,", "18:13", "kan niet kritiek zijn"),
        ("id: e,", "id: e, critical: true,", "19:58", "staat niet in een pool"),
        ("type: one", "type: keuze", "6:13", "Kies uit: one, several, true_false, match, order, open."),
        ("{text: Nee, right: false}", "{text: Ja, right: false}", "6:88", "‘Ja’ is er al"),
        ("draws: {beeld: 1}", "draws: {geluid: 1}", "4:9", "geen vraag in pool ‘geluid’"),
        ("draws: {beeld: 1}\n", "", "18:42", "Zet bovenaan de toets draws: {beeld: 2}."),
        ("draws: {beeld: 1}", "draws: {beeld: 2}", "4:9", "is te klein"),
        ("draws: {beeld: 1}", "draws: {beeld: 0}", "4:9", "te laag"),
        ("draws: {beeld: 1}", "draws: {Beeld A: 1}", "4:9", "‘Beeld A’ heeft een naam die niet mag"),
    ],
)
def test_what_cannot_be_answered_is_told_at_its_place(old: str, new: str, at: str, words: str) -> None:
    assert CHECK.count(old) == 1
    quiz, told = read(CHECK.replace(old, new))
    assert quiz is None
    assert any(line.startswith(f"{FILE}:{at}: ") and words in line for line in told), told


def test_a_check_that_may_count_nothing_is_refused() -> None:
    """Drawn badly it would be open answers only, and of what is not scored nobody can pass a share."""
    head, _, questions = CHECK.partition("questions:\n")
    pool = [line for line in questions.splitlines() if "pool" in line]
    spare = pool[1].replace("id: f", "id: g")
    quiz, told = read("\n".join([f"{head}questions:", *pool, spare]))
    assert quiz is None
    assert any("tellen niet mee" in line for line in told), told
    quiz, told = read(
        "\n".join(
            [f"{head.replace('beeld: 1', 'beeld: 3')}questions:", *pool, spare, pool[0].replace("id: e", "id: h")]
        )
    )
    assert told == []
