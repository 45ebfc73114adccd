"""Words for the room of coaches and for handing over."""

from __future__ import annotations

from typing import Final

from app.courses.rules import AwayReason
from app.web.words.shared import N_

AWAY_REASONS: Final[dict[AwayReason, str]] = {
    AwayReason.ILL: N_("Ziek"),
    AwayReason.HOLIDAY: N_("Vakantie"),
    AwayReason.LEAVE: N_("Verlof"),
    AwayReason.OTHER: N_("Iets anders"),
}
WORDS: Final[dict[str, str]] = {
    "too_many_regions": N_("Noem hoogstens {max} plaatsen."),
    "stale_room": N_("Dit is intussen veranderd, door iemand anders of in een ander venster. Laad de pagina opnieuw."),
    "away_ends_first": N_("De laatste dag ligt voor de eerste. Kies een latere dag."),
    "away_over": N_("Deze dagen zijn al voorbij."),
    "away_twice": N_("In deze dagen staat al iets. Haal dat eerst weg."),
}
