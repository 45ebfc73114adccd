"""Words for what taking a sign-off back may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "correction_done": N_("Dit besluit is al teruggenomen."),
    "correction_open": N_("Er is al gevraagd om dit besluit terug te nemen. Een beheerder kijkt mee."),
    "correction_settled": N_("Hierover is intussen beslist. Kijk hieronder hoe."),
    "correction_somebody_else": N_("Jij vroeg dit zelf. Laat een andere beheerder beslissen."),
    "correction_not_latest": N_("Er is daarna nog een besluit genomen. Alleen het laatste kan terug."),
    "correction_too_late": N_("Wat er stond, is al gewist. Dan kan het besluit niet meer terug."),
    "correction_overtaken": N_("Er is daarna opnieuw ingeleverd. Over dat werk komt een nieuw besluit."),
    "correction_visit_planned": N_("Er staat al een bezoek voor de volgende keer. Zeg dat eerst af."),
}
