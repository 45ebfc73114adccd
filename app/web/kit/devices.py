"""The browser somebody uses: its name for a list of sessions, and whether it came in with this address before."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from starlette.requests import Request

from app.kit.ids import Keyring
from app.web.kit.ask import Cookie
from app.web.kit.sessions import BROWSER_COOKIE
from app.web.words.shared import N_

KNOWN_COOKIE: Final = "apparaat"
KEPT_S: Final = 180 * 24 * 3600
UNKNOWN: Final = N_("Onbekende browser")
_PURPOSE: Final = "known-device"
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_of(request: Request) -> str:
    """What the browser calls itself, in words a person knows: Firefox op Android."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " op ".join(part for part in (browser, system) if part) or UNKNOWN


def browser_of(request: Request) -> str:
    """The mark of this browser; empty before it asked for anything."""
    return request.cookies.get(BROWSER_COOKIE, "")


def browser_cookie(request: Request) -> Cookie:
    """The mark of this browser, made when it has none. Codes are bound to it."""
    return Cookie(BROWSER_COOKIE, browser_of(request) or secrets.token_urlsafe(24), KEPT_S)


def known_cookie(keyring: Keyring, address: str, browser: str) -> Cookie:
    """Proof that this browser came in with this address; others cannot use up its tries."""
    return Cookie(KNOWN_COOKIE, keyring.mailed_token(_PURPOSE, f"{address}|{browser}"), KEPT_S)


def is_known(request: Request, keyring: Keyring, address: str) -> bool:
    """Whether this browser came in with this address before."""
    browser, given = browser_of(request), request.cookies.get(KNOWN_COOKIE, "")
    if not browser or not given:
        return False
    return any(
        hmac.compare_digest(Keyring((key,)).mailed_token(_PURPOSE, f"{address}|{browser}").encode(), given.encode())
        for key in keyring.keys
    )
