"""The parts of a script as a trainer knows them, so that what is new since her training can be pointed at. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from app.kit.text import fold

PARAGRAPH: Final = re.compile(r'<(p|ul|ol|blockquote|h2|h3)(?: id="([^"]+)")?(?: [^>]*)?>(.*?)</\1>', re.DOTALL)
TAG: Final = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class SessionText:
    """One meeting of the handbook: its script as the edition keeps it, and the background as rendered."""

    slug: str
    number: int
    title: str
    script: Mapping[str, Any]
    html: str


def read_of(session: SessionText) -> tuple[object, ...]:
    """What a trainer reads: the script, and the words of the background whatever they are wrapped in."""
    words = tuple(words for _, words in paragraphs(session.html))
    return session.number, session.title, dict(session.script), words


def paragraphs(html: str) -> tuple[tuple[str, str], ...]:
    """Each paragraph, list, quote and heading of a rendered text, as (id, words); without an id where it has none."""
    return tuple(
        (id_ or "", " ".join(unescape(TAG.sub(" ", inside)).split())) for _, id_, inside in PARAGRAPH.findall(html)
    )


def session_parts(session: SessionText) -> dict[str, tuple[str, ...]]:
    """Every part that can be new, by kind and in order, as the folded words that make it what it is."""
    script = session.script
    return {
        "goal": (_key(script["goal"]),),
        "materials": tuple(_key(thing) for thing in script["materials"]),
        "steps": tuple(_key(step["minutes"], step["title"], step["text"]) for step in script["steps"]),
        "forms": tuple(
            _key(form["title"], form["text"], form["minutes"], *form.get("materials", ()))
            for form in script["working_forms"]
        ),
        "otherwise": tuple(_key(one["when"], one["then"]) for one in script["otherwise"]),
        "paragraphs": tuple(_key(words) for _, words in paragraphs(session.html)),
    }


@dataclass(frozen=True)
class Fresh:
    """What is new in a script: the places of parts by kind, and the ids of paragraphs."""

    places: Mapping[str, frozenset[int]] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()

    def has(self, kind: str, place: int) -> bool:
        return place in self.places.get(kind, ())

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, places in self.places.items() if places)


def fresh_parts(old: SessionText | None, new: SessionText) -> Fresh:
    """What of a script is new to who knows the older one; everything when that had no such meeting."""
    known = {kind: set(parts) for kind, parts in session_parts(old).items()} if old else {}
    places = {
        kind: frozenset(place for place, part in enumerate(parts) if part not in known.get(kind, ()))
        for kind, parts in session_parts(new).items()
    }
    shown = paragraphs(new.html)
    return Fresh(places, frozenset(shown[place][0] for place in places["paragraphs"] if shown[place][0]))


def fresh_ids(old_html: str, new_html: str) -> frozenset[str]:
    """The paragraphs of a text that an older one did not have, by id."""
    known = {_key(words) for _, words in paragraphs(old_html)}
    return frozenset(id_ for id_, words in paragraphs(new_html) if id_ and _key(words) not in known)


def _key(*words: object) -> str:
    return fold("\n".join(str(word) for word in words))
