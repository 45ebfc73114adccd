"""course.yaml cut into its modules: what is not touched stays to the letter, and what is changed says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.courses.drafts.shaping import must_move_well, must_wait_well, new_slug
from app.courses.files.course_text import (
    CourseText,
    HalfModule,
    module_added,
    module_moved,
    read_course,
    top_of,
    with_course,
    with_module,
    with_top,
    without_module,
)
from app.kit.errors import Refused

ROOT: Final = Path(__file__).parents[2]
FILES: Final = sorted([*ROOT.glob("courses/*/course.yaml"), *ROOT.glob("tests/courses/*/course.yaml")])
FACTS: Final = ("title", "summary", "core_element", "available", "safety", "after", "opens_on", "opens_after_days")
OF_COURSE: Final = ("title", "summary", "target_group", "intervention_name", "language", "sample", "active_minutes")
ODD: Final = """# Van ons
title: "Odd"   # de titel
slug: odd
own: blijft staan
core_elements: [{slug: samen, title: Samen}]

# over de modules
modules:

- title: Eerst
  # waarom deze er is
  slug: a
  own: blijft ook
  summary: >
    Over twee
    regels.

# over de tweede
- {slug: b, title: 'Dan', summary: x, after: [a]}
- slug: c
  title: Later   # en dan
  summary: y
  after: [a, b]
  opens_on: 2026-12-01
