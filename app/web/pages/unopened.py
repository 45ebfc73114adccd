"""The page that a device keeps for when there is no connection: what was not opened before cannot be shown."""

from __future__ import annotations

from dataclasses import replace

from app.access import Permission
from app.kit.i18n import known_locale
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.route import Area
from app.web.kit.taken_along import AWAY, AWAY_ASKED_IN

area = Area()


@area.get(AWAY, policy=Permission.PUBLIC, name="unopened.show")
def show(ask: Ask) -> Answer:
    """Without anything about anybody; which pages the device has is known on the device alone (js/unopened.js)."""
    locale = known_locale(ask.query.get(AWAY_ASKED_IN))
    return replace(render("unopened/page.html"), locale=locale)
