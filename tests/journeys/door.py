"""Coming in as people do: a code from the mailbox, and for who has a role the six digits of the app on her phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pyotp
from playwright.sync_api import Page, expect

from tests.apps import digits
from tests.journeys.conftest import Live, accessible
from tests.journeys.walking import with_mailed_code

CODES: Final = 8


@dataclass
class Somebody:
    """One person: her browser, her address, and the secret in her app once she set it up."""

    live: Live
    page: Page
    address: str
    secret: str = field(default="", repr=False)

    def come_in(self) -> Page:
        """With a mailed code, and what the door asks for after it."""
        with_mailed_code(self.live, self.page, self.address)
        if "/inloggen/app" in self.page.url:
            self._set_up_app()
        elif "/inloggen/stap" in self.page.url:
            accessible(self.page)
            self.show_app()
            self.page.get_by_role("button", name="Inloggen").click()
        self.page.wait_for_url(lambda url: "/inloggen" not in url)
        return self.page

    def show_app(self) -> None:
        """Type what the app shows into the field that asks for it."""
        self.live.clock.advance(timedelta(minutes=1))  # a code counts once: the app shows the next one by now
        self.page.get_by_label("Code uit je app").fill(digits(self.secret, self.live.clock.now()))

    def _set_up_app(self) -> None:
        page = self.page
        expect(page.get_by_role("heading", level=1)).to_have_text("Stel je app in")
        accessible(page)
        address = page.get_by_role("link", name="Zet hem meteen in mijn app").get_attribute("href") or ""
        self.secret = pyotp.parse_uri(address).secret
        assert self.secret == page.locator(".app__secret").inner_text().replace(" ", "")
        self.show_app()
        page.get_by_role("button", name="Ga verder").click()
        expect(page.get_by_role("list", name="Herstelcodes").get_by_role("listitem")).to_have_count(CODES)
        accessible(page)
        page.get_by_role("link", name="Ik heb ze bewaard").click()
