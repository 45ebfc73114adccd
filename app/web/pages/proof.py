"""The proof of attendance, as a PDF for a professional register. It is made when it is asked for, and kept nowhere."""

from __future__ import annotations

import json
from typing import Final

from app.access import Permission
from app.certification.proofs import proof_of
from app.kit import child
from app.web.kit.ask import Answer, Ask, Content
from app.web.kit.route import Area

area = Area()
PRESS: Final = "app.certification.paper.press:proof"
FILENAME: Final = {"nl": "Bewijs van deelname", "en": "Proof of attendance"}


@area.get(
    "/intervisie/{place:id}/bewijs",
    policy=Permission.SIGNED_IN,
    name="intervision.proof",
    own_transactions=True,
    heavy=True,
)
def proof(ask: Ask, place: int) -> Answer:
    """The own proof, once the list is closed; no transaction waits while it is set."""
    with ask.services.database.reading(snapshot=True) as db:
        words = proof_of(db, ask.viewer, place, provider=ask.services.settings.provider_name, now=ask.now)
    _, pdf = child.call(PRESS, json.dumps(words).encode(), made_at=int(ask.now.timestamp()))
    return Content(body=pdf, media_type="application/pdf", filename=f"{FILENAME[ask.viewer.locale]}.pdf")
