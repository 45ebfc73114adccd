"""The text of a check, cut into questions: what is not touched stays to the letter, and what is changed says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.courses.drafts.questions import (
    FAMILIES,
    arranged,
    facts_in,
    filled,
    misfits,
    new_id,
    pressed_in,
    with_question,
)
from app.courses.files.check_text import CheckText, HalfQuestion, added, changed, moved, read_check, with_head, without

ROOT: Final = Path(__file__).parents[2]
VRAGEN: Final = ROOT / "tests" / "courses" / "vragen"
FILES: Final = sorted(
    [*ROOT.glob("courses/*/modules/*/toets.yaml"), *VRAGEN.glob("modules/*/toets.yaml")], key=lambda path: path.parts
)
ALL: Final = VRAGEN / "modules" / "01-vragen" / "toets.yaml"
ODD: Final = """# Van ons
title: "Toets"   # de titel
slug: toets
questions:

- type: one
  # waarom deze er is
  id: a
  text: "Wat?"
  own: blijft staan
  options:
  - text: Ja   # zeker
    right: true
    feedback: "Goed."
  - {text: Nee, right: false}
# over de tweede
- {id: b, type: open, text: Hoe?, good: Zo.}
minutes: 5
# tot slot
"""


def read(text: str) -> CheckText:
    found = read_check(text)
    assert found is not None
    return found


@pytest.mark.parametrize("text", ["{slug: d, title: T, questions: []}\n", "slug: d\nquestions: [\n]\ntitle: T\n"])
def test_a_check_in_braces_loses_nothing(text: str) -> None:
    check = added(read(text), {"id": "a", "type": "open", "text": "x"})
    assert check is not None
    assert (check.check.slug, check.check.title, len(check.check.questions)) == ("d", "T", 1)


def lines_of(check: CheckText, id_: str) -> tuple[str, ...]:
    place = check.place_of(id_)
    assert place is not None
    return check.cuts[place].lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-4:-1]))
def test_every_question_through_its_form_stays_to_the_letter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    check = read(text)
    assert check.text == text
    for cut in check.cuts:
        raw = filled(cut.question)
        assert misfits(raw, cut.question.type) == []
        assert with_question(check, cut.question.id, facts_in(raw, cut.question.type)) is check
    assert with_head(check, {"title": check.check.title, "intro": check.check.intro or None}) is check


TEXTS: Final = (
    st.text(st.sampled_from("ab '\":#-{}[],&*!|>%@`?\\\n0é‘’"), min_size=1, max_size=12).map(str.strip).filter(bool)
)
PRESSED: Final = st.builds(
    "{}-{}{}".format, st.sampled_from(["add", "drop", "up", "down"]), st.sampled_from("opxi"), st.integers(0, 4)
)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_typed_is_what_is_read(data: st.DataObject) -> None:
    """Any text in any field, rows moved and taken away: the file says exactly that, and others stay."""
    check = read(data.draw(st.sampled_from([ODD, ALL.read_text(encoding="utf-8")])))
    cut = data.draw(st.sampled_from(check.cuts))
    kind, id_ = cut.question.type, cut.question.id
    raw = filled(cut.question)
    for button in data.draw(st.lists(PRESSED, max_size=3)):
        raw = arranged(raw, kind, pressed_in(raw | {"do": [button]}))
    for name in data.draw(st.lists(st.sampled_from([*(one for one in raw if one not in {"kind", "do"})]), max_size=4)):
        flag = name == "critical" or (name.startswith("o") and name.endswith("-right"))
        raw[name] = [data.draw(st.sampled_from(["on", ""]) if flag else TEXTS)]
    facts = facts_in(raw, kind)
    made = with_question(check, id_, facts)
    assert made is not None
    place = made.place_of(id_)
    assert place is not None
    again = facts_in(filled(made.cuts[place].question), kind)
    assert told(again) == told(facts)
    for other in check.cuts:
        if other.question.id != id_:
            assert lines_of(made, other.question.id) == other.lines or "{" in other.lines[0]
    if check.text == ODD:
        assert {"# Van ons", "# tot slot", "# over de tweede"} <= set(made.text.split("\n"))
        assert id_ == "b" or "own: blijft staan" in made.text


def told(facts: Any) -> Any:
    """As one reads it: of a text on one line its spaces do not count."""
    if isinstance(facts, dict):
        return {key: told(value) for key, value in facts.items()}
    if isinstance(facts, list):
        return [told(one) for one in facts]
    return " ".join(facts.split()) if isinstance(facts, str) else facts


def test_remarks_and_quotes_and_own_keys_survive() -> None:
    check = read(ODD)
    made = changed(
        check,
        "a",
        {
            "text": "Wat nu?",
            "options": [
                {"text": "Nee", "right": False, "feedback": "Nog niet."},
                {"text": "Ja", "right": True, "feedback": "Goed."},
            ],
        },
    )
    assert made is not None
    assert made.text == ODD.replace('"Wat?"', '"Wat nu?"').replace(
        """  - text: Ja   # zeker
    right: true
    feedback: "Goed."
  - {text: Nee, right: false}
