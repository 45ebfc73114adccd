"""Changing what stands above a text: one key at a time, and every other line stays as its author wrote it.

Writing the whole head anew with a library would fold lines, change quotes and lose remarks. So only the lines of a key
that really changed are written again, and a remark behind its value stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from app.courses.files.document import FRONT, plain, read_yaml
from app.courses.files.fitting import alike, cleaned, fitted, same_but
from app.courses.files.problems import Problems

KEY: Final = re.compile(r"^([A-Za-z_][A-Za-z0-9_-]*)[ \t]*:(?:[ \t]|$)")
WIDEST: Final = 1_000_000  # never fold a line
_DASH: Final = re.compile(r"^( *)- ")
_ENDS: Final = re.compile("[\x85\u2028\u2029]")

Value = str | int | bool | list[Any] | dict[str, Any] | None


@dataclass(frozen=True)
class Split:
    """A text with a head: its lines between the rules `---`, what they say, and the body."""

    head: tuple[str, ...]
    facts: Mapping[str, Any]
    body: str

    @property
    def text(self) -> str:
        return "\n".join(["---", *self.head, "---", ""]) + self.body


def split(text: str) -> Split | None:
    """The head and the body; None when there is no head, or one that is no plain list of keys."""
    found = FRONT.match(text)
    if found is None:
        return None
    head = (found.group(1) or "").removesuffix("\n")
    document = read_yaml(head, "", Problems())
    if document is None or not isinstance(document.node, CommentedMap | type(None)):
        return None
    lines = tuple(head.split("\n")) if head else ()
    facts = plain(document.node) or {}
    keys = [match.group(1) for line in lines if (match := KEY.match(line))]
    if sorted(keys) != sorted(str(key) for key in facts):  # odd keys, or keys within braces
        return None
    return Split(lines, facts, text[found.end() :])


def with_facts(before: Split, wanted: Mapping[str, Value]) -> Split | None:
    """The same head with these values. None takes a key away; a value that says the same changes nothing.

    Gives None when the head cannot be read with that, or would say something else at another key.
    """
    lines = list(before.head)
    for key, value in wanted.items():
        if key in before.facts:
            if not alike(before.facts[key], value):
                lines = _replaced(lines, key, value)
        elif value is not None:
            lines += _written(key, value)
    made = split("\n".join(["---", *lines, "---", ""]) + before.body)
    kept = made is not None and made.body == before.body and same_but(before.facts, made.facts, wanted)
    return made if kept else None


def with_body(before: Split, body: str) -> Split:
    """The same with another body; one that reads the same stays as it was, to the last empty line."""
    if cleaned(body) == cleaned(before.body):
        return before
    start = "\n" if before.body.startswith("\n") or not before.body.strip() else ""
    return Split(before.head, before.facts, f"{start}{body.strip(chr(10))}\n")


def without(before: Split, keys: frozenset[str]) -> str:
    """The lines of the head that are about no key of these, as one YAML text."""
    others = [(start, end) for start, end, key in _spans(before.head) if key not in keys]
    return "\n".join(line for start, end in others for line in before.head[start:end])


def with_rest(before: Split, keys: frozenset[str], rest: str) -> Split | None:
    """The same head whose lines about other keys than these are `rest`; None when that cannot be read."""
    if cleaned(rest) == cleaned(without(before, keys)):
        return before
    own = [line for start, end, key in _spans(before.head) if key in keys for line in before.head[start:end]]
    made = split("\n".join(["---", *own, *rest.strip("\n").split("\n"), "---", ""]) + before.body)
    return made if made is not None and made.body == before.body else None  # a rule --- in it ends the head


def _spans(lines: tuple[str, ...] | list[str]) -> list[tuple[int, int, str]]:
    """(first line, line after the last, key) of each key; remarks and empty lines go with the key below them."""
    starts = [(number, match.group(1)) for number, line in enumerate(lines) if (match := KEY.match(line))]
    spans: list[tuple[int, int, str]] = []
    begin = 0
    for place, (number, key) in enumerate(starts):
        until = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
        end = until
        while end > number + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        if place + 1 == len(starts):
            end = until
        spans.append((begin, end, key))
        begin = end
    return spans


def _replaced(lines: list[str], key: str, value: Value) -> list[str]:
    for start, end, found in _spans(lines):
        if found != key:
            continue
        first = next(n for n in range(start, end) if KEY.match(lines[n]))
        last = end
        while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].startswith("#")):
            last -= 1
        written = [] if value is None else _written(key, value, like=lines[first:last])
        return [*lines[:first], *written, *lines[last:]]
    return lines


def _written(key: str, value: Value, like: list[str] | None = None) -> list[str]:
    """A key with its value; a remark at the end of the line that it had stays."""
    yaml = writer(like or [])
    node = CommentedMap()
    if like is not None:
        try:
            node = yaml.load("\n".join(like))
        except YAMLError:  # it could be read with the lines around it
            node = CommentedMap()
    node[key] = fitted(node.get(key), value)
    into = StringIO()
    yaml.dump(node, into)
    if _says(into.getvalue(), key, value):
        return into.getvalue().rstrip("\n").split("\n")
    if isinstance(value, str):
        return [f"{key}: {_quoted(value)}"]  # such as a text that begins with spaces
    into = StringIO()
    yaml.dump({key: fitted(None, value)}, into)  # within braces some signs are read otherwise than they are written
    return into.getvalue().rstrip("\n").split("\n")


def _says(written: str, key: str, value: Value) -> bool:
    try:
        read = plain(YAML(typ="rt").load(written)[key])
    except YAMLError:
        return False
    return cleaned(str(read)) == cleaned(value) if isinstance(value, str) else alike(read, value)


def _quoted(words: str) -> str:
    """On one line, also where YAML reads the end of a line in what is none in JSON."""
    told = json.dumps(words, ensure_ascii=False)
    return _ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", told)


def writer(like: Sequence[str]) -> YAML:
    """What writes YAML as courses are written: no line folded, and lists as far in as those of `like`."""
    yaml = YAML(typ="rt")
    yaml.width = WIDEST
    yaml.allow_unicode = True
    yaml.preserve_quotes = True
    inward = next((len(found[1]) for line in like if (found := _DASH.match(line))), 2)
    yaml.indent(mapping=2, sequence=inward + 2, offset=inward)
    return yaml
