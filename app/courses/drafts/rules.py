"""Where the files of a course stand and what each is, by its path alone; names and numbers for new ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Final

from app.kit.text import fold

PATH_MOST: Final = 200
TEXT_MOST: Final = 1_000_000
"""Signs in one text; the reader of courses takes a megabyte."""
FILES_MOST: Final = 1_000
UNPACKED_MOST: Final = 200 * 1024 * 1024  # security.md 1.2, 7
LEFT_LYING_DAYS: Final = 30
SLUG_MOST: Final = 60
COURSE_SLUG: Final = (2, 80)
"""The shortest and the longest name of a course in addresses."""
TEXTS: Final = (".md", ".yaml")
TAKEN: Final = frozenset({"beeld", "bestand"})
"""What stands below /opleiding and is no course."""
_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NUMBERED: Final = re.compile(r"([0-9]{2,3})-(.+)")
_HEAD: Final = re.compile(r"\A---[ \t]*\n((?:.*?\n)?)---[ \t]*(?:\n+|\Z)", re.DOTALL)
_TITLE: Final = re.compile(r"""^(?:title|"title"|'title')[ \t]*:(?:[ \t]+(.*)|$)""", re.MULTILINE)
_TITLE_LINES: Final = 20
_TITLE_MOST: Final = 4_000
_PLAIN: Final = re.compile(r"""(?:"([^"\\]*)"|'([^']*)'|([^\W\d_][^:#\\]*))[ \t]*""")
_SAID_OTHERWISE: Final = frozenset({"true", "false", "null"})
_MINUTES: Final = re.compile(r"^minutes:[ \t]*([0-9]{1,4})[ \t]*(?:#.*)?$", re.MULTILINE)


class Kind(StrEnum):
    """What a file of a course is, in the order in which an author meets them."""

    COURSE = "course"
    LESSON = "lesson"
    CHECK = "check"
    ASSIGNMENT = "assignment"
    RUBRIC = "rubric"
    HANDBOOK = "handbook"
    SESSION = "session"
    POLICY = "policy"
    PICTURE = "picture"
    MEDIA = "media"
    OTHER = "other"


_WHOLE: Final = {
    "course.yaml": Kind.COURSE,
    "rubric.yaml": Kind.RUBRIC,
    "policy.yaml": Kind.POLICY,
    "handbook/handbook.yaml": Kind.HANDBOOK,
}
REMOVABLE: Final = frozenset(Kind) - frozenset(_WHOLE.values())
"""A course may not lack the others; without its last script the handbook stays too."""
MOVABLE: Final = frozenset({Kind.LESSON, Kind.ASSIGNMENT, Kind.SESSION})


def kind_of(path: str) -> Kind:
    """What a file is, by where it stands."""
    if path in _WHOLE:
        return _WHOLE[path]
    folder, _, name = path.rpartition("/")
    top = folder.partition("/")[0]
    if top == "modules" and folder.count("/") == 1:
        if name == "toets.yaml":
            return Kind.CHECK
        if name.endswith(".md"):
            return Kind.LESSON
    if folder == "handbook" and name.endswith(".md"):
        return Kind.SESSION
    if folder == "assignments" and name.endswith(".yaml"):
        return Kind.ASSIGNMENT
    if folder == "images":
        return Kind.PICTURE
    return Kind.MEDIA if folder == "media" else Kind.OTHER


def is_path(path: str) -> bool:
    """Whether a file of a course may be called so: within its folder, and nothing that a disk reads in its own way."""
    parts = path.split("/")
    return len(path) <= PATH_MOST and len(parts) <= 4 and all(_PART.fullmatch(part) for part in parts)


def is_text(path: str) -> bool:
    return path.endswith(TEXTS)


