"""Words for the room of coaches and for handing over."""

from __future__ import annotations

from typing import Final

from app.courses.rules import AwayReason
from app.courses.without_coach import WithoutReason
from app.practice.rules.handover import HandoverReason, Why
from app.practice.rules.states import RecordState
from app.web.words.shared import N_, StateLook

AWAY_REASONS: Final[dict[AwayReason, str]] = {
    AwayReason.ILL: N_("Ziek"),
    AwayReason.HOLIDAY: N_("Vakantie"),
    AwayReason.LEAVE: N_("Verlof"),
    AwayReason.OTHER: N_("Iets anders"),
}
HANDOVER_REASONS: Final[dict[HandoverReason, str]] = {
    HandoverReason.ILL: N_("Ziek"),
    HandoverReason.HOLIDAY: N_("Vakantie"),
    HandoverReason.LEAVE: N_("Verlof"),
    HandoverReason.STOPS: N_("Stopt als coach"),
    HandoverReason.ROOM: N_("Heeft te veel mensen"),
    HandoverReason.OTHER: N_("Iets anders"),
}
WHY_WORDS: Final[dict[Why, str]] = {
    Why.KNOWS: N_("kent deze persoon al"),
    Why.NEAR: N_("werkt in de buurt"),
    Why.ROOM: N_("heeft plek"),
}
RECORD_WORDS: Final[dict[RecordState, StateLook]] = {
    RecordState.LOCKED: StateLook(N_("Nog niet open"), "", "lock"),
    RecordState.OPEN: StateLook(N_("Bij de professional"), "", "pencil"),
    RecordState.PLANNED: StateLook(N_("Bezoek gepland"), "sky", "calendar"),
    RecordState.SUBMITTED: StateLook(N_("Wacht op de coach"), "sun", "inbox"),
    RecordState.IN_REVIEW: StateLook(N_("Coach kijkt na"), "sun", "clipboard-check"),
    RecordState.SIGNED_OFF: StateLook(N_("Klaar"), "leaf", "check"),
    RecordState.RETURNED: StateLook(N_("Nog een stukje"), "rose", "pencil"),
    RecordState.NOT_MET: StateLook(N_("Vastgelopen"), "tomato", "circle-alert"),
}
WITHOUT_WORDS: Final[dict[WithoutReason, str]] = {
    WithoutReason.NOBODY: N_("Niemand gekozen"),
    WithoutReason.NO_ROLE: N_("{coach} is geen coach meer"),
    WithoutReason.GONE: N_("{coach} kan niet meer inloggen"),
    WithoutReason.AWAY: N_("{coach} is weg"),
}
WORDS: Final[dict[str, str]] = {
    "too_many_regions": N_("Noem hoogstens {max} plaatsen."),
    "stale_room": N_("Dit is intussen veranderd, door iemand anders of in een ander venster. Laad de pagina opnieuw."),
    "away_ends_first": N_("De laatste dag ligt voor de eerste. Kies een latere dag."),
    "away_over": N_("Deze dagen zijn al voorbij."),
    "handover_changed": N_(
        "Er is intussen iets veranderd bij wie deze coach begeleidt. Hieronder staat hoe het nu is."
    ),
    "handover_of_nobody": N_("Kies voor minstens één persoon een andere coach."),
    "cannot_take_over": N_("Deze coach kan deze persoon nu niet begeleiden. Kies een ander."),
    "back_on_past": N_("Kies een dag na vandaag."),
    "former_coach_cannot": N_("Deze coach is nu weg of geen coach meer. Kies een andere dag, of maak het blijvend."),
    "own_training": N_("Dit gaat over je eigen training. Vraag een collega om dat te doen."),
    "not_blocked": N_("Deze opdracht zit niet (meer) vast."),
    "nothing_returned": N_("Er is niet (meer) om een stukje gevraagd."),
    "extension_too_long": N_("Zo veel kan er niet bij. Er kunnen nog {left} dagen bij."),
    "away_twice": N_("In deze dagen staat al iets. Haal dat eerst weg."),
}
