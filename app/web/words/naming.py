"""What somebody reads once after she saved a text that looks as if it names somebody."""

from __future__ import annotations

from typing import Final

from app.kit.naming import Kind
from app.web.words.shared import N_

NAMED: Final = {
    Kind.NAME: N_("Staat er een naam in je tekst? Haal namen van deelnemers weg. Lukt dat niet meer, mail ons."),
    Kind.PHONE: N_(
        "Staat er een telefoonnummer van een deelnemer in je tekst? Haal het weg. Lukt dat niet meer, mail ons."
    ),
    Kind.MAIL: N_("Staat er een mailadres van een deelnemer in je tekst? Haal het weg. Lukt dat niet meer, mail ons."),
    Kind.BSN: N_("Staat er een burgerservicenummer in je tekst? Haal het weg. Lukt dat niet meer, mail ons."),
}
NAMED_MORE: Final = N_(
    "Is iemand te herkennen in je tekst? Haal weg wat over een deelnemer gaat. Lukt dat niet meer, mail ons."
)
