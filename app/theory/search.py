"""Searching all that somebody may read: the lessons of her edition and the handbook, down to the paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.courses.index import Hit, look_up
from app.courses.queries import Reading, courses_to_read, reading_of
from app.kit.stems import words_in
from app.people.rules import Viewer
from app.theory.queries import lock_in, steps_in
from app.theory.rules import lesson_href

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
    """What was typed and what was found; `courses`: whether there is anything at all to search in."""

    sample: bool
    typed: str
    found: tuple[Found, ...]
    courses: bool


def search_page(db: Session, viewer: Viewer, typed: str, *, today: date) -> SearchPage:
    """What a viewer finds in all courses that she may read; what is locked for her stays out."""
    typed = " ".join(typed.split())[:TYPED_MOST]
    lines = courses_to_read(db, viewer)
    hits: list[tuple[float, Found]] = []
    sample = False
    for line in lines if typed else ():
        reading = reading_of(db, viewer, line.slug)
        sample = sample or reading.sample
        shut = _locked(db, reading, today=today)
        hits += [
            (hit.score, _found(reading, hit)) for hit in look_up(db, reading.edition.id, typed, most=MOST, without=shut)
        ]
    hits.sort(key=lambda one: -one[0])
    return SearchPage(sample, typed, tuple(found for _, found in hits[:MOST]), courses=bool(lines))


def _locked(db: Session, reading: Reading, *, today: date) -> set[str]:
    """The lessons that are locked for the reader."""
    if not any(module.after or module.opens_on or module.opens_after_days for module in reading.outline.modules):
        return set()
    steps = steps_in(db, reading)
    return {
        lesson.slug
        for module in reading.outline.open_modules
        if lock_in(reading, module, steps, today=today)
        for lesson in module.lessons
    }


def _found(reading: Reading, hit: Hit) -> Found:
    one, outline = hit.passage, reading.outline
    if one.kind == "lesson":
        module = outline.module_of(one.slug)
        href, where = lesson_href(outline.slug, one.slug), module.title if module else ""
    else:
        href, where = f"/handboek/{outline.slug}/{one.slug}", ""
    return Found(one.kind, one.title, where, f"{href}#{one.anchor}" if one.anchor else href, tuple(_pieces(hit)))


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
