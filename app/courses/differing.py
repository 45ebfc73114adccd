"""What differs between two states of a course, as an author reads it: what came, went and moved, and which words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, Literal

from app.courses.drafts.rules import Kind, Numbered, kind_of, module_of, title_in
from app.courses.units import Path, Unit, units_of

UNITS_MOST: Final = 4_000
WORK_MOST: Final = 2_000_000
"""Pairs of equal words or paragraphs that are weighed: more would keep a page waiting."""
ALIKE: Final = 0.35
"""From this part of words in common on, a paragraph is called changed, not another one."""

NEAR: Final = 5
FEW: Final = 6
"""So many words are another value of the same thing, also when none of them stayed."""

Mark = Literal["same", "gone", "new"]


class What(StrEnum):
    """What became of a file."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"


@dataclass(frozen=True)
class Side:
    """A file in one of the two states. `text` is None for what is no text."""

    sha256: str
    text: str | None


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    mark: Mark
    words: str


@dataclass(frozen=True)
class Passage:
    """A paragraph, or the value that stands at `path`. `skipped`: so many stayed as they were, and are not shown."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0
    path: Path = ()


@dataclass(frozen=True)
class Change:
    """One file that is not what it was. `moved`: it also stands in another place, `before` was its path.

    `passages` is None when there are no words to compare, or too many, or nobody asked for them.
    """

    what: What
    kind: Kind
    path: str
    title: str
    before: str
    moved: bool
    passages: tuple[Passage, ...] | None

    @property
    def places(self) -> tuple[int, int]:
        """Its number before and now."""
        return Numbered.of(self.before).number, Numbered.of(self.path).number

    @property
    def modules(self) -> tuple[str, str]:
        """The module that it stood in and stands in now, by their names."""
        before, after = (module_of(path).replace("-", " ").capitalize() for path in (self.before, self.path))
        return before, after


def compare(before: Mapping[str, Side], after: Mapping[str, Side], *, words: bool = True) -> tuple[Change, ...]:
    """Every file that came, went, moved or changed; in the order of the course.

    Without `words` nobody weighs which words differ: of a large course that takes seconds.
    """
    pairs = _pairs(before, after)
    moved = _moved(pairs)
    found = [_change(old, new, before, after, moved=new in moved, words=words) for old, new in pairs]
    changes = [change for change in found if change is not None]
    changes += [_went(path, before[path]) for path in before.keys() - {old for old, _ in pairs}]
    changes += [_came(path, after[path], words=words) for path in after.keys() - {new for _, new in pairs}]
    order = list(Kind)
    return tuple(sorted(changes, key=lambda one: (order.index(_beside(one.kind)), one.path, one.what)))


def _beside(kind: Kind) -> Kind:
    """A check stands among the lessons of its module."""
    return Kind.LESSON if kind is Kind.CHECK else kind


def _pairs(before: Mapping[str, Side], after: Mapping[str, Side]) -> list[tuple[str, str]]:
    """Which file became which: by its path, else by its name without number, else by what is in it."""
    pairs = [(path, path) for path in before if path in after]
    for sort in (_identity, lambda path, side: (kind_of(path), side.sha256)):
        gone = [path for path in before if path not in {old for old, _ in pairs}]
        come = {sort(path, after[path]): path for path in after if path not in {new for _, new in pairs}}
        became = [(path, come.pop(sort(path, before[path]), None)) for path in gone]
        pairs += [(path, found) for path, found in became if found is not None]
    return pairs


def _identity(path: str, _side: Side) -> tuple[Kind, str]:
    kind = kind_of(path)
    return kind, module_of(path) if kind is Kind.CHECK else Numbered.of(path).slug


def _moved(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Who stands elsewhere among its own: another number alone, since one came in between, is no move."""
    families: dict[tuple[Kind, str], list[tuple[str, str]]] = {}
    found: set[str] = set()
    for old, new in pairs:
        kind = kind_of(new)
        if kind not in {Kind.LESSON, Kind.SESSION, Kind.ASSIGNMENT}:
            continue
        if module_of(old) != module_of(new):
            found.add(new)
        else:
            families.setdefault((kind, module_of(new)), []).append((old, new))
    for members in families.values():
        order = [new for _, new in sorted(members)]
        found |= set(order) - _in_order(order)
    return found


