"""Words for what a conversation may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "conversation_paused": N_("De opleiding staat even stil. Je kunt alles teruglezen, maar nu niets schrijven."),
    "conversation_closed": N_("Deze opleiding is klaar of gestopt. Je kunt het gesprek nog teruglezen."),
    "conversation_too_fast": N_(
        "Je stuurde veel berichten achter elkaar. Je tekst staat er nog: over {minutes} minuten kun je hem versturen."
    ),
}
