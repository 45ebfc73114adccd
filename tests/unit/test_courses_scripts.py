"""The script of a session between its file and the rows of a form: what is not touched stays to the letter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import pytest
from ruamel.yaml.comments import CommentedSeq

from app.courses.drafts.inputs import SessionWritten
from app.courses.drafts.scripts import (
    LINES_MOST,
    ROWS_MOST,
    SIGNS_MOST,
    facts_in,
    fields_in,
    must_fit,
    numbered,
    places_in,
    row_at,
    typed,
)
from app.courses.drafts.writing import fields_of, seen, text_from
from app.courses.files.fitting import fitted
from app.courses.files.looking import look_at
from app.courses.files.writing import Library
from app.kit.errors import Refused
from app.kit.storage import FolderStorage

COURSES: Final = Path(__file__).parents[2] / "courses"
SCRIPTS: Final = sorted(COURSES.glob("*/handbook/*.md"))
PATH: Final = "handbook/01-een.md"
ODD: Final = """---
number: 1
title: "Een"   # de titel
minutes: 30
goal: Doel
own: blijft staan
materials: [Papier, Lijm]
steps:
  # waarom eerst dit
  - {minutes: 10, title: Welkom, text: "Zeg ‘dag’."}
  - minutes: 20
    title: Doen   # het echte werk
    text: Samen iets maken.
---

Achtergrond.
"""


def written(text: str, **changed: str) -> str:
    """The text after its form was sent with some fields changed; a field that is None was not sent."""
    fields = fields_of("session", text) | changed
    rows = numbered(typed(fields.items()))
    own = {name: words for name, words in fields.items() if name in SessionWritten.model_fields}
    made = text_from("session", text, SessionWritten(version=1, **own), rows)
    assert made is not None
    return made


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_saved_as_it_stood_nothing_changes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert fields_of("session", text)["rows"] == "on"
    assert written(text) == text


def test_only_what_changed_is_written_anew() -> None:
    made = written(ODD, **{"s1-text": "Samen: iets # maken", "s2-title": "Slot", "s2-minutes": "5", "s2-text": "Dag."})
    head, tail = ODD.split("    text: Samen iets maken.\n")
    assert made.startswith(head)
    assert made.endswith(tail)
    assert "# waarom eerst dit" in made
    look = look_at(PATH, made.replace("own: blijft staan\n", ""), Library())
    assert [(one.minutes, one.title, one.text) for one in look.head.steps][1:] == [
        (20, "Doen", "Samen: iets # maken"),
        (5, "Slot", "Dag."),
    ]


def test_rows_come_go_and_move() -> None:
    """Numbers need not follow each other; an empty row and a choice alone are nothing."""
    rows = {
        "s7-title": "B",
        "s3-title": "A",
        "s9-title": " ",
        "w0-core_element": "x",
        "a0-when": "Regen",
        "a0-then": "",
    }
    assert facts_in(numbered(typed(rows.items())), "- Papier\n\nLijm ") == {
        "materials": ["Papier", "Lijm"],
        "steps": [{"minutes": "", "title": "A", "text": ""}, {"minutes": "", "title": "B", "text": ""}],
        "otherwise": [{"when": "Regen", "then": ""}],
        "working_forms": None,
    }
    card = {
        "w0-title": "Kaart",
        "w0-minutes": "10",
        "w0-text": "Doe dit.",
        "w0-materials": "Lijm",
        "w0-core_element": "",
    }
    made = written(ODD, materials="", **card).replace("own: blijft staan\n", "")
    look = look_at(PATH, made, Library())
    assert look.problems == ()
    assert look.head.materials == []
    assert [(one.title, one.core_element, one.materials) for one in look.head.working_forms] == [
        ("Kaart", None, ["Lijm"])
    ]


def test_ends_of_lines_of_word_processors() -> None:
    made = written(ODD, **{"s0-title": "Wel\u2028kom", "s0-text": "een\u2028twee\x85drie"})
    steps = look_at(PATH, made.replace("own: blijft staan\n", ""), Library()).head.steps
    assert (steps[0].title, steps[0].text) == ("Wel kom", "een\ntwee\ndrie")


def test_what_no_form_can_show_stays_text() -> None:
    for odd in (
        {"steps": ["x"]},
        {"steps": "x"},
        {"materials": "x"},
        {"steps": [{"title": ["x"]}]},
        {"otherwise": {"a": 1}},
    ):
        assert fields_in(odd) is None


@pytest.mark.parametrize(
    ("typed_in", "materials", "code", "field"),
    [
        ({f"s{n}-title": "x" for n in range(ROWS_MOST + 1)}, "", "too_many_rows", f"s{ROWS_MOST}-minutes"),
        ({f"a{n + 950}-when": "x" for n in range(ROWS_MOST + 1)}, "", "too_many_rows", f"a{ROWS_MOST}-when"),
        ({}, "ding\n" * (LINES_MOST + 1), "too_many_lines", "materials"),
        ({"w0-materials": "ding\n" * (LINES_MOST + 1)}, "", "too_many_lines", "w0-materials"),
        ({"s0-text": "x" * SIGNS_MOST}, "y", "script_too_long", None),
    ],
)
def test_what_is_too_much_is_refused_and_never_cut(
    typed_in: dict[str, str], materials: str, code: str, field: str | None
) -> None:
    rows = numbered(typed(typed_in.items()))
    assert len(rows) >= len(typed_in)
    with pytest.raises(Refused) as refused:
        must_fit(rows, materials)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_as_much_as_fits_is_put_in_at_once(tmp_path: Path) -> None:
    """Old lines and new ones are told apart without comparing each with each; remarks read the file once."""
    began = time.process_time()
    old = [f"oud {n}" for n in range(20_000)]
    assert fitted(CommentedSeq(old), [*reversed(old), "nieuw"]) == [*reversed(old), "nieuw"]
    rows = {f"s{n}-title": f"Stap {n}" for n in range(ROWS_MOST)}
    must_fit(numbered(typed(rows.items())), "ding\n" * LINES_MOST)
    made = written(ODD, materials="", **rows)
    assert len(facts_in(numbered(typed(fields_of("session", made).items())), "")["steps"]) == ROWS_MOST
    assert len(seen(PATH, made, "session", {}, FolderStorage(tmp_path)).remarks) > 20
    assert time.process_time() - began < 3


def test_a_problem_knows_its_row() -> None:
    lines = ODD.split("\n")
    rows = places_in(ODD)
    places = {words: row_at(rows, lines.index(words) + 1) for words in lines if words}
    assert places['  - {minutes: 10, title: Welkom, text: "Zeg ‘dag’."}'] == ("s", 0)
    assert places["    text: Samen iets maken."] == ("s", 1)
    assert places["goal: Doel"] == ("", 0)
