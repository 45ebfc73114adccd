"""Dutch and English: message ids are the Dutch sentences, so Dutch needs no catalogue."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Final, Literal

Locale = Literal["nl", "en"]
LOCALES: Final[tuple[Locale, ...]] = ("nl", "en")
CATALOGUES: Final = Path(__file__).parent.parent / "locale"


def known_locale(value: str | None) -> Locale:
    """The locale by its name; Dutch for anything we do not speak."""
    return "en" if value == "en" else "nl"


@cache
def translations(locale: Locale) -> gettext.NullTranslations:
    """The catalogue of a locale; Dutch answers with the message id itself."""
    return gettext.translation("messages", CATALOGUES, languages=[locale], fallback=True)
