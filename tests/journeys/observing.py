"""What a coach does with the form on her phone, and what the server then holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from app.practice.tables.coaching import Assessment
from tests.journeys.conftest import Live


def forms(live: Live) -> list[Assessment]:
    with live.parts.database.reading() as db:
        return list(db.scalars(select(Assessment)))


def stored(live: Live) -> dict[str, Any]:
    [one] = forms(live)
    return one.form


def until(page: Page, done: Callable[[], bool]) -> None:
    """Wait while the browser goes on."""
    for _ in range(200):
        if done():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited in vain")


def level(page: Page, criterion: str, word: str) -> Locator:
    return page.get_by_role("radiogroup", name=criterion).get_by_label(re.compile(f"^{word}"))
