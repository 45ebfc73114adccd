"""The text of a check cut into its questions: one is changed, moved or taken out, and all others stay to the letter.

Within a question too only the lines of a key that changed are written anew (`heads`). What a form does not know, such
as remarks and keys of somebody's own, stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import dropwhile, takewhile
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml.comments import CommentedMap

from app.courses.files.base import Slug
from app.courses.files.document import plain, read_yaml
from app.courses.files.fitting import fitted, same, same_but
from app.courses.files.heads import Split, split, with_facts, writer
from app.courses.files.problems import Problems
from app.courses.files.questions import Kind

Lines = tuple[str, ...]
IN_ORDER: Final = (
    "id",
    "type",
    "text",
    "critical",
    "pool",
    "options",
    "pairs",
    "extra",
    "items",
    "good",
    "explanation",
)
"""In which order the keys of a new question stand."""


class _Half(BaseModel):
    """What may be half done, but has the form of the thing; keys that nobody knows are no matter here."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class HalfOption(_Half):
    text: str = ""
    right: bool = False
    feedback: str = ""


class HalfPair(_Half):
    left: str = ""
    right: str = ""


class HalfQuestion(_Half):
    """A question that may lack everything but its id and kind."""

    id: Slug
    type: Kind
    text: str = ""
    options: list[HalfOption] = []
    pairs: list[HalfPair] = []
    extra: list[str] = []
    items: list[str] = []
    good: str = ""
    explanation: str = ""
    critical: bool = False
    pool: str | None = None


class HalfCheck(_Half):
    """A check as a form can show it."""

    slug: str = ""
    title: str = ""
    minutes: int | None = None
    intro: str = ""
    draws: dict[str, int] = {}
    questions: list[HalfQuestion] = []

    @model_validator(mode="after")
    def _told_apart(self) -> HalfCheck:
        ids = [question.id for question in self.questions]
        if len(ids) != len(set(ids)):
            raise ValueError("two questions with one id")
        return self


@dataclass(frozen=True)
class Cut:
    """One question as it stands in the file. `above`: remarks and empty lines that go with it; `first`: its line."""

    question: HalfQuestion
    above: Lines
    lines: Lines
    first: int


@dataclass(frozen=True)
class CheckText:
    """A check that forms can change. `top` ends with the line `questions:`; `end`: what stands below them."""

    check: HalfCheck
    top: Lines
    cuts: tuple[Cut, ...]
    end: Lines

    @property
    def text(self) -> str:
        lines = [*self.top, *(line for cut in self.cuts for line in (*cut.above, *cut.lines)), *self.end]
        return "\n".join(lines)

    def place_of(self, question: str) -> int | None:
        return next((n for n, cut in enumerate(self.cuts) if cut.question.id == question), None)


def read_check(text: str) -> CheckText | None:
    """The text as forms can change it; None when it cannot be read, or has not the form of a check."""
    document = read_yaml(text, "", Problems())
    node = document.node if document is not None else None
    if not isinstance(node, CommentedMap):
        return None
    facts = {key: value for key, value in plain(node).items() if value is not None}
    try:
        check = HalfCheck.model_validate(facts)
    except ValidationError:
        return None
    starts = [node["questions"].lc.item(n)[0] + 1 for n in range(len(check.questions))]
    found = _cut(check, node, text.split("\n"), starts)
    if found is not None and (found.text == text or _says(found.text, node)):
        return found
    return _laid_out(check, node, starts) if "questions" in node else None


def _says(text: str, node: CommentedMap) -> bool:
    """Whether a text says what it was cut from; of an empty list only its key is left."""
    again = read_yaml(text, "", Problems())
    facts = plain(again.node) if again is not None else None
    return isinstance(facts, dict) and same_but(plain(node), facts, {"questions"})


def _cut(check: HalfCheck, node: CommentedMap, lines: Sequence[str], starts: Sequence[int]) -> CheckText | None:
    """None where questions do not each begin on a line of their own, or stand in braces."""
    below = len(lines) - (lines[-1] == "")
    if node.fa.flow_style():
        return None
    if not check.questions:
        gone = node.lc.key("questions")[0] if "questions" in node else -1
        kept = tuple(line for number, line in enumerate(lines[:below]) if number != gone)
        return CheckText(check, (*kept, "questions:"), (), ("",))
    listed = node["questions"]
    if listed.fa.flow_style():
        return None
    places = [listed.lc.item(n) for n in range(len(listed))]
    later = [line for key in node if (line := node.lc.key(key)[0]) > places[-1][0]]
    until = min(later, default=below)
    column = places[0][1]
    dash = lines[places[0][0]][:column]
    if dash.strip() != "-" or any(at != column or lines[line][:column] != dash for line, at in places):
        return None
    ends = [line for line, _ in places[1:]] + [until]
    cuts: list[Cut] = []
    heading = node.lc.key("questions")[0]
    above = tuple(lines[heading + 1 : places[0][0]])
    for question, (line, _), end, first in zip(check.questions, places, ends, starts, strict=True):
        last = end
        while last > line + 1 and _is_beside(lines[last - 1], dash.index("-")):
            last -= 1
        own = tuple(lines[line:last])
        if any(one.strip() and not one.startswith(" " * column) for one in own[1:]):
            return None
        cuts.append(Cut(question, above, own, first))
        above = tuple(lines[last:end])
    return CheckText(check, tuple(lines[: heading + 1]), tuple(cuts), (*above, *lines[until:]))


