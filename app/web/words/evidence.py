"""Words for what evidence may refuse, and for what it may be used."""

from __future__ import annotations

from typing import Final

from app.practice.rules.evidence import Purpose
from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "photo_signed": N_("Deze foto hoort bij wat je hebt afgetekend. Hij gaat niet meer weg uit je formulier."),
    "consent_for_assessment": N_(
        "Zonder toestemming voor de beoordeling kan deze foto er niet bij. Kies een foto waarop niemand herkenbaar is."
    ),
}
PURPOSE_WORDS: Final = {
    Purpose.ASSESSMENT: (N_("Beoordeling"), N_("Je coach en de beheerder zien hem. Dit is altijd nodig.")),
    Purpose.INTERVISION: (N_("Intervisie"), N_("Je laat hem zien aan andere trainers")),
    Purpose.TRAINING: (N_("Opleiding"), N_("We gebruiken hem als voorbeeld voor nieuwe mensen")),
    Purpose.PUBLICATION: (N_("Publicatie"), N_("Op een website of in een folder")),
}
"""What somebody said yes to, and what that means."""
