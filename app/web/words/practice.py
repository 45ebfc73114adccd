"""Words for what practice and groups may refuse, and for what their rules call things."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    # beginning, preparing, handing in
    "training_paused": N_("Je opleiding staat even stil. Vraag je contactpersoon om hem weer te starten."),
    "training_closed": N_("Deze opleiding is gestopt of al klaar. Je kunt hier nu niets meer veranderen."),
    "safety_first": N_("Lees eerst de module over veiligheid en haal de toets. Daarna begin je met de praktijk."),
    "group_first": N_("Voer eerst je groep in, met minstens één datum."),
    "prepare_first": N_("Schrijf eerst je voorbereiding op: je doel, je plan en je leervraag."),
    "stale_preparation": N_(
        "Je voorbereiding is intussen in een ander venster bewaard. Hieronder zie je wat daar anders is. "
        "Jouw tekst staat er nog. Bewaar je opnieuw, dan geldt die."
    ),
    "visit_first": N_("Je coach kiest eerst een dag om te komen kijken."),
    "visit_not_yet": N_("Je coach is nog niet geweest. Na het bezoek kun je inleveren."),
    "photo_first": N_("Voeg eerst minstens één foto van het werk toe."),
    "self_score_missing": N_("Kies wat het beste past bij ‘{title}’. Kwam het niet voor? Dat mag ook."),
    "already_handed_in": N_("Je werk is ingeleverd en ligt bij je coach. Je kunt het nu niet veranderen."),
    "already_signed_off": N_("Deze opdracht is afgetekend. Er valt niets meer te veranderen."),
    "attempts_used": N_("Je deed deze opdracht {attempts} keer. Bespreek met je contactpersoon hoe je verder gaat."),
    # photos
    "photo_missing": N_("Kies eerst een foto."),
    "photo_empty": N_("Dit bestand is leeg. Kies een ander."),
    "photo_too_large": N_("Deze foto is te groot. Een foto mag {megabytes} MB zijn. Kies een kleinere."),
    "photo_heic": N_(
        "Dit is een HEIC- of AVIF-foto, en die kunnen we niet openen. Kies op je telefoon bij het delen "
        "‘meest compatibel’ of JPEG, of maak een schermafdruk."
    ),
    "photo_not_a_photo": N_("Dit bestand is geen foto. Kies een JPEG, PNG of WebP."),
    "photo_broken": N_("Deze foto is niet heel: we krijgen hem niet open. Kies een andere, of maak hem opnieuw."),
    "photo_too_many_pixels": N_("Deze foto heeft {pixels} megapixels. Kies een foto van hoogstens {most}."),
    "photo_twice": N_("Deze foto staat er al bij."),
    "photos_full": N_("Er passen {max} foto’s bij een opdracht. Haal er eerst een weg."),
    "photo_handed_in": N_("Deze foto is al ingeleverd. Vraag je coach als hij weg moet."),
    # visits
    "no_visit_needed": N_("Bij deze opdracht hoort geen bezoek."),
    "visit_too_late": N_("Er is geen bezoek meer te plannen of af te zeggen: het werk is al verder."),
    "date_unknown": N_("Deze datum staat niet (meer) bij de groep. Kies een andere."),
    "date_past": N_("Deze dag is al geweest. Kies een latere dag."),
    # notes
    "come_back_past": N_("Deze dag is al geweest. Kies vandaag of een latere dag, of laat het leeg."),
    "stale_note": N_(
        "Deze notitie is intussen in een ander venster veranderd. Hieronder zie je hoe hij daar staat. "
        "Bewaar je opnieuw, dan geldt wat jij hier schreef."
    ),
    # observing and signing
    "coach_is_professional": N_("Je kunt je eigen werk niet beoordelen."),
    "not_coach_of_intervention": N_("Je bent geen coach voor {intervention}. Vraag een beheerder."),
    "coach_is_manager": N_("Je bent de leidinggevende van deze professional. Iemand anders moet dit beoordelen."),
    "not_observable": N_("Dit formulier is nu niet open: er is geen bezoek gepland en geen werk ingeleverd."),
    "form_closed": N_(
        "Dit formulier is intussen gesloten: het is afgetekend, of het bezoek is afgezegd. "
        "Wat je hier schreef, is niet verstuurd. Je kunt het nog lezen en kopiëren."
    ),
    "form_changed": N_("Het formulier is intussen veranderd. Ga terug, kijk het na en teken het dan af."),
    "evidence_changed": N_(
        "Wat je vastlegt is intussen veranderd: het bewijs, de terugblik, het bezoek of jullie nagesprek. Op deze "
        "pagina zie je hoe het nu is. Er is nog niets vastgelegd. Klopt het? Zet het vinkje en onderteken opnieuw."
    ),
    "stale_form": N_(
        "Dit formulier is intussen op een ander apparaat bewaard. Hieronder zie je wat daar anders is. "
        "Jouw tekst staat er nog. Bewaar je opnieuw, dan geldt die."
    ),
    "score_missing": N_("Kies een niveau bij ‘{title}’. Niet gezien mag ook."),
    "check_missing": N_("Kies ja, nee of bewust anders bij ‘{title}’."),
    "check_reason_missing": N_("Schrijf op waarom dit bewust anders ging: ‘{title}’."),
    "strong_missing": N_("Schrijf minstens één sterk punt op."),
    "growing_missing": N_("Schrijf minstens één groeipunt op."),
    "agreement_missing": N_("Schrijf minstens één afspraak op."),
    "form_first": N_("Vul eerst je formulier helemaal in."),
    "nothing_handed_in": N_("Er is nog niets ingeleverd. Aftekenen kan daarna."),
    "already_decided": N_("Hierover is al besloten. Er is niets dubbel vastgelegd."),
    "deviation_needs_reason": N_("Je kiest iets anders dan het voorstel. Schrijf op waarom."),
    "by_when_past": N_("Kies een dag na vandaag."),
    "by_when_missing": N_("Kies een dag waarop het stukje klaar is. Dan weten jullie het allebei."),
    "tick_missing": N_("Zet hier een vinkje als het zo is."),
}
