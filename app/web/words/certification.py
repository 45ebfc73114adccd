"""Words for what certification may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "own_certificate": N_("Over je eigen certificaat beslist iemand anders."),
    "enrolment_not_open": N_("Deze opleiding loopt nu niet. Kijk bij de opleidingsgroep hoe het zit."),
    "theory_incomplete": N_("De theorie is nog niet af. Zodra alle lessen en toetsen klaar zijn, kun je besluiten."),
    "assignments_open": N_("Nog niet alle opdrachten zijn afgetekend. Daarna kun je besluiten."),
    "visits_missing": N_("De coach is {done} keer langs geweest. Dit beleid vraagt {needed} bezoeken."),
    "four_eyes": N_("Jij tekende de laatste opdracht af. Laat een andere beheerder beslissen."),
    "reason_needed": N_("Jij tekende zelf af en er is geen tweede beheerder. Schrijf waarom je toch alleen beslist."),
    "already_granted": N_("Dit certificaat is al toegekend."),
    "refused_meanwhile": N_("Intussen is besloten om het nog niet toe te kennen. Kijk hieronder en besluit opnieuw."),
    "refused_already": N_("Hierover is al besloten. Wacht tot er iets nieuws is gedaan."),
    "since_in_future": N_("Deze dag moet nog komen. Vul de dag in waarop het certificaat begon."),
}
