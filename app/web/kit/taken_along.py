"""Which pages a device keeps once they were opened, where a session begins or ends on it, and what it says otherwise.

The service worker gets these from `/sw.js` (js/worker.js); docs/decisions/0019-what-was-opened-is-kept.md says why.
They are read by Python and by JavaScript, so they say nothing that only one of both knows.
"""

from __future__ import annotations

import re
from typing import Final

PAGES: Final = r"^/(opleiding|handboek|groep|gesprek)(/|$)|^/traject$"
NEVER: Final = r"^/opleiding/(beeld|bestand)/|^/opleiding/[^/]+/toets/"
"""Of those: a film would fill a phone, and the old form of a check would quarrel with newer answers."""
DOORS: Final = r"^/(inloggen|uitloggen|uitnodiging|wachtwoord)(/|$)|^/account/(sessies/alle|weg)$"
"""Who comes in or goes out sends a form here; before it is sent, nothing that was read stays."""
AWAY: Final = "/geen-verbinding"
"""The page that the worker shows without a connection where nothing was kept; one for each language."""
AWAY_ASKED_IN: Final = "taal"


def is_kept(path: str) -> bool:
    """Whether a device keeps the page of this address."""
    return re.search(PAGES, path) is not None and re.search(NEVER, path) is None