def _in_order(names: Sequence[str]) -> set[str]:
    """The largest part of a row that still stands in its order."""
    tails: list[str] = []
    at: list[int] = []
    back: list[int] = []
    for place, name in enumerate(names):
        length = bisect_left(tails, name)
        back.append(at[length - 1] if length else -1)
        tails[length : length + 1] = [name]
        at[length : length + 1] = [place]
    place, kept = (at[-1] if at else -1), set[str]()
    while place >= 0:
        kept.add(names[place])
        place = back[place]
    return kept


def _change(
    old: str, new: str, before: Mapping[str, Side], after: Mapping[str, Side], *, moved: bool, words: bool
) -> Change | None:
    one, other = before[old], after[new]
    same = one.sha256 == other.sha256
    if same and not moved:
        return None
    passages = () if same else _passages(one.text, other.text) if words else None
    what = What.MOVED if same else What.CHANGED
    return Change(what, kind_of(new), new, title_in(other.text), old, moved, passages)


def _went(path: str, side: Side) -> Change:
    return Change(What.REMOVED, kind_of(path), path, title_in(side.text), path, moved=False, passages=())


def _came(path: str, side: Side, *, words: bool) -> Change:
    passages = _passages("", side.text) if words else None
    return Change(What.ADDED, kind_of(path), path, title_in(side.text), "", moved=False, passages=passages)


def _passages(one: str | None, other: str | None) -> tuple[Passage, ...] | None:
    return None if one is None or other is None else passages_between(one, other)


def passages_between(one: str, other: str) -> tuple[Passage, ...] | None:
    """The two texts value by value and paragraph by paragraph; None when it is too much to weigh."""
    if max(one.count("\n"), other.count("\n")) > 2 * UNITS_MOST:
        return None
    before, after = units_of(one), units_of(other)
    mine, theirs = ([unit.same_as for unit in units] for units in (before, after))
    if max(len(before), len(after)) > UNITS_MOST or _work(mine, theirs) > WORK_MOST:
        return None
    found: list[Passage] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Passage(skipped=i2 - i1))
        else:
            found += _between(before[i1:i2], after[j1:j2])
    return tuple(found)


def _between(gone: Sequence[Unit], come: Sequence[Unit]) -> Iterator[Passage]:
    """What took the place of other things: those that are alike word by word, in their order."""
    place = 0
    for unit in gone:
        words = _words(unit.words)
        near = range(place, min(len(come), place + NEAR))
        alike = next((n for n in near if _became(unit, words, come[n])), None)
        if alike is None:
            yield Passage((Piece("gone", unit.words),), path=unit.path)
            continue
        for new in come[place:alike]:
            yield Passage((Piece("new", new.words),), path=new.path)
        yield Passage(tuple(_pieces(words, _words(come[alike].words))), path=come[alike].path)
        place = alike + 1
    for new in come[place:]:
        yield Passage((Piece("new", new.words),), path=new.path)


def _became(unit: Unit, words: Sequence[str], other: Unit) -> bool:
    """Whether one is the other, written anew: the same value of a few words, or one with words in common."""
    if unit.names != other.names:
        return False
    theirs = _words(other.words)
    return (unit.path == other.path != () and max(len(words), len(theirs)) <= FEW) or _alike(words, theirs)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return False
    shared = sum((Counter(map(str.strip, one)) & Counter(map(str.strip, other))).values())
    return 2 * shared / (len(one) + len(other)) >= ALIKE and _weigh(one, other) <= WORK_MOST


def _pieces(one: Sequence[str], other: Sequence[str]) -> Iterator[Piece]:
    mine, theirs = ([word.strip() for word in words] for words in (one, other))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(other[j1:j2]))
            continue
        if i2 > i1:
            yield Piece("gone", "".join(one[i1:i2]))
        if j2 > j1:
            yield Piece("new", "".join(other[j1:j2]))


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+\Z", text) if len(text) < 50_000 else [text]


def _weigh(one: Sequence[str], other: Sequence[str]) -> int:
    return _work([word.strip() for word in one], [word.strip() for word in other])


def _work(one: Iterable[Hashable], other: Iterable[Hashable]) -> int:
    """How many pairs there are to weigh."""
    theirs = Counter(other)
    return sum(count * theirs[word] for word, count in Counter(one).items())
