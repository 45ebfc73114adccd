"""Words for giving seats and making tables: why somebody is where she is, what came of it, what may be refused."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "nobody_to_place": N_("Iedereen heeft een plek."),
    "proposal_replaced": N_("Er is intussen een nieuwer voorstel. Kijk dat eerst na."),
    "proposal_accepted": N_("Iemand heeft dit voorstel al aangenomen."),
    "nothing_to_undo": N_("Hier is niets om terug te draaien."),
    "tables_too_late": N_("De tafels kunnen nu niet meer veranderen."),
    "table_too_large": N_("Aan tafel {number} zitten te veel mensen. Er passen er {most}."),
    "manager_at_table": N_("{name} zit aan tafel {number} bij de eigen leidinggevende, {manager}. Dat kan niet."),
}

WHY_WORDS: Final = {
    "only": N_("De enige dag die kan."),
    "preferred": N_("Vroeg zelf om deze dag."),
    "nearest": N_("In de plaats waar deze persoon werkt."),
    "fits": N_("Deze dag kan, en er is plek."),
    "others_full": N_("Dichterbij was alles vol."),
    "mixed": N_("Hier zitten minder collega’s bij elkaar."),
    "manager": N_("Apart van de eigen leidinggevende."),
    "no_day": N_("Zei nee tegen alle dagen."),
    "busy": N_("Heeft op de dagen die kunnen al iets anders."),
    "clash": N_("De dag die kan, valt samen met een andere bijeenkomst in dezelfde ruimte of met dezelfde leider."),
    "full": N_("Alle dagen die kunnen, zijn vol."),
    "closed": N_("De dag die kan, gaat niet door."),
}
UNPLACED_WORDS: Final = {"manager": N_("Zou aan één tafel zitten met de eigen leidinggevende.")}
"""Where the same reason reads differently for who got no seat."""

OUTCOME_WORDS: Final = {
    "has_seat": N_("Koos intussen zelf een dag."),
    "declined": N_("Zei intussen nee tegen deze dag."),
    "meeting_full": N_("De bijeenkomst was intussen vol."),
    "meeting_cancelled": N_("De bijeenkomst gaat niet door."),
    "meeting_past": N_("De bijeenkomst was al begonnen."),
    "signup_closed": N_("Aanmelden was gesloten."),
    "wait_your_turn": N_("Anderen staan eerder in de rij voor deze dag."),
    "join_the_line": N_("Er staan al anderen in de rij voor deze dag."),
    "offer_passed": N_("De plek ging naar de volgende in de rij."),
    "undone": N_("Teruggedraaid."),
    "kept": N_("Antwoordde zelf, en houdt de plek."),
}
