"""The sentence for each code that an input model or an action may answer with.

One table per area stands in `app.web.words`; what they share stands here. A code without words is a bug
that a contract test finds.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

from app.kit.i18n import Locale, translations

AREAS: Final = (
    "shared",
    "post",
    "people",
    "courses",
    "drafts",
    "questions",
    "editions",
    "coaches",
    "delivery",
    "practice",
    "evidence",
    "reflections",
    "conversation",
    "talks",
    "corrections",
    "meetings",
    "rooms",
    "training_days",
    "placing",
    "certification",
)


def _tables() -> dict[str, str]:
    words: dict[str, str] = {}
    for area in AREAS:
        words |= import_module(f"app.web.words.{area}").WORDS
    return words


_WORDS: Final = _tables()


def sentence(code: str, facts: dict[str, object], locale: Locale) -> str:
    """The sentence for a code, with its facts filled in."""
    text = translations(locale).gettext(_WORDS.get(code, _WORDS["unknown_refusal"]))
    return text.format_map(_Facts(facts))


def known_codes() -> frozenset[str]:
    return frozenset(_WORDS)


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""
