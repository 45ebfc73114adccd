"""Which release the pages of this program are: what a phone keeps of them is renewed when it changes."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from app.settings import Settings
from app.web.kit.static import shipped
from app.web.kit.templates import TEMPLATES

AROUND: Final = ("layouts", "ui")
"""Folders of templates that every page is made with."""


def release(settings: Settings, *folders: str) -> str:
    """A mark of all that a page looks like: files, the templates in these folders and around them, the brand."""
    brand = f"{settings.brand_name}|{settings.brand_sub}|{settings.help_address}|{settings.demo}"
    return hashlib.sha256(f"{_made_of(*folders)}|{brand}".encode()).hexdigest()[:16]


@cache
def _made_of(*folders: str) -> str:
    found = hashlib.sha256("|".join(sorted(shipped().names.values())).encode())
    for folder in (*AROUND, *folders):
        for path in sorted((TEMPLATES / folder).rglob("*.html")):
            found.update(path.read_bytes())
    return found.hexdigest()
