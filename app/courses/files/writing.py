"""One text being rendered: its parts, and what is noted along the way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.courses.files.models import ImageContent, MediaContent
from app.courses.files.problems import Problems
from app.kit.text import fold

KINDS: Final = (
    "kern", "let-op", "voorbeeld", "stappen", "denk", "citaat",
    "beeld", "video", "geluid", "download", "reflectie", "vraag",
)  # fmt: skip
UNTITLED: Final = frozenset({"stappen"})
OPENS: Final = re.compile(r":::\s*([a-z-]+)(?!\S)")
TEXT_ONLY: Final = ("handbook/", "assignments/")
"""Where a page shows the text alone: what it would fill in would be lost without a word."""
PARTS_MOST: Final = 400
"""Runs of text and blocks in one text. A lesson has some twenty."""
TAKEN: Final = frozenset(
    {"inhoud", "menu", "toasts", "fouten", "stand", "klaar", "anders", "vormen", "versies", "draaiboek", "notities"}
    | {
        "lengte-woorden",
        "leswoorden",
        "niet-verstuurd",
        "notities-kop",
        "nv",
        "people-words",
        "weg",
        "zoek",
        "onderweg",
        "onderweg-woorden",
        "getypt-elders",
        "getypt-woorden",
    }
)
"""Ids that the page around a text has."""
NUMBERED_THERE: Final = re.compile(r"(blok|f|stap|vorm|anders|les|vraag|notitie|bewaard|p)-")
"""How other ids there begin."""


@dataclass(frozen=True)
class Library:
    """The pictures and other files that a text may name."""

    images: Mapping[str, ImageContent] = field(default_factory=dict)
    media: Mapping[str, MediaContent] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A run of plain Markdown (`kind` is empty) or one container, with the line it begins on (from 0)."""

    kind: str
    title: str
    text: str
    line: int


@dataclass
class Writing:
    """One text being rendered."""

    file: str
    first_line: int
    problems: Problems
    library: Library = field(default_factory=Library)
    headings: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    passages: list[tuple[str, str]] = field(default_factory=list)
    _block_ids: set[str] = field(default_factory=set)
    _taken: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TAKEN, 1))

    def problem(self, line: int, sentence: str, hint: str = "") -> None:
        self.problems.add(self.file, self.first_line + line + 1, 1, sentence, hint)

    def new_id(self, title: str) -> str:
        """An ascii id that this text does not have yet, and its place in the list of headings."""
        base = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60] or "kop"
        if NUMBERED_THERE.match(base):
            base = f"kop-{base}"
        id_ = self._free(base)
        self.headings.append((id_, title))
        self.passages.append((id_, title))
        return id_

    def anchor(self, words: str) -> str:
        """The id of a paragraph: made of its words, so that it stays while others come and go."""
        digest = hashlib.sha256(fold(words).encode()).hexdigest()[:8]
        id_ = self._free(f"p-{digest}")
        self.passages.append((id_, words))
        return id_

    def _free(self, base: str) -> str:
        """The base, or the first of base-2, base-3 ... that this text does not have; counts on from the last one."""
        count = self._taken.get(base, 0) + 1
        while count > 1 and f"{base}-{count}" in self._taken:
            count += 1
        self._taken[base] = count
        id_ = base if count == 1 else f"{base}-{count}"
        self._taken.setdefault(id_, 1)
        return id_

    def add_block(self, kind: str, id_: str, line: int, **facts: Any) -> str:
        """Something that the page fills in; gives the id under which the text leaves room for it."""
        if self.file.startswith(TEXT_ONLY):
            self.problem(line, "Dit blok kan alleen in een les.", "Zet het in een les, en noem die les hier.")
        if id_ in self._block_ids:
            self.problem(line, f"‘{id_}’ is er in deze les al.", "Kies een andere naam.")
        self._block_ids.add(id_)
        self.blocks.append({"kind": kind, "id": id_, **facts})
        return id_


def parts_of(text: str, writing: Writing) -> list[Part]:
    """Cut the text at its containers; a container in a container or without an end is a problem."""
    parts: list[Part] = []
    kind, title, start, lines = "", "", 0, list[str]()

    def close(line: int) -> None:
        nonlocal kind, title, start, lines
        if kind or any(content.strip() for content in lines):
            parts.append(Part(kind, title, "\n".join(lines), start))
        kind, title, start, lines = "", "", line + 1, []

    for line, content in enumerate(text.split("\n")):
        if not content.startswith(":::"):
            lines.append(content)
        elif not content[3:].strip():
            if not kind:
                writing.problem(line, "Hier sluit een blok dat nergens begint.", "Haal deze regel ‘:::’ weg.")
            close(line)
        else:
            if kind:
                writing.problem(start - 1, f"Het blok ‘{kind}’ is niet gesloten.", "Zet ‘:::’ op de regel eronder.")
            close(line)
            kind, title = _opened(content, line, writing)
    if kind:
        writing.problem(start - 1, f"Het blok ‘{kind}’ is niet gesloten.", "Zet ‘:::’ op de regel eronder.")
    close(len(text))
    if len(parts) > PARTS_MOST:
        writing.problem(parts[PARTS_MOST].line, "Deze tekst heeft te veel blokken.", "Maak er twee lessen van.")
    return parts[:PARTS_MOST]


def _opened(content: str, line: int, writing: Writing) -> tuple[str, str]:
    found = OPENS.match(content)
    kind, title = (found.group(1), content[found.end() :].strip()) if found else ("", "")
    if kind not in KINDS:
        writing.problem(
            line, f"Het blok ‘{kind or content[3:].strip()}’ kennen we niet.", f"Kies uit: {', '.join(KINDS)}."
        )
        return "voorbeeld", title
    if not title and kind not in UNTITLED:
        writing.problem(line, f"Het blok ‘{kind}’ heeft geen titel.", f"Schrijf bijvoorbeeld ‘::: {kind} Een titel’.")
    return kind, title
