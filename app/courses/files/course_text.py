"""course.yaml as forms can change it: facts of the course, and its modules with what opens them.

Only what a form changed is written anew (`listed`, `heads`); every other line of the file stays to the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml.comments import CommentedMap

from app.courses.files import listed
from app.courses.files.base import Slug
from app.courses.files.document import plain, read_yaml
from app.courses.files.fitting import same_but
from app.courses.files.heads import KEY, Split, split, with_facts
from app.courses.files.listed import Listed, dumped
from app.courses.files.problems import Problems

MODULES: Final = "modules"
LISTS: Final = frozenset({"core_elements", MODULES})
USUAL: Final[Mapping[str, Any]] = {
    "active_minutes": False,
    "core_element": None,
    "available": True,
    "safety": False,
    "after": [],
    "opens_on": None,
    "opens_after_days": None,
}
"""What a key says that is not there; so it is not written only to say that."""
Meant = tuple[Mapping[str, Any], Collection[str]]
"""A module as it was, and the keys at which it may say something else."""
IN_ORDER: Final = ("slug", "title", "summary", "core_element", "available", "safety")
"""In which order the keys of a new module stand."""


class _Half(BaseModel):
    """What may be half done, but has the form of the thing; keys that nobody knows are no matter here."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class HalfElement(_Half):
    slug: str = ""
    title: str = ""


class HalfModule(_Half):
    """A module that may lack everything but its name."""

    slug: Slug
    title: str = ""
    summary: str = ""
    core_element: str | None = None
    available: bool = True
    safety: bool = False
    after: list[str] = []
    opens_on: date | None = None
    opens_after_days: int | None = None


class HalfCourse(_Half):
    """A course as forms can show it."""

    slug: str = ""
    title: str = ""
    intervention_name: str = ""
    language: str = ""
    sample: bool = False
    summary: str = ""
    target_group: str = ""
    active_minutes: bool = False
    core_elements: list[HalfElement] = []
    modules: list[HalfModule] = []

    @model_validator(mode="after")
    def _told_apart(self) -> HalfCourse:
        slugs = [module.slug for module in self.modules]
        if len(slugs) != len(set(slugs)):
            raise ValueError("two modules with one name")
        return self


@dataclass(frozen=True)
class CourseText:
    """A course.yaml that forms can change. `facts`: all that it says, also what no form knows."""

    course: HalfCourse
    listed: Listed
    facts: Mapping[str, Any]

    @property
    def text(self) -> str:
        return self.listed.text

    def place_of(self, slug: str) -> int | None:
        return next((n for n, one in enumerate(self.course.modules) if one.slug == slug), None)

    def module(self, slug: str) -> HalfModule | None:
        place = self.place_of(slug)
        return None if place is None else self.course.modules[place]


def read_course(text: str) -> CourseText | None:
    """The text as forms can change it; None when it cannot be read, or has not the form of a course."""
    document = read_yaml(text, "", Problems())
    node = document.node if document is not None else None
    if not isinstance(node, CommentedMap):
        return None
    whole = plain(node)
    facts = _said(whole)
    for name in LISTS & facts.keys():
        if isinstance(facts[name], list):
            facts[name] = [_said(one) if isinstance(one, dict) else one for one in facts[name]]
    try:
        course = HalfCourse.model_validate(facts)
    except ValidationError:
        return None
    found = listed.cut(text, node, MODULES)
    return CourseText(course, found, whole | {MODULES: whole.get(MODULES) or []}) if found is not None else None


def _said(facts: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in facts.items() if value is not None}


def _again(before: CourseText, made: Listed | None, meant: Sequence[Meant]) -> CourseText | None:
    """What was made, read again; None when it differs where nobody meant it. `meant`: its modules."""
    now = read_course(made.text) if made is not None else None
    if now is None or not same_but(before.facts, now.facts, {MODULES}):
        return None
    modules = now.facts[MODULES]
    kept = len(modules) == len(meant)
    kept = kept and all(same_but(was, one, keys) for (was, keys), one in zip(meant, modules, strict=True))
    return now if kept else None


def _as_they_are(before: CourseText) -> list[Meant]:
    return [(one, ()) for one in before.facts[MODULES]]


def _wanted(facts: Mapping[str, Any], there: frozenset[str] | set[str]) -> dict[str, Any]:
    """The facts as they are put in the file. None takes a key away."""
    found = {}
    for key, value in facts.items():
        usual = key in USUAL and value == USUAL[key]
        found[key] = None if value in (None, []) or (usual and key not in there) else value
    return found


