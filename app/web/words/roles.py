"""Roles in words, and what each may do."""

from __future__ import annotations

from typing import Final

from app.people.rules import Role
from app.web.words.shared import N_

ROLES: Final[dict[Role, str]] = {
    Role.PROFESSIONAL: N_("Professional"),
    Role.FACILITATOR: N_("Gespreksleider"),
    Role.ORGANISATION_CONTACT: N_("Contactpersoon"),
    Role.COACH: N_("Coach"),
    Role.AUTHOR: N_("Redacteur"),
    Role.ADMIN: N_("Beheerder"),
    Role.OWNER: N_("Eigenaar"),
}

HINTS: Final[dict[Role, str]] = {
    Role.PROFESSIONAL: N_("Volgt een opleiding of is trainer."),
    Role.FACILITATOR: N_("Leidt een groep in intervisie."),
    Role.ORGANISATION_CONTACT: N_("Ziet voortgang en datums van de eigen mensen."),
    Role.COACH: N_("Kijkt mee in de praktijk en tekent af."),
    Role.AUTHOR: N_("Schrijft en verbetert de lessen."),
    Role.ADMIN: N_("Plant, besluit en beheert mensen."),
    Role.OWNER: N_("Mag alles, ook andere beheerders maken."),
}
