"""How far somebody is, in a word with its tone and icon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.web.words.shared import N_


@dataclass(frozen=True)
class StageWord:
    """How a stage looks on a sticker."""

    word: str
    tone: str
    icon: str


STAGES: Final[dict[str, StageWord]] = {
    "valid": StageWord(N_("Certificaat"), "leaf", "award"),
    "expiring": StageWord(N_("Verloopt bijna"), "tomato", "hourglass"),
    "in_grace": StageWord(N_("Verlenging loopt"), "tomato", "hourglass"),
    "lapsed": StageWord(N_("Verlopen"), "tomato", "triangle-alert"),
    "suspended": StageWord(N_("Geschorst"), "tomato", "ban"),
    "revoked": StageWord(N_("Ingetrokken"), "tomato", "ban"),
    "relinquished": StageWord(N_("Beëindigd"), "", "circle-minus"),
    "theory": StageWord(N_("Theorie"), "sun", "book-open"),
    "practice": StageWord(N_("Praktijk"), "rose", "hand"),
    "paused": StageWord(N_("Pauze"), "", "pause"),
    "invited": StageWord(N_("Uitgenodigd"), "sun", "mail"),
    "outside": StageWord(N_("Nog niet uitgenodigd"), "", "circle-dashed"),
    "in": StageWord(N_("Kan inloggen"), "", "check"),
}

CHIPS: Final[dict[str, str]] = {
    "": N_("Alle"),
    "training": N_("In opleiding"),
    "certified": N_("Gecertificeerd"),
    "expiring": N_("Verloopt bijna"),
    "lapsed": N_("Verlopen"),
    "outside": N_("Nog geen account"),
}
