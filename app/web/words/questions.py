"""Words of the forms for a check and its questions: what may be wrong, and what the kinds of questions are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "one_right_needed": N_("Precies één antwoord is goed. Nu zijn het er {right}."),
    "some_right_needed": N_("Zet bij minstens één antwoord dat het goed is."),
    "two_answers_needed": N_("Hier horen twee antwoorden. Nu zijn het er {options}."),
    "answer_given_twice": N_("Dit staat er al. Schrijf elk antwoord anders."),
    "nothing_to_choose": N_("Er valt niets te kiezen. Schrijf rechts minstens twee verschillende antwoorden."),
    "pool_not_critical": N_("Een vraag die goed moet zijn, komt altijd. Haal de pool weg, of het vinkje erboven."),
    "answers_lacking": N_("Vul hier de antwoorden in."),
    "answers_too_few": N_("Het moeten er minstens {min_length} zijn."),
    "answers_too_many": N_("Het mogen er hoogstens {max_length} zijn."),
    "draws_too_many": N_("Kies een getal van 1 tot en met {most}. Anders valt er niets te trekken."),
    "stale_question": N_(
        "Iemand anders heeft dit intussen bewaard. Hieronder zie je wat er anders is. Wat jij schreef, staat er nog. "
        "Bewaar je opnieuw, dan geldt dat."
    ),
    "question_gone": N_("Iemand heeft deze vraag intussen weggehaald. Bewaar je opnieuw, dan komt hij er weer bij."),
    "last_question": N_("Een toets heeft minstens één vraag. Voeg eerst een andere toe."),
    "check_odd": N_("Dit lukt hier niet: het bestand is anders opgebouwd. Verander het als tekst."),
}


@dataclass(frozen=True)
class KindLook:
    """A kind of question: what it is called, its icon, and when you choose it."""

    word: str
    icon: str
    what: str


KIND_LOOKS: Final[dict[str, KindLook]] = {
    "one": KindLook(N_("Eén antwoord"), "circle-check", N_("Eén van de antwoorden is goed.")),
    "several": KindLook(N_("Meer antwoorden"), "list-checks", N_("Eén of meer antwoorden zijn goed.")),
    "true_false": KindLook(N_("Waar of niet waar"), "scale", N_("Een stelling die klopt of niet klopt.")),
    "match": KindLook(N_("Bij elkaar zoeken"), "puzzle", N_("Links en rechts horen bij elkaar.")),
    "order": KindLook(N_("Op volgorde"), "list", N_("Wat komt eerst, en wat daarna?")),
    "open": KindLook(N_("Open vraag"), "pen-line", N_("In eigen woorden. De coach leest het.")),
}
