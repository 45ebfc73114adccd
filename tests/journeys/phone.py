"""A phone with a memory of its own: what it holds stays when its tab is killed or its browser starts anew."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from app.people.actions.sign_in import end_session_of_token, start_session
from tests.support.chromium import ARGUMENTS, EXECUTABLE, PHONE

if TYPE_CHECKING:
    from tests.journeys.conftest import Live

SENT: Final = "Verstuurd om"
KEPT: Final = "Bewaard op deze telefoon"
FAR: Final = 4_000_000_000  # seconds; the cookie stays when the browser starts anew
AWAY: Final = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "409 (Conflict)", "401 (Unauthorized)", "404 (Not Found)")
"""What a browser complains of when there is no connection, or when the server says no as it should."""


class Phone:
    """One phone and the folder in which its browser keeps things."""

    def __init__(self, live: Live, folder: Path, browser: Browser) -> None:
        self.live, self.folder = live, folder
        self._type = browser.browser_type
        self._context: BrowserContext | None = None
        self.page: Page

    def start(self) -> Page:
        """Open the browser, with all that it kept."""
        self._context = self._type.launch_persistent_context(
            self.folder,
            executable_path=EXECUTABLE,
            args=list(ARGUMENTS),
            base_url=self.live.address,
            viewport=PHONE,
            has_touch=True,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(10_000)
        self.page = self._context.pages[0]
        self._listen(self.page)
        return self.page

    def _listen(self, page: Page) -> None:
        page.on("console", lambda told: self._complain(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))

    def _complain(self, text: str) -> None:
        if not any(known in text for known in AWAY):
            self.live.troubles.append(text)

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None
        return self._context

    def new_tab(self) -> Page:
        self.page = self.context.new_page()
        self._listen(self.page)
        return self.page

    def kill(self) -> None:
        """As a phone does that needs its memory for something else: no goodbye, neither to tab nor to browser.

        What the bar said before is what must be there afterwards: see `kept`.
        """
        mark = f"--user-data-dir={self.folder}".encode()
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if mark in found.read_bytes().split(b"\0"):
                    os.kill(int(found.parent.name), signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        if self._context is not None:
            with suppress(Error):  # it may be gone already
                self._context.close()
            self._context = None

    def connected(self, connected: bool) -> None:
        self.context.set_offline(not connected)

    def sign_in(self, person_id: int) -> None:
        """Somebody signs in on this phone; the one who was in before no longer is."""
        with self.live.parts.database.writing() as db:
            token = start_session(db, person_id=person_id, device="telefoon", now=self.live.clock.now())
        secure = self.live.address.replace("http:", "https:")
        cookie = {"name": "__Host-session", "value": token, "url": secure, "secure": True, "expires": FAR}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def sign_in_ends(self) -> None:
        """By itself, while the phone lies in a bag."""
        [token] = [one["value"] for one in self.context.cookies() if one.get("name") == "__Host-session"]
        with self.live.parts.database.writing() as db:
            end_session_of_token(db, token=token, now=self.live.clock.now())

    def take_along(self, record_id: int) -> None:
        """Look at the list once with a connection, as on the morning of the visit; then open the form."""
        self.page.goto("/coach")
        self.page.evaluate("navigator.serviceWorker.ready")
        self.live.eventually(lambda: self.holds("forms") > 0 and self.kept_files() > 0, "the form on the phone")
        self.open(record_id)

    def open(self, record_id: int) -> None:
        self.page.goto("/coach/observatie#")
        self.page.goto(f"/coach/observatie#{record_id}")
        expect(self.page.get_by_role("button", name="Klaar met invullen")).to_be_attached()

    def holds(self, store: str) -> int:
        """How many things stand in one store of the phone."""
        return int(
            self.page.evaluate(
                """async (name) => {
                    if (!(await indexedDB.databases()).some((one) => one.name === "academie")) return 0;
                    const db = await new Promise((done, failed) => {
                        const asked = indexedDB.open("academie");
                        asked.onsuccess = () => done(asked.result);
                        asked.onerror = () => failed(asked.error);
                    });
                    const count = await new Promise((done) => {
                        const asked = db.transaction(name).objectStore(name).count();
                        asked.onsuccess = () => done(asked.result);
                    });
                    db.close();
                    return count;
                }""",
                store,
            )
        )

    def kept_files(self) -> int:
        return int(
            self.page.evaluate(
                """async () => {
                    let count = 0;
                    for (const name of await caches.keys()) count += (await (await caches.open(name)).keys()).length;
                    return count;
                }"""
            )
        )

    def kept(self) -> None:
        """Wait until the bar says of the last keystroke too that it is kept."""
        expect(self.page.locator('#stand[aria-busy="false"]')).to_have_text(KEPT)

    def stand(self) -> Any:
        """The words in the bar that say how it is kept."""
        return self.page.locator("#stand")


@contextmanager
def phone(live: Live, folder: Path, browser: Browser) -> Iterator[Phone]:
    """A phone that is on."""
    made = Phone(live, folder, browser)
    made.start()
    try:
        yield made
    finally:
        made.stop()
