"""Words for the talk after the work."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "talk_not_yet": N_("Jullie hebben nog niet allebei ingevuld. Daarna gaat het nagesprek open."),
    "stale_agreement": N_(
        "De afspraken zijn intussen op een andere telefoon veranderd. Hieronder zie je wat daar staat. "
        "Jullie tekst staat er nog. Leggen jullie opnieuw vast, dan geldt die."
    ),
    "agreement_changed": N_("De afspraken zijn intussen veranderd. Lees ze nog eens, en bevestig dan."),
}
