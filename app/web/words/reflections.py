"""Words for looking back (STARR): what its parts are called, and what may be refused."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "no_reflection_asked": N_("Bij deze opdracht hoort geen terugblik."),
    "reflection_first": N_("Schrijf eerst je terugblik af. Er zijn nog stappen leeg."),
    "reflection_missing": N_("Deze stap is nog leeg."),
    "stale_reflection": N_(
        "Je terugblik is intussen in een ander venster bewaard. Hieronder zie je wat daar anders is. "
        "Jouw tekst staat er nog. Bewaar je opnieuw, dan geldt die."
    ),
    "stale_self_view": N_(
        "Je antwoorden zijn intussen in een ander venster bewaard. Hieronder zie je wat daar anders is. "
        "Wat jij hier koos, staat er nog. Bewaar je opnieuw, dan geldt dat."
    ),
}

PARTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "situation",
        N_("Situatie: wat gebeurde er?"),
        N_("Kies één moment. Waar was je, en wie waren erbij? Geen namen."),
    ),
    ("task", N_("Taak: wat was jouw rol?"), N_("Wat wilde je bereiken, of wat werd er van je verwacht?")),
    (
        "action",
        N_("Actie: wat deed je?"),
        N_("Wat zei je en wat deed je? Schrijf het zo dat een ander het voor zich ziet."),
    ),
    ("result", N_("Resultaat: wat kwam ervan?"), N_("Wat zag en hoorde je daarna? Bij de deelnemers, en bij jezelf.")),
    (
        "reflection",
        N_("Reflectie: hoe kijk je erop terug?"),
        N_("Wat ging goed? Wat zou je nu anders doen, en waarom?"),
    ),
    ("transfer", N_("Wat neem je mee?"), N_("Wat doe je een volgende keer, ook met een andere groep?")),
)
"""Each part: its field, what it asks, and some help."""
