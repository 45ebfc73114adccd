"""Words for the room of a meeting: cases, what they are called, and why one cannot be brought in."""

from __future__ import annotations

from typing import Final

from app.intervision.room.rules import CaseState
from app.web.words.meetings import Look
from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "case_too_late": N_("De bijeenkomst is geweest. Een casus inbrengen kan nu niet meer."),
    "no_seat_for_case": N_("Je hebt geen plek bij deze bijeenkomst. Kies eerst een dag waarop je komt."),
    "case_discussed": N_("Jullie hebben deze casus al besproken. De tekst verandert nu niet meer."),
    "agreements_newer": N_("De afspraken zijn net veranderd. Lees ze nog een keer."),
    "case_gone": N_("De tekst van deze casus is weg. Er valt niets meer te kiezen."),
    "case_unreadable": N_("De tekst van deze casus is niet te lezen. Laat wie hem inbracht hem opnieuw schrijven."),
    "unknown_method": N_("Deze methode kennen we niet. Kies er een uit de lijst."),
    "no_talk": N_("Kies eerst een methode."),
    "case_key_changed": N_("Er kwam net iets tussen. Stuur je casus nog een keer in."),
}

CASE_LOOKS: Final = {
    CaseState.OFFERED: Look(N_("Ingebracht"), "sky", "message-circle"),
    CaseState.CHOSEN: Look(N_("Gekozen"), "leaf", "check"),
    CaseState.PARKED: Look(N_("Voor later"), "", "clock"),
    CaseState.DISCUSSED: Look(N_("Besproken"), "leaf", "check-check"),
    CaseState.PURGED: Look(N_("Tekst is weg"), "", "trash-2"),
}
