"""Debian's Chromium through Playwright: nothing of its own is downloaded, nothing outside is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from tools.chromium import browser as installed

EXECUTABLE: Final = installed()
ARGUMENTS: Final = (
    "--no-sandbox",  # tests run as root in a container too
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that asks for anything from outside must show it: no name is found but this machine's.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1440, "height": 900}


@contextmanager
def launch() -> Iterator[Browser]:
    """A running browser. Raises: FileNotFoundError when Chromium is not installed."""
    if EXECUTABLE is None:
        raise FileNotFoundError("Chromium is missing; install it with: make chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visitor(browser: Browser, *, base_url: str, phone: bool = False, **options: Any) -> Iterator[BrowserContext]:
    """One person's browser: own cookies, Dutch, in Amsterdam, on a phone or at a desk.

    `options` go to Playwright as they are: java_script_enabled, color_scheme, reduced_motion.
    """
    context = browser.new_context(
        base_url=base_url,
        viewport=PHONE if phone else DESKTOP,
        has_touch=phone,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        **options,
    )
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        context.close()
