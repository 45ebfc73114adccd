"""How the state of a certificate is called and shown; the same on every page."""

from __future__ import annotations

from typing import Final

from app.certification.rules import State
from app.web.words.shared import N_, StateLook

STATE_LOOKS: Final = {
    State.NONE: StateLook(N_("Nog niet"), "", "circle-dashed"),
    State.VALID: StateLook(N_("Geldig"), "leaf", "badge-check"),
    State.EXPIRING: StateLook(N_("Verlengen"), "sun", "hourglass"),
    State.IN_GRACE: StateLook(N_("Verlenging loopt"), "sun", "hourglass"),
    State.LAPSED: StateLook(N_("Niet actief"), "tomato", "circle-alert"),
    State.SUSPENDED: StateLook(N_("Geschorst"), "tomato", "circle-pause"),
    State.REVOKED: StateLook(N_("Ingetrokken"), "tomato", "badge-x"),
    State.RELINQUISHED: StateLook(N_("Teruggegeven"), "", "circle-x"),
}
