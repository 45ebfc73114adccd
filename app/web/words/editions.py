"""Words about editions of a course, and what of them has to be read."""

from __future__ import annotations

from typing import Final

from app.courses.comparing import Change
from app.web.words.shared import N_, StateLook

WORDS: Final = {
    "asked_already": N_("Voor deze editie is het al gevraagd."),
    "not_newest": N_("Er is al een nieuwere editie. Vraag het daar."),
    "need_not_read": N_("Er is besloten dat trainers deze editie niet hoeven te lezen. Neem dat besluit eerst terug."),
    "stays_already": N_("Dat is al besloten."),
    "nothing_chosen": N_("Kies minstens één les of draaiboek."),
    "nobody_to_ask": N_("Voor geen enkele trainer is hier iets nieuws bij."),
    "too_many_to_move": N_("Kies hoogstens {most} mensen tegelijk."),
    "waits_for_decision": N_("Er kwam iemand bij die op een besluit wacht. Kijk nog eens wie er meegaat."),
    "nobody_to_move": N_("Kies minstens één persoon of groep. Wie al verplaatst is, staat niet meer in de lijst."),
}

CHANGE_LOOKS: Final = {
    Change.SAME: StateLook(N_("Hetzelfde"), "", "check"),
    Change.NEW: StateLook(N_("Nieuw"), "leaf", "plus"),
    Change.CHANGED: StateLook(N_("Veranderd"), "sun", "pencil"),
    Change.GONE: StateLook(N_("Vervallen"), "", "circle-minus"),
}

PART_WORDS: Final = {
    "title": N_("de titel"),
    "intro": N_("de inleiding"),
    "text": N_("de tekst"),
    "picture": N_("het beeld"),
    "pictures": N_("een beeld in de tekst"),
    "files": N_("een film, geluid of bestand"),
    "questions": N_("de vragen"),
    "required": N_("of de les verplicht is"),
    "minutes": N_("de minuten"),
    "goal": N_("het doel"),
    "materials": N_("wat je klaarlegt"),
    "steps": N_("het draaiboek"),
    "forms": N_("de werkvormen"),
    "otherwise": N_("als het anders loopt"),
    "paragraphs": N_("de achtergrond"),
}
