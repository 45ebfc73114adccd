"""Putting values into YAML that somebody wrote, so that whatever says the same stays as it stands.

Quotes, remarks, the order of keys and keys that nobody here knows survive; only what really changed is written anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from app.courses.files.document import plain
from app.kit.text import clean


def cleaned(text: str) -> str:
    """The text as a form would read it; as it is when it holds what no form takes."""
    try:
        return clean(text)
    except ValueError:
        return text


def alike(old: Any, new: Any) -> bool:
    """Whether two plain values say the same; of a text on one line its spaces do not count.

    In a mapping None means: not there, or empty.
    """
    match old, new:
        case str(), str():
            return " ".join(old.split()) == " ".join(new.split()) if "\n" not in new else cleaned(old) == cleaned(new)
        case list(), list():
            return len(old) == len(new) and all(alike(one, other) for one, other in zip(old, new, strict=True))
        case dict(), dict():
            return all(_lacks(old, key) if value is None else alike(old.get(key), value) for key, value in new.items())
        case _:
            return type(old) is type(new) and bool(old == new)


def same(old: Any, new: Any) -> bool:
    """Whether two plain values are the same to the last key; of a text what stands around it does not count."""
    match old, new:
        case str(), str():
            return old.strip() == new.strip()
        case list(), list():
            return len(old) == len(new) and all(same(one, other) for one, other in zip(old, new, strict=True))
        case dict(), dict():
            return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
        case _:
            return type(old) is type(new) and bool(old == new)


def same_but(old: Mapping[Any, Any], new: Mapping[Any, Any], keys: Collection[Any]) -> bool:
    """Whether two mappings are the same, whatever they say at these keys."""
    rest = [{key: value for key, value in one.items() if key not in keys} for one in (old, new)]
    return same(*rest)


def _lacks(node: Mapping[Any, Any], key: str) -> bool:
    return node.get(key) in (None, "", [])


def fitted(old: Any, new: Any) -> Any:
    """A node that says `new`, made of `old` as far as that goes. Keys of a mapping that `new` does not name stay."""
    match new:
        case dict():
            return _mapping(old if isinstance(old, CommentedMap) else CommentedMap(), new)
        case list():
            return _sequence(old if isinstance(old, CommentedSeq) else CommentedSeq(), new)
        case str() if isinstance(old, str) and alike(str(old), new):
            return old
        case str() if "\n" in new:
            return LiteralScalarString(f"{new}\n")
        case str() if isinstance(old, DoubleQuotedScalarString | SingleQuotedScalarString):
            return type(old)(new)
        case _:
            return new


def _mapping(node: CommentedMap, new: Mapping[str, Any]) -> CommentedMap:
    for key, value in new.items():
        if value is None:
            if not _lacks(node, key):
                del node[key]
        elif key not in node or not alike(plain(node[key]), value):
            node[key] = fitted(node.get(key), value)
    return node


def _sequence(node: CommentedSeq, new: Sequence[Any]) -> CommentedSeq:
    """The items in their new order; each is made of the one that it was, or of what stood in its place."""
    places = _places([plain(one) for one in node], new)
    made = CommentedSeq([fitted(None if was is None else node[was], one) for was, one in zip(places, new, strict=True)])
    if node.fa.flow_style():
        made.fa.set_flow_style()
    if node and all(isinstance(one, CommentedMap) and one.fa.flow_style() for one in node):
        for one in made:
            one.fa.set_flow_style()
    for place, was in enumerate(places):
        if was is not None and was in node.ca.items:
            made.ca.items[place] = node.ca.items[was]
    return made


def _places(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """For each new item which old one it was: the one that says the same, has the same words, or stood there."""
    free = dict.fromkeys(range(len(old)))
    found: list[int | None] = [None] * len(new)
    if all(isinstance(one, str) and "\n" not in one for one in (*old, *new)):
        by_words: dict[str, list[int]] = {}
        for n in reversed(free):
            by_words.setdefault(" ".join(old[n].split()), []).append(n)
        for place, one in enumerate(new):
            if left := by_words.get(" ".join(one.split())):
                found[place] = was = left.pop()
                del free[was]
        return _in_place(found, free)
    for same in (alike, lambda one, other: alike(_words(one), _words(other))):
        for place, one in enumerate(new):
            fits = next((n for n in free if same(old[n], one)), None) if found[place] is None else None
            if fits is not None:
                found[place] = fits
                del free[fits]
    return _in_place(found, free)


def _in_place(found: list[int | None], free: dict[int, None]) -> list[int | None]:
    """The same, where what is new is made of what stood at its place."""
    for place, was in enumerate(found):
        if was is None and place in free:
            found[place] = place
            del free[place]
    return found


def _words(one: Any) -> Any:
    """What an answer is known by: its text, or the left side of a pair."""
    return one.get("text", one.get("left")) if isinstance(one, dict) else one
