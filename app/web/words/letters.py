"""What stands in a letter to people in training until its writer changes it, by whom it is for."""

from __future__ import annotations

from typing import Final

from app.reports.progress import Show
from app.web.words.shared import N_

GREETING: Final = N_("Hartelijke groet,")
_HOW_IS_IT: Final = (
    N_("Hoe gaat het met je opleiding?"),
    N_(
        "Dag {voornaam},\n\n"
        "Ik ben benieuwd hoe het gaat met je opleiding. Wat lukt er goed? En waar kun je hulp bij gebruiken?\n\n"
        "Beantwoord deze mail gerust. Ik lees het zelf."
    ),
)
LETTERS: Final[dict[Show, tuple[str, str]]] = {
    Show.STILL: (
        N_("Kan ik je ergens mee helpen?"),
        N_(
            "Dag {voornaam},\n\n"
            "Je bent al een tijdje niet verder gegaan met je opleiding. Dat gebeurt: er is altijd genoeg te doen.\n\n"
            "Loop je ergens op vast? Of komt het er gewoon niet van? Laat het me weten. Dan kijken we samen wat helpt. "
            "En heb je vandaag een kwartier, dan kom je al een les verder."
        ),
    ),
    Show.NOT_BEGUN: (
        N_("Je plek staat klaar, {voornaam}"),
        N_(
            "Dag {voornaam},\n\n"
            "Je plek in de opleiding staat klaar, en je bent nog niet begonnen. De eerste les is kort. Je kunt stoppen "
            "wanneer je wilt en later verdergaan.\n\n"
            "Lukt het niet om te beginnen? Beantwoord deze mail, dan help ik je."
        ),
    ),
    Show.THEORY_DONE: (
        N_("Je theorie is klaar. Hoe staat het met de praktijk?"),
        N_(
            "Dag {voornaam},\n\n"
            "Mooi: je hebt alle lessen en toetsen gedaan. Nu ga je aan de slag met je eigen groep.\n\n"
            "Hoe staat het daarmee? Heb je een groep, of zoek je er nog een? Laat het me weten, dan denk ik mee."
        ),
    ),
}


def letter_for(show: Show) -> tuple[str, str]:
    """The subject and the text to begin with."""
    return LETTERS.get(show, _HOW_IS_IT)
