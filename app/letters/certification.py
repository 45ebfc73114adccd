"""Letters about certification."""

from __future__ import annotations

from typing import Final

from app.letters.desk import Kind

KINDS: Final[dict[str, Kind]] = {}