def _is_beside(line: str, column: int) -> bool:
    """Whether a line is empty or a remark that is not within a question."""
    words = line.lstrip(" ")
    return not words or (words.startswith("#") and len(line) - len(words) <= column)


def _laid_out(check: HalfCheck, node: CommentedMap, starts: Sequence[int]) -> CheckText | None:
    """The same written anew, each question in lines of its own: who writes in braces gets lines at the first change."""
    said = plain(node)
    node.fa.set_block_style()
    for one in (node["questions"], *(node["questions"] or ())):
        if one is not None:
            one.fa.set_block_style()
    text = _dumped(node)
    again = read_yaml(text, "", Problems())
    if again is None or not same(said, plain(again.node)):
        return None
    return _cut(check, again.node, text.split("\n"), starts)


def _dumped(node: Any) -> str:
    into = StringIO()
    writer(()).dump(node, into)
    return into.getvalue()


# Changing it


def changed(before: CheckText, question: str, facts: Mapping[str, Any]) -> CheckText | None:
    """The check with these facts of one question; None takes a key away. None comes back where lines are too odd."""
    place = before.place_of(question)
    if place is None:
        return None
    cut = before.cuts[place]
    head = _as_head(cut)
    if head is None:
        return None
    written = with_facts(head, dict(facts))
    if written is None or written.head == head.head:
        return before if written is not None else None
    column = cut.lines[0].index("-") + 1
    column += len(cut.lines[0][column:]) - len(cut.lines[0][column:].lstrip(" "))
    start = cut.lines[0][:column]
    made = tuple(start + line if n == 0 else " " * column + line if line else "" for n, line in enumerate(written.head))
    return _again(_with(before, place, replace(cut, lines=made)))


def _as_head(cut: Cut) -> Split | None:
    """The lines of one question as if they stood above a text."""
    first = cut.lines[0].replace("-", " ", 1)
    column = len(first) - len(first.lstrip(" "))
    lines = [first[column:], *(line[column:] for line in cut.lines[1:])]
    found = split("\n".join(["---", *lines, "---", ""]))
    if found is not None:
        return found
    document = read_yaml("\n".join(lines), "", Problems())
    if document is None or not isinstance(document.node, CommentedMap):
        return None
    document.node.fa.set_block_style()
    return split(f"---\n{_dumped(document.node)}---\n")


def _with(before: CheckText, place: int, cut: Cut) -> CheckText:
    return replace(before, cuts=(*before.cuts[:place], cut, *before.cuts[place + 1 :]))


def _again(made: CheckText) -> CheckText | None:
    return read_check(made.text)


def added(before: CheckText, facts: Mapping[str, Any]) -> CheckText | None:
    """The check with one more question, below the others, laid out as the last one."""
    told = {key: facts[key] for key in IN_ORDER if facts.get(key) not in (None, "", [])}
    lines = _dumped({"questions": [fitted(None, told)]}).rstrip("\n").split("\n")[1:]
    last = before.cuts[-1] if before.cuts else None
    inward = last.lines[0].index("-") if last is not None else 2
    made = tuple(" " * inward + line[2:] if line else "" for line in lines)
    above = ("",) if len(before.cuts) > 1 and last is not None and last.above[:1] == ("",) else ()
    cut = Cut(HalfQuestion(id=facts["id"], type=facts["type"]), above, made, 0)
    return _again(replace(before, cuts=(*before.cuts, cut), end=before.end or ("",)))


def moved(before: CheckText, question: str, *, up: bool) -> CheckText:
    """The check with a question one place up or down; what stands above it goes along, empty lines stay."""
    place = before.place_of(question)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(before.cuts):
        return before
    cuts = list(before.cuts)
    one, two = cuts[place], cuts[other]
    cuts[place] = replace(two, above=_above(one, two))
    cuts[other] = replace(one, above=_above(two, one))
    return _again(replace(before, cuts=tuple(cuts))) or before


def _above(place: Cut, own: Cut) -> Lines:
    """What stands above a question that comes at the place of another: the empty lines there, its own remarks."""
    return (*takewhile(_is_empty, place.above), *dropwhile(_is_empty, own.above))


def _is_empty(line: str) -> bool:
    return not line.strip()


def without(before: CheckText, question: str) -> CheckText:
    """The check without a question and the remarks above it."""
    place = before.place_of(question)
    if place is None:
        return before
    cuts = list(before.cuts)
    gone = cuts.pop(place)
    if place == 0 and cuts:
        cuts[0] = replace(cuts[0], above=_above(gone, cuts[0]))
    return _again(replace(before, cuts=tuple(cuts))) or before


def with_head(before: CheckText, facts: Mapping[str, Any]) -> CheckText | None:
    """The check with these facts above its questions; None takes a key away. What stood below them comes above."""
    below = before.end if any(line.strip() and not line.startswith("#") for line in before.end) else ()
    lines = [*before.top[:-1], *below]
    head = split("\n".join(["---", *lines, "---", ""])) if not any(line.startswith("---") for line in lines) else None
    if head is None:
        return None
    written = with_facts(head, dict(facts))
    if written is None or written.head == head.head:
        return before if written is not None else None
    made = written.head
    while made and _is_empty(made[-1]):
        made = made[:-1]
    return _again(replace(before, top=(*made, before.top[-1]), end=("",) if below else before.end))
