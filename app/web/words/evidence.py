"""Words for what evidence may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "photo_signed": N_("Deze foto hoort bij wat je hebt afgetekend. Hij gaat niet meer weg uit je formulier."),
}
