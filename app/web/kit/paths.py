"""Where to go next, when a visitor says so: only to a page of our own."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 500
DOORS: Final = ("/inloggen", "/uitloggen", "/bevestigen", "/wachtwoord")


def local_path(given: str, *, default: str = "", doors: bool = False) -> str:
    """The path when it is one of ours, else `default`. Back to a door only with `doors`."""
    if not given.startswith("/") or len(given) > LONGEST:
        return default
    if "\\" in given or any(ord(char) < 33 or ord(char) > 126 for char in given):
        return default
    try:
        parts = urlsplit(given)
    except ValueError:
        return default
    if parts.scheme or parts.netloc or given.startswith("//"):
        return default
    return default if parts.path.startswith(DOORS) and not doors else given
