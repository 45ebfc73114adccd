"""Words for what can be wrong with any form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a message that is translated later
    return text


@dataclass(frozen=True)
class StateLook:
    """The word, the paper and the icon of a state."""

    word: str
    tone: str
    icon: str


WORDS: Final = {
    "unknown_refusal": N_("Dit lukt zo niet. Kijk nog eens naar wat je invulde."),
    "missing": N_("Dit vakje is nog leeg."),
    "not_sent": N_("Dit is nog niet ingevuld."),
    "string_too_short": N_("Dit vakje is nog leeg."),
    "string_too_long": N_("Dit is te lang. Er passen {max_length} tekens in."),
    "too_long": N_("Dat zijn er te veel. Je kunt er {max_length} kiezen."),
    "too_short": N_("Kies er nog minstens één."),
    "odd_sign": N_("In deze tekst staat een teken dat we niet kunnen bewaren. Typ de tekst opnieuw."),
    "extra_forbidden": N_("Dit formulier is veranderd. Laad de pagina opnieuw en probeer het nog eens."),
    "int_parsing": N_("Vul hier een heel getal in."),
    "int_type": N_("Vul hier een heel getal in."),
    "bool_parsing": N_("Kies ja of nee."),
    "greater_than_equal": N_("Dit getal is te laag. Het laagste is {ge}."),
    "less_than_equal": N_("Dit getal is te hoog. Het hoogste is {le}."),
    "greater_than": N_("Dit getal is te laag."),
    "less_than": N_("Dit getal is te hoog."),
    "enum": N_("Kies een van de antwoorden."),
    "literal_error": N_("Kies een van de antwoorden."),
    "date_parsing": N_("Dit is geen datum die we kennen. Schrijf hem zo: 24-11-2026."),
    "date_from_datetime_parsing": N_("Dit is geen datum die we kennen. Schrijf hem zo: 24-11-2026."),
    "odd_day": N_("Kies een dag tussen 1990 en 2100."),
    "time_parsing": N_("Dit is geen tijd die we kennen. Schrijf hem zo: 13:30."),
    "value_error": N_("Kijk hier nog eens naar. Dit klopt niet helemaal."),
    "bad_address": N_("Dit adres is niet compleet. Denk aan het stuk na de @."),
    "stale": N_(
        "Dit is intussen veranderd, door iemand anders of in een ander venster. "
        "Ga terug, kijk wat er nu staat en probeer het opnieuw."
    ),
    "too_many_tries": N_("Je probeerde het vaak achter elkaar. Wacht {minutes} minuten en probeer het dan opnieuw."),
}
