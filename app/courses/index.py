"""Searching an edition: an index of its paragraphs that is made when it is published, and looking something up in it.

The same on both databases: postings are rows (a stem and the paragraphs that have it), and which stems a typed word
may mean is worked out here. docs/decisions/0015-search-is-ours.md says why.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.courses.tables import SearchEntry, SearchTerm
from app.kit.db import fetch, kept
from app.kit.stems import stems

EXACT: Final = 4.0
AT_AN_END: Final = 2.0
INSIDE: Final = 1.0
NEARLY: Final = 0.6
TITLE: Final = 3.0
SHORTEST_PART: Final = 4
"""A shorter word is looked for as a whole: *les* stands in *tafeltjes*."""
SHORTEST_TYPO: Final = 4
LONGEST_ENDING: Final = 5
LONG: Final = 8
"""From here on two letters may be wrong instead of one."""
MEANINGS_MOST: Final = 40


@dataclass(frozen=True)
class Passage:
    """A paragraph that can be found. `kind`: lesson or session; without an anchor it is the title and its intro."""

    kind: str
    slug: str
    title: str
    anchor: str
    words: str


@dataclass(frozen=True)
class Hit:
    """A paragraph with how well it fits, and the stems in it that were meant."""

    passage: Passage
    score: float
    meant: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """The stems of an edition, so that a part of a compound or a word with a slip in it is known again."""

    terms: tuple[str, ...]
    joined: str = field(init=False, repr=False)
    starts: tuple[int, ...] = field(init=False, repr=False)
    trigrams: Mapping[str, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts, place = [], 1
        for term in self.terms:
            starts.append(place)
            place += len(term) + 1
        trigrams: dict[str, list[int]] = defaultdict(list)
        for number, term in enumerate(self.terms):
            for one in _trigrams(term):
                trigrams[one].append(number)
        object.__setattr__(self, "joined", "\n" + "\n".join(self.terms) + "\n")
        object.__setattr__(self, "starts", tuple(starts))
        object.__setattr__(self, "trigrams", {one: tuple(found) for one, found in trigrams.items()})

    def meanings(self, word: str) -> dict[str, float]:
        """The stems that a typed stem may mean, and how much each counts: itself, compounds, else what is nearly it."""
        found = dict(self._holding(word))
        if not found and len(word) >= SHORTEST_TYPO:
            found = dict(self._nearly(word))
        best = sorted(found.items(), key=lambda one: (-one[1], len(one[0]), one[0]))
        return dict(best[:MEANINGS_MOST])

    def parted(self, word: str) -> tuple[str, ...]:
        """A compound that no text has, as the two words that texts do have; any other word as it is."""
        if word in self.joined or len(word) < 2 * SHORTEST_PART:
            return (word,)
        for place in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            begin, end = word[:place], word[place:]
            if f"\n{begin}\n" in self.joined and f"\n{end}\n" in self.joined:
                return begin, end
        return (word,)

    def _holding(self, word: str) -> Iterator[tuple[str, float]]:
        if f"\n{word}\n" in self.joined:
            yield word, EXACT
        if len(word) < SHORTEST_PART:
            return
        place = self.joined.find(word)
        while place >= 0:
            term = self.terms[bisect(self.starts, place) - 1]
            if term != word:
                yield term, AT_AN_END if term.startswith(word) or term.endswith(word) else INSIDE
            place = self.joined.find(word, place + 1)

    def _nearly(self, word: str) -> Iterator[tuple[str, float]]:
        most = 2 if len(word) >= LONG else 1
        shared = Counter(number for one in _trigrams(word) for number in self.trigrams.get(one, ()))
        for number, count in shared.most_common(60):
            term = self.terms[number]
            if count >= 2 - (len(word) < 6) and (_slips(word, term, most) <= most or _begins_nearly(word, term)):
                yield term, NEARLY


def _begins_nearly(word: str, term: str) -> bool:
    """Whether a word is the stem with a slip in it or in its ending: *veilgheid*, *veilighied* for *veilig*."""
    if len(term) < LONGEST_ENDING or not 0 < len(word) - len(term) + 1 <= LONGEST_ENDING:
        return False
    return any(_slips(word[: len(term) + more], term, 1) <= 1 for more in (-1, 0, 1))


def _trigrams(word: str) -> set[str]:
    padded = f" {word} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def _slips(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped (optimal string alignment), up to `most` and one."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def index_of(edition_id: int, passages: Sequence[Passage]) -> Iterator[SearchEntry | SearchTerm]:
    """The rows of the index of an edition."""
    postings: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(passages):
        yield SearchEntry(
            edition_id=edition_id,
            number=number,
            kind=one.kind,
            slug=one.slug,
            title=one.title,
            anchor=one.anchor,
            words=one.words,
        )
        for term in stems(f"{one.title} {one.words}" if not one.anchor else one.words):
            postings[term].append(number)
    for term, numbers in sorted(postings.items()):
        yield SearchTerm(edition_id=edition_id, term=term, entries=numbers)


_TERMS: Final = select(SearchTerm.term).where(SearchTerm.edition_id == bindparam("edition"))
_POSTINGS: Final = select(SearchTerm.term, SearchTerm.entries).where(
    SearchTerm.edition_id == bindparam("edition"), SearchTerm.term.in_(bindparam("terms", expanding=True))
)
_ENTRIES: Final = select(
    SearchEntry.number, SearchEntry.kind, SearchEntry.slug, SearchEntry.title, SearchEntry.anchor, SearchEntry.words
).where(SearchEntry.edition_id == bindparam("edition"), SearchEntry.number.in_(bindparam("numbers", expanding=True)))


def vocabulary_of(db: Session, edition_id: int) -> Vocabulary:
    """The stems of an edition, read once for each process: an edition never changes."""
    place = kept(db)
    found: Vocabulary | None = place.get((Vocabulary, edition_id))
    if found is None:
        found = Vocabulary(tuple(sorted(fetch(db, _TERMS, edition=edition_id).scalars())))
        if found.terms:
            place[Vocabulary, edition_id] = found
    return found


_LEFT_OUT: Final = select(SearchEntry.number).where(
    SearchEntry.edition_id == bindparam("edition"),
    or_(
        and_(SearchEntry.kind == "lesson", SearchEntry.slug.in_(bindparam("lessons", expanding=True))),
        and_(SearchEntry.kind == "session", SearchEntry.slug.in_(bindparam("meetings", expanding=True))),
    ),
)


def look_up(
    db: Session, edition_id: int, typed: str, *, most: int, without: Collection[tuple[str, str]] = ()
) -> list[Hit]:
    """The paragraphs of an edition that have all words that were typed, best first; or else most of them.

    At most `most`, none of the lessons and meetings in `without` (kind, slug). Two statements, whatever the size of
    the edition; one more when there is something to leave out.
    """
    known = vocabulary_of(db, edition_id)
    meanings = [one for word in dict.fromkeys(stems(typed)) for one in _meant(known, word)]
    wanted = sorted({term for one in meanings for term in one})
    if not wanted:
        return []
    postings = {row.term: row.entries for row in fetch(db, _POSTINGS, edition=edition_id, terms=wanted)}
    if without:  # before the best are chosen: they would take the places of what may be read
        lessons = sorted(slug for kind, slug in without if kind == "lesson")
        meetings = sorted(slug for kind, slug in without if kind == "session")
        shut = set(fetch(db, _LEFT_OUT, edition=edition_id, lessons=lessons, meetings=meetings).scalars())
        postings = {term: [one for one in entries if one not in shut] for term, entries in postings.items()}
    total = _together([_scored(one, postings) for one in meanings])
    best = [number for _, number in nsmallest(most * 3, ((-score, number) for number, score in total.items()))]
    rows = {row.number: row for row in fetch(db, _ENTRIES, edition=edition_id, numbers=best)}
    hits = [_hit(rows[number], total[number], wanted) for number in best if number in rows]
    return sorted(hits, key=lambda hit: -hit.score)[:most]


def _meant(known: Vocabulary, word: str) -> list[dict[str, float]]:
    """What a typed stem may mean; the two words of a compound together count as one."""
    parts = known.parted(word)
    return [{term: weight / len(parts) for term, weight in known.meanings(part).items()} for part in parts]


def _together(scores: Sequence[Mapping[int, float]]) -> Mapping[int, float]:
    """What each paragraph counts with all words that were typed; with most of them, when none has all."""
    if len(scores) == 1:
        return scores[0]
    having = set(scores[0]).intersection(*scores[1:])
    if not having:
        words = Counter(number for one in scores for number in one)
        needed = max(words.values(), default=0)
        having = {number for number, count in words.items() if count == needed}
    return {number: sum(one.get(number, 0.0) for one in scores) for number in having}


def _scored(meanings: Mapping[str, float], postings: Mapping[str, Sequence[int]]) -> dict[int, float]:
    """For one typed word: how much it counts in each paragraph, by the best of its meanings there."""
    found: dict[int, float] = {}
    for term, weight in sorted(meanings.items(), key=lambda one: one[1]):
        found.update(dict.fromkeys(postings.get(term, ()), weight))
    return found


def _hit(row: Any, score: float, wanted: Sequence[str]) -> Hit:
    passage = Passage(row.kind, row.slug, row.title, row.anchor, row.words)
    return Hit(passage, score + (0 if row.anchor else TITLE), frozenset(wanted))
