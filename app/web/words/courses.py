"""Words for what courses and theory may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

OWN_TEXT: Final = N_(
    "Wat fijn dat je meedoet. In deze opleiding leer je een groep begeleiden, stap voor stap en in je eigen tempo.\n\n"
    "Je begint met een paar korte lessen. Daarna ga je met je eigen groep aan de slag en kijkt een coach met je mee."
)
"""What stands in the invitation to a group until somebody writes her own words."""
WORDS: Final[dict[str, str]] = {
    "cohort_ends_first": N_("De groep stopt voor hij begint. Kies een latere einddag."),
    "unknown_edition": N_("Kies een opleiding uit de lijst."),
    "contact_without_address": N_("Kies iemand met een mailadres. Antwoorden op de uitnodiging komen daar."),
    "cohort_full": N_("Er zijn nog {free} plekken vrij en je koos {asked} mensen."),
    "already_enrolled": N_("{name} volgt deze opleiding al in een andere groep."),
    "unknown_person": N_("Kies iemand uit de lijst."),
    "not_yourself": N_("Jezelf inschrijven kan niet. Vraag een collega om dat te doen."),
    "enrolled_is_in": N_("Deze persoon is al binnen. Een nieuwe uitnodiging hoeft niet."),
    "already_complete": N_("Deze opleiding is al afgerond."),
    "not_a_coach": N_("Deze persoon is geen coach voor deze opleiding."),
    "coach_is_self": N_("Iemand kan niet de eigen coach zijn. Kies een ander."),
    "enrolment_closed": N_("Deze inschrijving is gestopt of al afgerond."),
    "everybody_invited": N_("Iedereen in deze groep is al uitgenodigd."),
    "receivers_changed": N_("De lijst is net veranderd. Kijk hieronder wie de mail nu krijgt en verstuur hem dan."),
    "already_written": N_(
        "Deze mail ging vandaag al naar al deze mensen. Verander iets in de tekst, of wacht tot morgen."
    ),
    "unknown_place": N_("{word} kennen we niet. Alleen {{voornaam}} vullen wij in."),
    "nobody_without_coach": N_("Iedereen in deze groep heeft al een coach."),
    "lesson_gone": N_("Deze les hoort niet meer bij je opleiding. Je hoeft er niets meer voor te doen."),
    "module_locked": N_("Deze module is nog dicht. Hieronder staat wanneer hij opengaat."),
    "blocks_first": N_("Dit hoort bij deze les en is nog niet gedaan."),
    "stale_words": N_("Je schreef dit intussen ergens anders verder. Kijk wat daar staat en bewaar opnieuw."),
    "stale_gone": N_(
        "Deze vraag staat niet meer in de les: die is vernieuwd. Wat je er eerder schreef, vind je bij je notities. "
        "Neem over wat je hier typte."
    ),
    "block_gone": N_("Deze vraag staat niet meer zo in de les: die is vernieuwd. Hieronder lees je hoe hij nu is."),
    "nothing_to_share": N_("Er staat nog niets. Schrijf eerst iets op, dan kun je het delen."),
    "note_empty": N_("Er staat nog niets in je notitie."),
    "passage_gone": N_("Deze passage staat niet in de les. Laad de pagina opnieuw en kies hem nog eens."),
    "notes_full": N_("Je hebt heel veel notities bewaard. Haal er eerst een paar weg."),
    "unanswered": N_("Kies hier nog een antwoord."),
    "quiz_passed": N_("Deze toets heb je al gehaald."),
    "quiz_wait": N_("Je kunt de toets over {minutes} minuten opnieuw maken."),
    "quiz_not_begun": N_("Je bent deze toets nog niet begonnen. Druk op de knop om te beginnen."),
    "quiz_handed_in": N_("Deze poging is al ingeleverd, misschien in een ander venster."),
    "stale_quiz": N_("Je antwoorden zijn intussen ergens anders bewaard. Kijk wat er anders is en kies zelf."),
    "not_asked": N_("Er zat een antwoord bij op een vraag die hier niet gesteld is. Laad de pagina opnieuw."),
    "unordered": N_("Deze staan nog door elkaar. Zet ze in de goede volgorde."),
    "no_place": N_("Kies hier nog een plek."),
    "place_taken": N_("Deze plek is al vergeven. Elke plek komt één keer voor."),
    "answer_too_long": N_("Dit is te lang. Er passen 2000 tekens in."),
    "stale_words_back": N_(
        "Dit is intussen in een ander venster bewaard. Kijk wat er nu staat en schrijf het opnieuw."
    ),
    "words_of_another": N_("Een andere coach schreef hier al iets terug. Dat blijft staan."),
}
