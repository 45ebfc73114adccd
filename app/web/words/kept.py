"""One thing that we keep of people, in words, and the group on the page that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.web.words.shared import N_

WITH_NAME: Final = N_("Met je naam erbij zolang je account bestaat en 24 maanden daarna, dan zonder je naam")
MESSAGES: Final = N_("Zo lang als het bericht")
SIX_YEARS: Final = N_("6 jaar")


@dataclass(frozen=True)
class Row:
    """One thing that we keep, and why. `columns`: table.column of each place where it stands.

    `period` only where the marks say no more than "as long as its row", as they do of who somebody was.
    """

    what: str
    why: str
    columns: tuple[str, ...]
    period: str = ""


@dataclass(frozen=True)
class Group:
    """Rows about one side of somebody's life here."""

    title: str
    rows: tuple[Row, ...]