def media_type_of(path: str) -> str:
    """The type of a text, by its name."""
    return "text/markdown" if path.endswith(".md") else "application/yaml"


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Numbered:
    """The number and the name in `02-wat-is-dit.md`; number 0 when it has none."""

    folder: str
    number: int
    slug: str
    suffix: str

    @classmethod
    def of(cls, path: str) -> Numbered:
        folder, _, name = path.rpartition("/")
        stem, dot, suffix = name.rpartition(".")
        found = _NUMBERED.fullmatch(stem if dot else name)
        if found is None:
            return cls(folder, 0, stem if dot else name, dot + suffix if dot else "")
        return cls(folder, int(found[1]), found[2], dot + suffix)

    def at(self, number: int) -> str:
        """The path with another number."""
        return f"{self.folder}/{number:02d}-{self.slug}{self.suffix}"


def module_of(path: str) -> str:
    """The slug of the module that a lesson or check stands in; empty elsewhere."""
    parts = path.split("/")
    if parts[0] != "modules" or len(parts) < 3:
        return ""
    return Numbered.of(parts[1]).slug


def is_course_slug(slug: str) -> bool:
    """Whether a course may be called so in addresses; what is nothing but digits reads as a number."""
    least, most = COURSE_SLUG
    return least <= len(slug) <= most and bool(SLUG.fullmatch(slug)) and not (slug.isdigit() or slug in TAKEN)


def slug_from(title: str) -> str:
    """A name for a file or a course, of what people read."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:SLUG_MOST].strip("-")


def free(slug: str, taken: Iterable[str]) -> str:
    """The name, or with a number behind it the first that is not taken."""
    known, found, count = set(taken), slug, 1
    while found in known:
        count += 1
        found = f"{slug}-{count}"
    return found


def swapped(paths: Sequence[str], path: str, *, up: bool) -> dict[str, str]:
    """What each of the numbered files of a folder is called when one changes places with its neighbour.

    They are numbered from 1 on, in their order; only those that get another name are there.
    """
    order = sorted(paths, key=lambda one: (Numbered.of(one).number, one))
    place = order.index(path)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return {old: new for number, old in enumerate(order, start=1) if (new := Numbered.of(old).at(number)) != old}


def next_number(paths: Iterable[str]) -> int:
    return max((Numbered.of(path).number for path in paths), default=0) + 1


def lines_above(path: str, text: str | None) -> int:
    """How many lines stand above what an author writes in the field for the text: the head, and what is empty."""
    found = _HEAD.match(text or "") if path.endswith(".md") else None
    return found[0].count("\n") if found else 0


def title_in(text: str | None) -> str:
    """The title that a text says it has, as YAML reads it; empty when it says none.

    Lists of hundreds of lessons ask this: only the lines of the title are read, and a plain one as it stands.
    """
    head = _top_of(text or "")
    found = _TITLE.search(head)
    if found is None:
        return _title_of_yaml(head) if head.lstrip().startswith("{") else ""
    lines = head[found.start() :].split("\n", _TITLE_LINES)[:_TITLE_LINES]
    own = [lines[0], *takewhile(lambda line: not line.strip() or line[0] in " \t", lines[1:])]
    plain = _PLAIN.fullmatch(found[1] or "")
    if plain and not any(line.strip() for line in own[1:]):
        said = str(plain[plain.lastindex or 0])
        if said.strip().lower() not in _SAID_OTHERWISE:
            return " ".join(said.split())[:200]
    told = "\n".join(own)
    said = _title_of_yaml(told) if len(told) <= _TITLE_MOST else ""
    return said or (found[1] or "").strip(" \t\"'")[:200]


def _top_of(text: str) -> str:
    """What stands above a text; all of one that is YAML."""
    found = _HEAD.match(text)
    return found[1] if found else text


def _title_of_yaml(text: str) -> str:
    from app.courses.files.document import plain, read_yaml  # noqa: PLC0415 - few requests read courses
    from app.courses.files.problems import Problems  # noqa: PLC0415

    document = read_yaml(text, "", Problems())
    facts = plain(document.node) if document is not None else None
    said = facts.get("title") if isinstance(facts, dict) else None
    return " ".join(said.split())[:200] if isinstance(said, str) else ""


def minutes_in(text: str | None) -> int:
    """The minutes that a text says it takes; 0 when it says none."""
    found = _MINUTES.search(text or "")
    return int(found[1]) if found else 0
