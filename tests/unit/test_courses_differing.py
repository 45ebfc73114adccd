"""What differs between two texts, with every key and every chosen value in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, get_args

import pytest
from pydantic import BaseModel

from app.courses.differing import passages_between
from app.courses.files import doing, models, questions
from app.courses.units import units_of
from app.web.words.course_files import KEYS, VALUES, called, valued

SHORT: Final = Path(__file__).parents[1] / "courses" / "kort"


def told(before: str, after: str) -> list[str]:
    """Each passage as a person reads it."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    found = []
    for one in passages_between(before, after) or ():
        words = "".join(marks[p.mark].format(valued(p.words, one.path, str).strip()) for p in one.pieces)
        found.append(f"{called(one.path, str)}: {words}" if one.path else words or f"={one.skipped}")
    return found


LESSON: Final = "---\ntitle: Welkom\nminutes: 10\nrequired: true\n---\n\nEerst.\n\n{}"
CHECK: Final = """slug: toets
questions:
  - id: een
    type: one
    text: "Wat zeg je?"
    options:
      - text: Ja
        right: true
      - text: Nee
        right: false
"""


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            LESSON.format("Dan."),
            LESSON.format("Dan.").replace("10", "15").replace("true", "false").replace("Welkom", "Welkom hier"),
            ["Titel: Welkom[+hier+]", "Minuten: [-10-][+15+]", "Verplicht: [-ja-][+nee+]", "=2"],
        ),
        (
            LESSON.format('::: beeld a.webp\nalt: "Een hand"\n:::\n'),
            LESSON.format('::: beeld a.webp\nalt: "Een hand"\ndecorative: true\n:::\n'),
            ["=5", "Beeld a.webp · Alleen versiering: [+ja+]"],
        ),
        (
            CHECK,
            CHECK.replace("one", "several").replace("right: false", "right: true"),
            [
                "=2",
                "Vraag 1 · Soort vraag: [-één antwoord-][+meer antwoorden+]",
                "=4",
                "Vraag 1 · Antwoord 2 · Goed antwoord: [-nee-][+ja+]",
            ],
        ),
        (
            CHECK,
            CHECK.replace("text: Nee", "text: Nee, nooit").replace("Wat zeg", "En wat zeg"),
            [
                "=3",
                "Vraag 1 · Wat er gevraagd wordt: [-Wat-][+En wat+]zeg je?",
                "=2",
                "Vraag 1 · Antwoord 2 · Tekst: [-Nee-][+Nee, nooit+]",
                "=1",
            ],
        ),
        (  # the signs of a block are no words
            LESSON.format("::: kern Samen\nWie maakt, doet mee.\n:::\n\n::: reflectie ik Wat deed ik?\nSchrijf.\n:::"),
            LESSON.format("::: kern Samen maken\nWie maakt, doet mee.\n:::\n\n::: stappen\n1. **Kijk.** Eerst.\n:::"),
            [
                "=4",
                "Kernelement: Samen[+maken+]",
                "=1",
                "Reflectie ik: [-Wat deed ik?-]",
                "[-Schrijf.-]",
                "Stappen: [+…+]",
                "[+1. **Kijk.** Eerst.+]",
            ],
        ),
        (
            "draws: {grenzen: 2}\nreminder_days: [90, 7]\n",
            "draws: {grenzen: 3}\nreminder_days: [90, 30, 7]\nnieuw: x\n",
            [
                "Zoveel vragen uit groep grenzen: [-2-][+3+]",
                "Herinneringen, dagen vooraf: 90,[+30,+]7",
                "‘nieuw’, dat we niet kennen: [+x+]",
            ],
        ),
        (  # what cannot be read is shown as it stands
            "---\ntitle: [\n---\nEen.",
            "---\ntitle: {\n---\nEen.",
            ["title:[-[-][+{+]", "=1"],
        ),
    ],
)
def test_a_difference_is_named_in_words(before: str, after: str, shown: list[str]) -> None:
    assert told(before, after) == shown


def test_a_step_in_front_leaves_the_others_alone() -> None:
    steps = "steps:\n{}  - minutes: 5\n    title: Welkom\n    text: Begroet ieder.\n"
    new = "  - minutes: 10\n    title: Klaarzetten\n    text: Zet koffie.\n"
    shown = [f"Stap 1 · {name}" for name in ("Minuten: [+10+]", "Titel: [+Klaarzetten+]", "Tekst: [+Zet koffie.+]")]
    assert told(steps.format(""), steps.format(new)) == [*shown, "=3"]


def test_nothing_of_a_course_is_raw() -> None:
    """Every value of every file has a name in words, and differs not from itself."""
    for path in [*SHORT.rglob("*.yaml"), *SHORT.rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        units = units_of(text)
        assert units[0].path, path
        assert not [unit.path for unit in units if "kennen" in called(unit.path, str)]
        assert [one.skipped for one in passages_between(text, text) or ()] == [len(units)]


def test_every_key_of_every_model_has_a_name() -> None:
    kinds = {
        kind
        for module in (models, questions, doing)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel)
    }
    names = {name for kind in kinds for name in kind.model_fields} - {"modules", "core_elements", "questions"}
    names -= {"steps", "otherwise", "working_forms"}  # lists of things, each of which is named by its place
    assert sorted(names - set(KEYS)) == []
    chosen: dict[str, Any] = {
        "type": questions.Kind,
        "four_eyes": models.PolicyFile.model_fields["four_eyes"].annotation,
        "period_starts": models.PolicyFile.model_fields["period_starts"].annotation,
        "language": models.CourseFile.model_fields["language"].annotation,
    }
    assert {key: set(get_args(kind)) for key, kind in chosen.items()} == {key: set(VALUES[key]) for key in chosen}
    flags = {name for kind in kinds for name, field in kind.model_fields.items() if field.annotation is bool}
    assert flags <= set(VALUES)