# Changing it


def with_course(before: CourseText, facts: Mapping[str, Any]) -> CourseText | None:
    """The course with these facts; what is new comes above the lists. None where the lines are too odd."""
    lines = before.text.removesuffix("\n").split("\n")
    head = _head_of(lines)
    if head is None:
        return None
    wanted = _wanted(facts, before.course.model_fields_set)
    written = with_facts(head, {key: value for key, value in wanted.items() if key in head.facts})
    if written is None:
        return None
    fresh = {key: value for key, value in wanted.items() if key not in head.facts and value is not None}
    if not fresh and written.head == head.head:
        return before
    made = list(written.head)
    place = _above_lists(made)
    made[place:place] = dumped(fresh).removesuffix("\n").split("\n") if fresh else []
    now = read_course("\n".join([*made, ""]))
    return now if now is not None and same_but(before.facts, now.facts, wanted) else None


def _head_of(lines: list[str]) -> Split | None:
    """All of the file as if it stood above a text."""
    return None if any(line.startswith("---") for line in lines) else split("\n".join(["---", *lines, "---", ""]))


def _above_lists(lines: list[str]) -> int:
    """The line above which a new fact comes: the first list, with the remarks and empty lines that go with it."""
    place = next((n for n, line in enumerate(lines) if (key := KEY.match(line)) and key[1] in LISTS), len(lines))
    while place and (not lines[place - 1].strip() or lines[place - 1].startswith("#")):
        place -= 1
    return place


def with_module(before: CourseText, slug: str, facts: Mapping[str, Any]) -> CourseText | None:
    """The course with these facts of a module. None when it is not there, or its lines are too odd."""
    place = before.place_of(slug)
    if place is None:
        return None
    wanted = _wanted(facts, before.course.modules[place].model_fields_set)
    made = listed.changed(before.listed, place, wanted)
    meant = _as_they_are(before)
    meant[place] = (meant[place][0], wanted)
    return before if made is before.listed else _again(before, made, meant)


def module_added(before: CourseText, facts: Mapping[str, Any]) -> CourseText | None:
    """The course with one more module, below the others."""
    told = {key: facts[key] for key in IN_ORDER if facts.get(key) is not None}
    return _again(before, listed.added(before.listed, told), [*_as_they_are(before), (told, told)])


def module_moved(before: CourseText, slug: str, *, up: bool) -> CourseText | None:
    """The course with a module one place up or down; as it was at the end of the list."""
    place = before.place_of(slug)
    if place is None:
        return None
    made = listed.moved(before.listed, place, up=up)
    if made is before.listed:
        return before
    meant = _as_they_are(before)
    meant.insert(place - 1 if up else place + 1, meant.pop(place))
    return _again(before, made, meant)


def without_module(before: CourseText, slug: str) -> CourseText | None:
    """The course without a module; those that waited for it do so no longer."""
    place = before.place_of(slug)
    if place is None:
        return before
    made: Listed | None = before.listed
    for n, one in enumerate(before.course.modules):
        if slug in one.after and made is not None:
            made = listed.changed(made, n, {"after": [name for name in one.after if name != slug] or None})
    meant = [(one, ("after",)) for one in before.facts[MODULES] if one["slug"] != slug]
    return _again(before, listed.without(made, place), meant) if made is not None else None


# Parts with a file of their own


def _top(text: str) -> Split | None:
    """What stands at the top of a lesson, or all of a check or assignment as if it stood there."""
    return split(text) if text.startswith("---") else _head_of(text.removesuffix("\n").split("\n"))


def top_of(text: str) -> Mapping[str, Any]:
    """What a lesson, check or assignment says at its top; nothing when that cannot be read."""
    found = _top(text)
    return found.facts if found is not None else {}


def with_top(text: str, facts: Mapping[str, Any]) -> str | None:
    """The same text with these facts at its top, all else to the letter. None where that cannot be."""
    head = _top(text)
    written = with_facts(head, dict(facts)) if head is not None else None
    if head is None or written is None:
        return None
    if written.head == head.head:
        return text
    return written.text if text.startswith("---") else "\n".join([*written.head, ""])


def key_at(before: CourseText, line: int) -> str:
    """Which fact of the course stands at a line, counted from 1; empty where none does."""
    above = before.text.split("\n")[:line]
    return next((found[1] for one in reversed(above) if (found := KEY.match(one))), "")


def in_words(facts: Mapping[str, Any]) -> str:
    """Facts as lines to read beside others."""
    return dumped({key: value for key, value in facts.items() if value not in (None, [], "")})
