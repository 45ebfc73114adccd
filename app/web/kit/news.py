"""Marking in a text what is new to its reader: with a word, and a class for the eye."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from markupsafe import Markup

from app.courses.handbook_parts import PARAGRAPH

MARK: Final = Markup('<p class="mark"><span class="sticker is-leaf">%s</span></p>')
_OPENS: Final = re.compile(r"^<(\w+)")


def marked(html: str, ids: Collection[str], word: str) -> Markup:
    """The text with the word above each run of new paragraphs; `word` is in the language of the page."""
    if not ids:
        return Markup(html)  # noqa: S704 - cleaned when it was published
    running = False

    def mark(found: re.Match[str]) -> str:
        nonlocal running
        new, before = found[2] in ids, running
        running = new
        if not new:
            return found[0]
        opened = _OPENS.sub(r'<\1 class="is-new"', found[0], count=1)
        return opened if before else str(MARK % word) + opened

    return Markup(PARAGRAPH.sub(mark, html))  # noqa: S704 - cleaned when it was published, and words of our own
