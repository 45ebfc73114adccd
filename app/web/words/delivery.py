"""Words for what groups may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    # entering and changing
    "group_needs_a_date": N_("Vul minstens één datum in. Een voorlopige datum is ook goed."),
    "stale_group": N_(
        "Je groep is intussen in een ander venster veranderd. Hieronder zie je hoe hij daar staat. "
        "Bewaar je opnieuw, dan geldt wat jij hier invulde."
    ),
    "date_far": N_("Deze dag ligt wel heel ver weg. Klopt het jaar?"),
    "date_ends_before_start": N_("De eindtijd moet later zijn dan de begintijd."),
    "dates_overlap": N_("Op deze dag staat al een bijeenkomst op deze tijd."),
    "one_end_presentation": N_("Er kan maar één eindpresentatie zijn. Maak van de andere een bijeenkomst."),
    "date_has_visit": N_("Op een van deze data komt je coach kijken. Vraag je coach eerst om het bezoek te verzetten."),
    "date_after_certificate": N_("Dan is je certificaat al voorbij. Kies een eerdere dag."),
    "group_exists": N_("Je hebt al een groep. Verander die, of rond hem eerst af."),
    "group_not_allowed": N_("Je kunt een groep invoeren als je de opleiding volgt, of als je certificaat geldig is."),
    "read_first": N_(
        "Lees eerst wat er nieuw is in je opleiding. Daarna kun je een groep beginnen. Je vindt het bij Mijn traject."
    ),
    "certificate_in_grace": N_(
        "De verlenging van je certificaat loopt nog. Een groep die al bezig is, maak je gewoon af. "
        "Een nieuwe begin je als je certificaat weer geldig is."
    ),
    "certificate_over": N_(
        "Je certificaat is nu niet geldig, dus je kunt geen groep beginnen. Mail ons als je verder wilt."
    ),
    # one date, and counting
    "date_called_off": N_("Deze bijeenkomst ging niet door, dus er valt niets te tellen. Kies eerst ‘Ging toch door’."),
    "date_counted": N_("Bij deze bijeenkomst schreef je hoeveel deelnemers er waren. Dan is hij dus doorgegaan."),
    "date_has_work": N_("Over deze bijeenkomst ligt al werk bij je coach. Overleg met je coach."),
    "date_not_yet": N_("Deze bijeenkomst is nog niet begonnen. Tellen kan daarna."),
    "date_taken": N_("Op deze tijd staat nu een andere bijeenkomst. Pas eerst je data aan."),
    "other_end_presentation": N_("Je koos intussen een andere dag voor de eindpresentatie. Pas eerst je data aan."),
    "more_came_than_started": N_(
        "Je schreef dat er {started} mensen begonnen. Stapte er iemand later in? Maak dat getal dan eerst hoger."
    ),
    "fewer_started_than_came": N_(
        "Op een van de data waren er {most}. Tel wie later instapte ook mee: minstens {most}."
    ),
    "more_finished_than_started": N_("Er kunnen niet meer mensen klaar zijn dan er begonnen: dat waren er {started}."),
    "finished_without_dates": N_("Geen enkele bijeenkomst ging door. Dan maakte ook niemand de groep af."),
    "guests_without_presentation": N_("Er was geen eindpresentatie, dus ook geen gasten."),
    "dates_uncounted": N_("Vul eerst bij elke bijeenkomst in hoeveel deelnemers er waren, of dat hij niet doorging."),
    "count_or_off": N_("Vul in hoeveel deelnemers er waren, of kies ‘Ging niet door’."),
    "count_and_off": N_("Je vulde een getal in en ook ‘Ging niet door’. Kies een van de twee."),
    "group_still_running": N_("Er komen nog data. Afronden kan als alle bijeenkomsten zijn geweest."),
    # looking for a group, or for a trainer
    "search_over": N_("Deze persoon zoekt niet meer, of is al gekoppeld."),
    "request_over": N_("Deze organisatie zoekt niet meer, of heeft al een trainer."),
    "other_intervention": N_("Deze organisatie zoekt een trainer voor een andere interventie."),
    "may_start_none": N_(
        "Deze persoon mag nu geen groep beginnen: de opleiding loopt niet, of het certificaat geldt niet."
    ),
    "link_needs_reason": N_("De plek of de dagen passen niet. Schrijf op waarom je ze toch koppelt."),
    "no_way_to_reach": N_("Vul een telefoonnummer of een mailadres in. Anders kan de trainer niemand bereiken."),
    "requests_full": N_("Er staan al {most} vragen van jullie open. Stop er eerst een."),
}

DAY_WORDS: Final[dict[str, str]] = {
    "monday": N_("maandag"),
    "tuesday": N_("dinsdag"),
    "wednesday": N_("woensdag"),
    "thursday": N_("donderdag"),
    "friday": N_("vrijdag"),
    "saturday": N_("zaterdag"),
    "sunday": N_("zondag"),
}
PART_WORDS: Final[dict[str, str]] = {
    "morning": N_("ochtend"),
    "afternoon": N_("middag"),
    "evening": N_("avond"),
}
WHEN_WORDS: Final[dict[str, str]] = DAY_WORDS | PART_WORDS
