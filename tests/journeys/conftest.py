"""The program as people meet it in a browser: pages, worker, mail server, a clock that a test moves."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.ids import Keyring
from app.kit.storage import folder
from app.main import Parts, create_app
from app.settings import Settings
from tests.support import chromium
from tests.support.smtp import Received, SmtpSink

AXE: Final = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text()
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nothing is worked out that we do not read: paths to elements, what was fine, what stands in frames.
HOW: Final = {
    "runOnly": RULES,
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,
    "iframes": False,
}
TOO_WIDE: Final = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1)
        .slice(0, 8).map(e => e.outerHTML.slice(0, 120));
}"""
PATIENCE_S: Final = 15


@dataclass
class Live:
    """A running program and the browsers that visit it."""

    address: str
    parts: Parts
    clock: MovableClock
    mail: SmtpSink
    browser: Browser
    troubles: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def person(self, *, phone: bool = True, javascript: bool = True) -> Page:
        """A page in a browser of its own; whatever the console complains of is kept."""
        context: BrowserContext = self._open.enter_context(
            chromium.visitor(
                self.browser,
                base_url=self.address,
                phone=phone,
                java_script_enabled=javascript,
                reduced_motion="reduce",  # axe measures colours that stand still
            )
        )
        context.add_init_script(AXE)  # sent once, not again for each page that is looked at
        page = context.new_page()
        page.on("console", lambda told: self.troubles.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda asked: self._note_outside(asked.url))
        return page

    def mail_to(self, address: str, containing: str = "") -> Received:
        """The newest mail to an address whose subject or text has these words; waits until it is there."""
        found: list[Received] = []

        def arrived() -> bool:
            found[:] = [m for m in self.mail.to(address) if containing in m.subject or containing in m.text]
            return bool(found)

        wait_until(arrived, f"mail to {address} with {containing!r}")
        return found[-1]

    def eventually(self, done: Callable[[], bool], what: str) -> None:
        """Wait for what the worker does on its own time."""
        wait_until(done, what)

    def _note_outside(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.troubles.append(f"asked outside: {url}")

    def close(self) -> None:
        self._open.close()


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Wait for what the worker does on its own time."""
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)


def link_in(mail: Received, path: str) -> str:
    """The first link in a mail whose address has `path` in it."""
    return next(word.strip("<>().,") for word in mail.text.split() if path in word)


def accessible(page: Page) -> None:
    """Fail on anything that axe finds, and on sideways scrolling."""
    assert page.evaluate(TOO_WIDE) == [], f"{page.url} scrolls sideways"
    if page.evaluate("!window.axe"):
        page.evaluate(AXE)
    found = page.evaluate(
        "how => axe.run(document, how).then(r => r.violations.map(v => ({id: v.id, "
        "where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))})))",
        HOW,
    )
    assert found == [], f"{page.url}: {json.dumps(found, indent=1, ensure_ascii=False)}"


@contextmanager
def serving(
    url: str, data_dir: Path, clock: MovableClock, mail: SmtpSink, browser: Browser, **how: Any
) -> Iterator[Live]:
    """The program with its worker on a database, served on a free port; `how` goes to the settings."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = Settings(
        data_dir=data_dir,
        database_url=url,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        smtp_starttls=False,
        **how,
    )
    database = Database.open(url, data_dir=data_dir)
    parts = Parts(settings, clock, database, folder(data_dir / "files"), Keyring(settings.secrets))
    server = uvicorn.Server(uvicorn.Config(create_app(parts, with_worker=True), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the server")
    site = Live(settings.address, parts, clock, mail, browser)
    yield site
    site.close()
    server.should_exit = True
    thread.join(10)
    database.close()
    assert site.troubles == []


@pytest.fixture
def live(sqlite_url: str, data_dir: Path, clock: MovableClock, mail: SmtpSink, browser: Browser) -> Iterator[Live]:
    """The program with its worker on a fresh database, served on a free port."""
    with serving(sqlite_url, data_dir, clock, mail, browser) as site:
        yield site


@pytest.fixture
def guarded(sqlite_url: str, data_dir: Path, clock: MovableClock, mail: SmtpSink, browser: Browser) -> Iterator[Live]:
    """The same, where coaches and admins come in with an app on their phone, as outside a demo."""
    with serving(sqlite_url, data_dir, clock, mail, browser, second_factor=True) as site:
        yield site
