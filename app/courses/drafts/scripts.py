"""The script above a session of the handbook as rows of a form: materials, steps, what else may happen, cards.

The fields of a row are called after its family and its place, as those of a question: `s0-title` is the title of the
first step. A row that was left empty counts for nothing. Materials are lines of one field.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.kit.errors import Refused
from app.kit.text import is_shown, unix_ends

Raw = Mapping[str, Sequence[str]]
Row = dict[str, str]
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "s": ("minutes", "title", "text"),
    "a": ("when", "then"),
    "w": ("title", "minutes", "core_element", "materials", "text"),
}
"""The fields of a row: a step, what else may happen, a card of a working form."""
KEYS: Final[Mapping[str, str]] = {"s": "steps", "a": "otherwise", "w": "working_forms"}
ROWS_MOST: Final = 40
"""Of one kind; a session has no more steps."""
LINES_MOST: Final = 200
"""In one list of materials. Old lines and new ones are compared, each with each where nothing else helps."""
SIGNS_MOST: Final = 150_000
"""In one script, with what YAML needs around it; the reader of courses takes 200,000."""
FIELD: Final = re.compile(r"([saw])(\d{1,4})-(minutes|title|text|when|then|core_element|materials)")


def fields_in(facts: Mapping[str, Any]) -> dict[str, str] | None:
    """What stands in the fields; None for a script that no form can show, which stays text."""
    materials = facts.get("materials") or []
    if not _are_lines(materials):
        return None
    found = {"materials": "\n".join(materials)}
    for family, key in KEYS.items():
        rows = facts.get(key) or []
        if not isinstance(rows, list) or len(rows) > ROWS_MOST:
            return None
        for place, row in enumerate(rows):
            shown = _shown(family, row)
            if shown is None:
                return None
            found |= {f"{family}{place}-{part}": words for part, words in shown.items()}
    return found


def _shown(family: str, row: object) -> Row | None:
    if not isinstance(row, dict):
        return None
    shown: Row = {}
    for part in PARTS[family]:
        value = row.get(part)
        if part == "materials" and _are_lines(value or []):
            shown[part] = "\n".join(value or [])
        elif value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
            shown[part] = "" if value is None else str(value)
        else:
            return None
    return shown


def _are_lines(value: object) -> bool:
    if not isinstance(value, list) or len(value) > LINES_MOST:
        return False
    return all(isinstance(one, str) and "\n" not in one for one in value)


def typed(pairs: Iterable[tuple[str, object]]) -> dict[str, list[str]]:
    """The fields of rows among those that a form sent."""
    return {
        name: ["".join(filter(is_shown, unix_ends(given)))]
        for name, given in pairs
        if isinstance(given, str) and FIELD.fullmatch(name)
    }


def must_fit(raw: Raw, materials: str) -> None:
    """Before it is put in its file, which takes a time that grows with it. Raises: Refused, never by a cut."""
    for family in PARTS:
        if len(_places(raw, family)) > ROWS_MOST:
            raise Refused("too_many_rows", f"{family}{ROWS_MOST}-{PARTS[family][0]}", most=ROWS_MOST)
    rows = {name: words[-1] for name, words in raw.items() if words and FIELD.fullmatch(name)}
    for name, words in (("materials", materials), *rows.items()):
        if name.endswith("materials") and len(_lines(words)) > LINES_MOST:
            raise Refused("too_many_lines", name, most=LINES_MOST)
    if len(materials) + sum(map(len, rows.values())) > SIGNS_MOST:
        raise Refused("script_too_long")


def counts(raw: Raw) -> dict[str, int]:
    """How many rows of each family there are; their numbers need not follow each other."""
    return {family: len(_places(raw, family)) for family in PARTS}


def numbered(raw: Raw) -> dict[str, list[str]]:
    """The same rows, numbered from nought on, so that a page can draw them."""
    found: dict[str, list[str]] = {}
    for family in PARTS:
        for place, row in enumerate(_rows(raw, family)):
            found |= {f"{family}{place}-{part}": [words] for part, words in row.items()}
    return found


def facts_in(raw: Raw, materials: str) -> dict[str, Any]:
    """What was typed as keys of the head; None is a key that is not there."""
    facts: dict[str, Any] = {"materials": _lines(materials) or None}
    for family, key in KEYS.items():
        written = [_facts(row) for row in _rows(raw, family) if any(row[part].strip() for part in _words(family))]
        facts[key] = written or ([] if key == "steps" else None)
    return facts


def _words(family: str) -> tuple[str, ...]:
    """The parts in which somebody writes: a choice alone makes no row."""
    return tuple(part for part in PARTS[family] if part != "core_element")


def _facts(row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {part: words.strip() for part, words in row.items()}
    if "title" in row:
        facts["title"] = " ".join(row["title"].split())
    if "minutes" in row and facts["minutes"].isascii() and facts["minutes"].isdigit():
        facts["minutes"] = int(facts["minutes"][:9])
    if "core_element" in row:
        facts["core_element"] = facts["core_element"] or None
        facts["materials"] = _lines(row["materials"]) or None
    return facts


def _lines(text: str) -> list[str]:
    """A list of lines, also of one that was typed with dashes before them."""
    found = (line.strip().removeprefix("- ").strip() for line in text.split("\n"))
    return [line for line in found if line]


def _places(raw: Raw, family: str) -> list[int]:
    places = {int(found[2]) for name in raw if (found := FIELD.fullmatch(name)) and found[1] == family}
    return sorted(places)


def _rows(raw: Raw, family: str) -> list[Row]:
    return [
        {part: ([*raw.get(f"{family}{place}-{part}", ())] or [""])[-1] for part in PARTS[family]}
        for place in _places(raw, family)
    ]


@dataclass(frozen=True)
class Card:
    """One row as it reads.

    `begins`, `ends`: of a step, in minutes after the start; `needs`: the materials of a card.
    """

    title: str
    text: str
    begins: int = 0
    ends: int = 0
    minutes: int = 0
    element: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """A script as it reads while somebody writes it, also half done. `total`: how long its steps last together."""

    materials: tuple[str, ...]
    steps: tuple[Card, ...]
    otherwise: tuple[Card, ...]
    cards: tuple[Card, ...]
    total: int


def read(raw: Raw, elements: Iterable[tuple[str, str]]) -> Script:
    """What was typed in the rows of a form."""
    facts, known = facts_in(raw, ([*raw.get("materials", ())] or [""])[-1]), dict(elements)
    steps: list[Card] = []
    at = 0
    for one in facts["steps"]:
        minutes = one["minutes"] if isinstance(one["minutes"], int) else 0
        steps.append(Card(one["title"], one["text"], at, at + minutes, minutes))
        at += minutes
    cards = [
        Card(
            one["title"],
            one["text"],
            minutes=one["minutes"] if isinstance(one["minutes"], int) else 0,
            element=known.get(one["core_element"] or "", ""),
            needs=tuple(one["materials"] or ()),
        )
        for one in facts["working_forms"] or ()
    ]
    otherwise = tuple(Card(one["when"], one["then"]) for one in facts["otherwise"] or ())
    return Script(tuple(facts["materials"] or ()), tuple(steps), otherwise, tuple(cards), at)


@dataclass(frozen=True)
class Place:
    """Where a row begins in its file, and which it is: its family, and its place from nought on."""

    line: int
    family: str
    row: int


def places_in(text: str) -> tuple[Place, ...]:
    """Where the rows of a script stand, in the order of their lines."""
    from app.courses.files.document import FRONT, read_yaml  # noqa: PLC0415 - few requests read courses
    from app.courses.files.problems import Problems  # noqa: PLC0415

    found = FRONT.match(text)
    document = read_yaml(found.group(1) or "", "", Problems()) if found else None
    node = document.node if document is not None else None
    return tuple(sorted(_placed(node), key=lambda place: place.line))


def _placed(node: object) -> Iterator[Place]:
    for family, key in KEYS.items():
        rows: Any = node.get(key) if isinstance(node, dict) else None
        for n in range(len(rows) if isinstance(rows, list) else 0):
            yield Place(rows.lc.item(n)[0] + 2, family, n)  # from one on, below the rule above the head


def row_at(places: Sequence[Place], line: int) -> tuple[str, int]:
    """Which row stands at a line of the file; an empty family for none."""
    found = bisect_right(places, line, key=lambda place: place.line)
    return (places[found - 1].family, places[found - 1].row) if found else ("", 0)


def elements_in(text: str | None) -> tuple[tuple[str, str], ...]:
    """The core elements that a course.yaml names, for who chooses one."""
    from app.courses.files.document import plain, read_yaml  # noqa: PLC0415
    from app.courses.files.problems import Problems  # noqa: PLC0415

    document = read_yaml(text or "", "", Problems())
    facts = plain(document.node) if document is not None else None
    listed = facts.get("core_elements") if isinstance(facts, dict) else None
    return tuple(
        (str(one["slug"]), str(one.get("title") or one["slug"]))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("slug")
    )
