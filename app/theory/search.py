"""Searching all that somebody may read: lessons and the handbook, down to the paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.courses.index import Hit, look_up
from app.kit.stems import words_in
from app.people.rules import Viewer
from app.theory.handbook import Held
from app.theory.shelves import Shelf, shelves_of

MOST: Final = 30
AROUND: Final = 90
TYPED_MOST: Final = 200


@dataclass(frozen=True)
class Found:
    """A place that was found. `pieces`: the words around it, each with whether it is one of those that were meant."""

    kind: str
    title: str
    where: str
    href: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class SearchPage:
    """What was typed and what was found; `more`: other places have it too.

    `courses`: whether there is anything at all to search in.
    """

    sample: bool
    typed: str
    found: tuple[Found, ...]
    more: bool
    courses: bool


def search_page(db: Session, viewer: Viewer, typed: str, held: Held, *, today: date) -> SearchPage:
    """What a viewer finds in all that she may open now: lessons that are not locked, and the handbook she uses."""
    typed = " ".join(typed.split())[:TYPED_MOST]
    shelves = shelves_of(db, viewer, held, today=today)
    hits: list[tuple[float, Found]] = []
    sample = False
    for shelf in shelves if typed else ():
        sample = sample or shelf.edition.sample
        hits += [
            (hit.score, _found(shelf, hit))
            for hit in look_up(db, shelf.edition.id, typed, most=MOST, without=shelf.closed)
        ]
    hits.sort(key=lambda one: -one[0])
    best = tuple(found for _, found in hits[:MOST])
    return SearchPage(sample, typed, best, more=len(hits) >= MOST, courses=bool(shelves))


def _found(shelf: Shelf, hit: Hit) -> Found:
    one = hit.passage
    href = shelf.hrefs[one.kind, one.slug]
    module = shelf.edition.outline.module_of(one.slug) if one.kind == "lesson" else None
    to = f"{href}#{one.anchor}" if one.anchor else href
    return Found(one.kind, one.title, module.title if module else "", to, tuple(_pieces(hit)))


def _pieces(hit: Hit) -> Iterator[tuple[str, bool]]:
    """The words around the first that was meant, cut at spaces."""
    text = hit.passage.words
    places = [(start, end) for word, start, end in words_in(text) if word in hit.meant]
    first = places[0][0] if places else 0
    begin = text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    stop = len(text) if begin + 3 * AROUND >= len(text) else text.find(" ", begin + 3 * AROUND)
    stop = len(text) if stop < 0 else stop
    if begin:
        yield "… ", False
    place = begin
    for start, end in places:
        if begin <= start and end <= stop:
            yield text[place:start], False
            yield text[start:end], True
            place = end
    yield text[place:stop] + (" …" if stop < len(text) else ""), False