# tot slot
sample: false
"""


def read(text: str) -> CourseText:
    found = read_course(text)
    assert found is not None
    return found


def made(found: CourseText | None) -> CourseText:
    assert found is not None
    return found


def facts_of(one: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_everything_through_its_form_stays_to_the_letter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    course = read(text)
    assert course.text == text
    assert with_course(course, facts_of(course.course, OF_COURSE)) is course
    for one in course.course.modules:
        assert with_module(course, one.slug, facts_of(one, FACTS)) is course
    for part in [*path.parent.glob("modules/*/*"), *path.parent.glob("assignments/*")]:
        words = part.read_text(encoding="utf-8")
        assert with_top(words, {key: top_of(words)[key] for key in ("title", "minutes")}) == words


TEXTS: Final = (
    st.text(st.sampled_from("ab '\":#-{}[],&*!|>%@`?\\\n0é‘’🎨"), min_size=1, max_size=12).map(str.strip).filter(bool)
)
VALUES: Final = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "summary": TEXTS,
        "core_element": st.sampled_from([None, "samen"]),
        "available": st.booleans(),
        "safety": st.booleans(),
        "after": st.sampled_from([[], ["a"], ["a", "b"]]),
        "opens_on": st.sampled_from([None, date(2027, 2, 28)]),
        "opens_after_days": st.sampled_from([None, 7]),
    },
)


def told(value: Any) -> Any:
    """As one reads it: of a text on one line its spaces do not count."""
    return " ".join(value.split()) if isinstance(value, str) else value


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_typed_is_what_is_read(data: st.DataObject) -> None:
    """Any text in any field of any module: the file says exactly that, and everything else stays."""
    before = read(data.draw(st.sampled_from([ODD, FILES[0].read_text(encoding="utf-8")])))
    slug = data.draw(st.sampled_from([one.slug for one in before.course.modules]))
    values = data.draw(VALUES)
    course = made(with_module(before, slug, values))
    now = course.module(slug)
    assert now is not None
    there = before.module(slug)
    for name in FACTS:
        assert told(getattr(now, name)) == told(values.get(name, getattr(there, name)))
    for one, other in zip(before.course.modules, course.course.modules, strict=True):
        assert one == other or one.slug == slug
    title = data.draw(TEXTS)
    course = made(with_course(course, {"title": title, "active_minutes": True}))
    assert (told(course.course.title), course.course.active_minutes) == (told(title), True)
    if before.course.slug == "odd":
        kept = {"# Van ons", "own: blijft staan", "# over de modules", "  # waarom deze er is", "  own: blijft ook"}
        assert kept | {"# over de tweede", "# tot slot", "sample: false"} <= set(course.text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        '{slug: d, title: "T: x", own: 1, modules: []}\n',
        '{"slug": "d", "title": "T: x",\n "own": 1, "modules": [\n]}\n',
        'slug: d\nmodules: [\n]\ntitle: "T: x"\nown: 1\n',
        '{slug: d, title: "T: x", own: 1, modules: [{slug: a, title: A}]}\n',
        'slug: d\ntitle: "T: x"\nown: 1\n',
    ],
)
def test_a_course_in_braces_loses_nothing(text: str) -> None:
    before = read(text)
    for course in (
        made(module_added(before, {"slug": "een", "title": "Een"})),
        made(with_course(before, {"summary": "s"})),
    ):
        assert (course.facts["slug"], course.facts["title"], course.facts["own"]) == ("d", "T: x", 1)
        assert course.course.modules[: len(before.course.modules)] == before.course.modules


def test_what_differs_where_nobody_meant_it_is_not_written() -> None:
    """Nobody knows all that YAML can be: so what was made is read again, and compared."""
    before = read(ODD)
    lies: tuple[dict[str, Any], ...] = ({"own": "weg"}, {"modules": [{"slug": "a"}]})
    for lie in lies:
        other = replace(before, facts=dict(before.facts) | lie)
        assert module_added(other, {"slug": "d", "title": "D"}) is None
        assert with_module(other, "a", {"title": "Nieuw"}) is None
        assert without_module(other, "b") is None
        assert with_course(other, {"title": "Nieuw"}) is None


@pytest.mark.parametrize("old", ["iets", "|\n  a\n  b", '"q"', ">-\n  a\n  b"])
@pytest.mark.parametrize("new", ["x\u2028y", "x\u2028- y", "x\u2029y: z\nw", "x\x85y"])
def test_ends_of_lines_of_word_processors(old: str, new: str) -> None:
    found = with_top(f"---\ntitle: T\nintro: {old}\n---\nb\n", {"intro": new})
    assert found is not None
    assert top_of(found) == {"title": "T", "intro": new}


def test_modules_move_come_and_go_with_their_remarks() -> None:
    course = read(ODD)
    first = made(module_moved(course, "b", up=True))
    assert [one.slug for one in first.course.modules] == ["b", "a", "c"]
    lines = first.text.split("\n")
    assert lines[lines.index("# over de tweede") + 1].startswith("- {slug: b")
    assert made(module_moved(first, "b", up=False)).course == course.course
    assert module_moved(course, "a", up=True) is course
    more = made(module_added(course, {"slug": "d", "title": "🎨: nieuw", "summary": "z", "available": False}))
    assert more.course.modules[-1] == HalfModule(slug="d", title="🎨: nieuw", summary="z", available=False)
    assert more.text.index("slug: d") < more.text.index("# tot slot") < more.text.index("sample: false")
    less = made(without_module(more, "a"))
    assert [(one.slug, one.after) for one in less.course.modules] == [("b", []), ("c", ["b"]), ("d", [])]
    assert "waarom deze er is" not in less.text
    assert "own: blijft staan" in less.text
    fresh = made(with_course(course, {"active_minutes": True}))
    assert fresh.text == ODD.replace("core_elements:", "active_minutes: true\ncore_elements:")


@pytest.mark.parametrize(
    "text",
    [
        "title: [\n",
        "- a\n- b\n",
        "modules: nee\n",
        "modules:\n  - slug: a\n  - slug: a\n",
        "modules:\n  - title: zonder naam\n",
        "modules:\n  - slug: ../weg\n",
        "modules:\n  - &x {slug: a}\n  - *x\n",
        "title: 12\n",
    ],
)
def test_what_no_form_can_show(text: str) -> None:
    assert read_course(text) is None


def test_modules_wait_in_one_direction() -> None:
    modules = read(ODD).course.modules
    must_wait_well(modules, "c", ["a", "b"])
    for slug, after, code in (
        ("a", ["c"], "lock_circle"),
        ("a", ["a"], "lock_circle"),
        ("b", ["weg"], "unknown_module"),
        ("b", ["c"], "lock_circle"),
    ):
        with pytest.raises(Refused) as refused:
            must_wait_well(modules, slug, after)
        assert (refused.value.code, refused.value.field) == (code, "after")
    free = [HalfModule(slug="a"), HalfModule(slug="b", title="B")]
    with pytest.raises(Refused, match="lock_below"):
        must_wait_well(free, "a", ["b"])
    must_move_well(free, "b", up=True)
    must_move_well(modules, "a", up=True)
    for slug, up in (("b", True), ("a", False), ("c", True)):
        with pytest.raises(Refused, match="module_waits"):
            must_move_well(modules, slug, up=up)
    assert new_slug("🎨", modules, []) == "module"
    assert new_slug("A!", modules, ["a-2"]) == "a-3"
