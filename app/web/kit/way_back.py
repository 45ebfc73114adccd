"""Where an address leads that only takes a form, when somebody opens it.

A form that is not right comes back as a page at the address that it was sent to. Who reloads that page, keeps it
as a bookmark or comes back to it after signing in asks for an address that only knows POST.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.web.kit.entry import Entry

_PARAMETER: Final = re.compile(r"{(\w+)(?::\w+)?}")


def ways_back(entries: Iterable[Entry]) -> dict[str, str]:
    """For each path without a page of its own the path of the page that its form stands on.

    That is the nearest page above it, unless the entry says otherwise (`back`).
    Raises: RuntimeError when an entry names what is no page.
    """
    known = list(entries)
    pages = {entry.path for entry in known if entry.method == "GET"}
    found: dict[str, str] = {}
    for entry in known:
        if entry.path not in pages:
            if entry.back and entry.back.partition("?")[0] not in pages:
                raise RuntimeError(f"{entry.name} leads back to {entry.back}, which is no page")
            found[entry.path] = entry.back or _above(entry.path, pages)
    return found


def filled(back: str, things: Mapping[str, Any]) -> str:
    """The address of a way back, with the things that the address named. It is always one of our own pages."""
    return _PARAMETER.sub(lambda parameter: str(things[parameter[1]]), back)


def _above(path: str, pages: set[str]) -> str:
    while path := path.rpartition("/")[0]:
        if path in pages:
            return path
    return "/"
