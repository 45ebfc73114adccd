"""A text of a course as the things in it that can differ: each value of a head or YAML, and each paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

Path = tuple[str | int, ...]
"""Where a value stands: names of keys, and places in a list from 1."""

_HEAD: Final = re.compile(r"\A---[ \t]*\n(.*?)\n?---[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML: Final = re.compile(r"\A(?:[^\S\n]*(?:#.*)?\n)*+[a-z_]+:")
_BLOCK: Final = re.compile(
    r"^::: *(beeld|video|geluid|vraag) +(\S+)[^\n]*\n((?:(?!:::).*\n)*+):::[ \t]*$", re.MULTILINE
)
"""Blocks that hold values by name. Neither takes more than the length of a text, whatever stands in it."""
_EMPTY_LINE: Final = re.compile(r"\n\s*\n")
_FENCE: Final = re.compile(r"^:::[ \t]*(?:([a-z-]+)[ \t]*([^\n]*))?$", re.MULTILINE)
_NAMED: Final = frozenset({"reflectie", "download"})
"""Blocks with a name before their title."""
DEEPEST: Final = 12


@dataclass(frozen=True)
class Unit:
    """Words, and what they are: of a paragraph nothing (`path` is empty)."""

    path: Path
    words: str

    @cached_property
    def same_as(self) -> tuple[Path, str]:
        """By this two are the same: a place in a list moves on when something comes before it."""
        return self.names, self.words

    @cached_property
    def names(self) -> Path:
        return tuple(step for step in self.path if isinstance(step, str))


def units_of(text: str) -> list[Unit]:
    """What stands in a text, in its order. A head that cannot be read gives its lines."""
    head, body = _cut(text)
    found = [*_values(head)] if head is not None else []
    start = 0
    for block in _BLOCK.finditer(body):
        found += _prose(body[start : block.start()])
        found += _values(block[3], (f"::: {block[1]}", block[2]))
        start = block.end()
    return [*found, *_prose(body[start:])]


def _cut(text: str) -> tuple[str | None, str]:
    if (found := _HEAD.match(text)) is not None:
        return found[1], text[found.end() :]
    return (text, "") if _YAML.match(text) else (None, text)


def _prose(text: str) -> Iterator[Unit]:
    """Paragraphs. The title of a block is one, named after the block; the line that closes it is nothing."""
    start = 0
    for fence in _FENCE.finditer(text):
        yield from _paragraphs(text[start : fence.start()])
        start = fence.end()
        if fence[1] is None:
            continue
        name, _, title = fence[2].partition(" ") if fence[1] in _NAMED else ("", "", fence[2])
        yield Unit((f"::: {fence[1]}", *([name] if name else [])), title.strip() or "…")
    yield from _paragraphs(text[start:])


def _paragraphs(text: str, path: Path = ()) -> list[Unit]:
    return [Unit(path, unit.strip("\n")) for unit in _EMPTY_LINE.split(text) if unit.strip()]


def _values(text: str, above: Path = ()) -> list[Unit]:
    from app.courses.files.document import plain, read_yaml  # noqa: PLC0415 - few requests read courses
    from app.courses.files.problems import Problems  # noqa: PLC0415

    document = read_yaml(text, "", Problems())
    value = plain(document.node) if document is not None else None
    if not isinstance(value, dict):
        return [Unit((), line) for line in text.split("\n") if line.strip()]
    return [*_within(value, above)]


def _within(value: Any, path: Path) -> Iterator[Unit]:
    """Every value, however deep; what is not filled in is nothing."""
    match value:
        case None | "":
            return
        case dict() if len(path) < DEEPEST:
            for key, one in value.items():
                yield from _within(one, (*path, str(key)))
        case list() if all(_short(one) for one in value):
            if value:
                yield Unit(path, ", ".join(str(one) for one in value))
        case list() if len(path) < DEEPEST:
            for place, one in enumerate(value, start=1):
                yield from _within(one, (*path, place))
        case bool():
            yield Unit(path, str(value).lower())
        case str():
            yield from _paragraphs(value, path)
        case _:
            yield Unit(path, str(value))


def _short(value: Any) -> bool:
    """Whether several of it read as one line: numbers, and names of one word."""
    return isinstance(value, int) or (isinstance(value, str) and " " not in value)
