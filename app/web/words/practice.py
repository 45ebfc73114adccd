"""Words for what practice may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {}
