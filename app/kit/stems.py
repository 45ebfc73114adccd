"""Dutch words as search compares them: without case and accents, brought back to their stem.

`dutch_porter`, since the newer `dutch` brings *begeleiden* and *beleid* together and makes *sprek* of *gesprek*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

from app.kit.text import fold

WORD: Final = re.compile(r"[^\W_]+")
LONGEST: Final = 60
VOWELS: Final = "aeiouy"
_COMMON: Final = (
    "aan al als bij dan dat de deze die dit door een en er het hij hoe ik in is je jij jou jouw kan maar me mee met mij"
    " mijn naar niet nog of om ook op te tot uit van voor wat we wel wie wij wil ze zich zij zijn zo zou"
)
COMMON: Final = frozenset(_COMMON.split())
"""Words that stand everywhere and tell nothing."""


@cache
def _stemmer() -> Any:
    import snowballstemmer  # noqa: PLC0415 - few requests search

    return snowballstemmer.stemmer("dutch_porter")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one word as it is typed; empty for one that tells nothing."""
    folded = fold(word)[:LONGEST]
    if folded in COMMON or (len(folded) < 2 and not folded.isdigit()):
        return ""
    known = str(_stemmer().stemWord(folded))
    twice = len(known) > 3 and known[-1] == known[-2] and known[-1] not in VOWELS
    return known[:-1] if twice else known  # the stemmer leaves less of *lessen* beside les


def words_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word of a text as its stem, and where it stands; those that tell nothing are left out."""
    for found in WORD.finditer(text):
        known = stem(found[0])
        if known:
            yield known, found.start(), found.end()


def stems(text: str) -> set[str]:
    """The stems that occur in a text."""
    return {known for word in WORD.findall(text) if (known := stem(word))}
