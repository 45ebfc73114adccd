"""A YAML text cut at one list into its items: one is changed, moved, added or taken out, and all else stays as it is.

Within an item too only the lines of a key that changed are written anew (`heads`), so that quotes, remarks, the order
of keys and keys of somebody's own survive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import dropwhile, takewhile
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.courses.files.document import plain, read_yaml
from app.courses.files.fitting import fitted, same, same_but
from app.courses.files.heads import Split, split, with_facts, writer
from app.courses.files.problems import Problems

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Cut:
    """One item as it stands in the file. `above`: remarks and empty lines that go with it."""

    above: Lines
    lines: Lines


@dataclass(frozen=True)
class Listed:
    """A text that was cut. `top` ends with the line of the list's key; `end`: what stands below its items."""

    key: str
    top: Lines
    cuts: tuple[Cut, ...]
    end: Lines

    @property
    def text(self) -> str:
        return "\n".join([*self.top, *(line for cut in self.cuts for line in (*cut.above, *cut.lines)), *self.end])


def cut(text: str, node: CommentedMap, key: str) -> Listed | None:
    """The text at its list `key`; None where the lines are too odd.

    Who writes in braces gets lines at the first change.
    """
    found = _cut(text.split("\n"), node, key)
    if found is not None and (found.text == text or _says(found.text, node, key)):
        return found
    if isinstance(node.get(key), CommentedSeq):
        return _laid_out(node, key)
    return None


def _says(text: str, node: CommentedMap, key: str) -> bool:
    """Whether the text says what it was cut from; of an empty list only its key is left."""
    again = read_yaml(text, "", Problems())
    facts = plain(again.node) if again is not None else None
    return isinstance(facts, dict) and same_but(plain(node), facts, {key}) and not facts.get(key) and not node.get(key)


def _laid_out(node: CommentedMap, key: str) -> Listed | None:
    said = plain(node)
    node.fa.set_block_style()
    node[key].fa.set_block_style()
    for one in node[key]:
        one.fa.set_block_style()
    laid_out = dumped(node)
    again = read_yaml(laid_out, "", Problems())
    if again is None or not same(said, plain(again.node)):
        return None
    return _cut(laid_out.split("\n"), again.node, key)


def _cut(lines: Sequence[str], node: CommentedMap, key: str) -> Listed | None:
    """None where items do not each begin on a line of their own, or stand in braces."""
    below = len(lines) - (lines[-1] == "")
    items = node.get(key)
    if node.fa.flow_style():
        return None
    if not items:
        gone = node.lc.key(key)[0] if key in node else -1
        kept = tuple(line for number, line in enumerate(lines[:below]) if number != gone)
        return Listed(key, (*kept, f"{key}:"), (), ("",))
    if items.fa.flow_style():
        return None
    places = [items.lc.item(n) for n in range(len(items))]
    later = [line for name in node if (line := node.lc.key(name)[0]) > places[-1][0]]
    until = min(later, default=below)
    column = places[0][1]
    dash = lines[places[0][0]][:column]
    if dash.strip() != "-" or any(at != column or lines[line][:column] != dash for line, at in places):
        return None
    heading = node.lc.key(key)[0]
    above = tuple(lines[heading + 1 : places[0][0]])
    cuts: list[Cut] = []
    for line, end in zip([line for line, _ in places], [*(line for line, _ in places[1:]), until], strict=True):
        last = end
        while last > line + 1 and _is_beside(lines[last - 1], dash.index("-")):
            last -= 1
        own = tuple(lines[line:last])
        if any(one.strip() and not one.startswith(" " * column) for one in own[1:]):
            return None
        cuts.append(Cut(above, own))
        above = tuple(lines[last:end])
    return Listed(key, tuple(lines[: heading + 1]), tuple(cuts), (*above, *lines[until:]))


def _is_beside(line: str, column: int) -> bool:
    """Whether a line is empty or a remark that is not within an item."""
    words = line.lstrip(" ")
    return not words or (words.startswith("#") and len(line) - len(words) <= column)


def dumped(node: Any) -> str:
    """YAML as courses are written."""
    into = StringIO()
    writer(()).dump(node, into)
    return into.getvalue()


# Changing it


def changed(before: Listed, place: int, facts: Mapping[str, Any]) -> Listed | None:
    """The list with these facts of one item; None takes a key away. None comes back where its lines are too odd."""
    own = before.cuts[place]
    head = _as_head(own)
    written = with_facts(head, dict(facts)) if head is not None else None
    if head is None or written is None:
        return None
    if written.head == head.head:
        return before
    column = own.lines[0].index("-") + 1
    column += len(own.lines[0][column:]) - len(own.lines[0][column:].lstrip(" "))
    start = own.lines[0][:column]
    made = tuple(start + line if n == 0 else " " * column + line if line else "" for n, line in enumerate(written.head))
    return replace(before, cuts=_at(before, place, replace(own, lines=made)))


def _at(before: Listed, place: int, made: Cut) -> tuple[Cut, ...]:
    return (*before.cuts[:place], made, *before.cuts[place + 1 :])


def _as_head(own: Cut) -> Split | None:
    """The lines of one item as if they stood above a text."""
    first = own.lines[0].replace("-", " ", 1)
    column = len(first) - len(first.lstrip(" "))
    lines = [first[column:], *(line[column:] for line in own.lines[1:])]
    found = split("\n".join(["---", *lines, "---", ""]))
    if found is not None:
        return found
    document = read_yaml("\n".join(lines), "", Problems())
    if document is None or not isinstance(document.node, CommentedMap):
        return None
    document.node.fa.set_block_style()
    return split(f"---\n{dumped(document.node)}---\n")


def added(before: Listed, facts: Mapping[str, Any]) -> Listed:
    """The list with one more item, below the others, laid out as the last one."""
    lines = dumped({before.key: CommentedSeq([fitted(None, dict(facts))])}).rstrip("\n").split("\n")[1:]
    last = before.cuts[-1] if before.cuts else None
    inward = last.lines[0].index("-") if last is not None else 2
    made = tuple(" " * inward + line[2:] if line else "" for line in lines)
    above = ("",) if len(before.cuts) > 1 and last is not None and last.above[:1] == ("",) else ()
    return replace(before, cuts=(*before.cuts, Cut(above, made)), end=before.end or ("",))


def moved(before: Listed, place: int, *, up: bool) -> Listed:
    """The list with an item one place up or down; the remarks above it go along, empty lines stay."""
    other = place - 1 if up else place + 1
    if not 0 <= other < len(before.cuts):
        return before
    cuts = list(before.cuts)
    one, two = cuts[place], cuts[other]
    cuts[place] = replace(two, above=_above(one, two))
    cuts[other] = replace(one, above=_above(two, one))
    return replace(before, cuts=tuple(cuts))


def _above(place: Cut, own: Cut) -> Lines:
    """What stands above an item that comes at the place of another: the empty lines there, its own remarks."""
    return (*takewhile(_is_empty, place.above), *dropwhile(_is_empty, own.above))


def _is_empty(line: str) -> bool:
    return not line.strip()


def without(before: Listed, place: int) -> Listed:
    """The list without an item and the remarks above it."""
    cuts = list(before.cuts)
    gone = cuts.pop(place)
    if place == 0 and cuts:
        cuts[0] = replace(cuts[0], above=_above(gone, cuts[0]))
    return replace(before, cuts=tuple(cuts))