""",
        """  - {text: Nee, right: false, feedback: Nog niet.}
  - text: Ja   # zeker
    right: true
    feedback: "Goed."
""",
    )
    head = with_head(made, {"minutes": 6, "draws": None})
    assert head is not None
    assert head.text.startswith('# Van ons\ntitle: "Toets"   # de titel\nslug: toets\nminutes: 6\n')


def test_questions_come_go_and_move() -> None:
    check = read(ALL.read_text(encoding="utf-8"))
    new = {"id": "v-nieuw", "type": "match", "text": "Wat?", "pairs": [{"left": "a", "right": "b"}], "extra": ["c: d"]}
    made = added(check, new)
    assert made is not None
    assert made.check.questions[-1] == HalfQuestion.model_validate(new)
    back = moved(moved(made, "v-nieuw", up=True), "v-nieuw", up=False)
    assert back.text == made.text
    assert without(made, "v-nieuw").text == check.text
    first = check.cuts[0].question.id
    assert moved(check, first, up=True) is check
    assert [cut.question.id for cut in moved(check, first, up=False).cuts[:2]] == ["groep", first]
    odd = moved(read(ODD), "b", up=True)
    assert odd.text.index("# over de tweede") < odd.text.index("id: b") < odd.text.index("# waarom")


@pytest.mark.parametrize(
    "text",
    [
        "questions: [",
        "- een lijst",
        "questions:\n  - {id: a, type: one}\n  - {id: a, type: one}",
        "questions:\n  - {id: A b, type: one}",
        "questions:\n  - {id: a, type: anders}",
        "questions:\n  - {id: a, type: one, text: 12}",
        "questions:\n  - &x {id: a, type: one}",
    ],
)
def test_what_no_form_can_show_stays_a_text(text: str) -> None:
    assert read_check(text) is None


def test_half_done_ones_can_be_shown() -> None:
    assert read("slug: x\nquestions: []\n").cuts == ()
    made = added(read("slug: x\nquestions: []\n"), {"id": "v-a", "type": "open", "text": "Hoe?"})
    assert made is not None
    assert made.text == "slug: x\nquestions:\n  - id: v-a\n    type: open\n    text: Hoe?\n"
    braces = "{slug: x, questions: [{id: a, type: open, text: Hoe?}]}"
    laid = changed(read(braces), "a", {"text": "Hoe nu?"})
    assert laid is not None
    assert laid.check.questions[0].text == "Hoe nu?"


def test_new_ids_are_told_apart() -> None:
    assert new_id("Wat doe je éérst, en wat dan?", ()) == "v-wat-doe-je-eerst-en-wat-dan"
    assert new_id("Do?", ["v-do"]) == "v-do-2"
    assert new_id("???", ()) == "v-vraag"
    assert new_id("woord " * 40, ()) == "v-woord-woord-woord-woord-woord-woord"
    assert set(FAMILIES) == set(HalfQuestion.model_fields["type"].annotation.__args__)  # type: ignore[union-attr]
