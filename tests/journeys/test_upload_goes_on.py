"""A film that is cut off: the line breaks, the tab is closed, and in a new one it goes on where it was."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect
from sqlalchemy import select

from app.practice.tables.evidence import Evidence, Upload, UploadPiece
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.practising import begin
from tests.unit.test_kit_media import WEBM

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

PIECE: Final = 4 * 1024 * 1024
SLOWLY: Final = 30_000


def film(folder: Path) -> Path:
    """Eleven megabytes without a word in it, so that it is kept as it is."""
    made = folder / "finale.webm"
    made.write_bytes(WEBM + os.urandom(11 * 1024 * 1024))
    return made


def test_a_closed_tab_and_on_where_it_was(live: Live, tmp_path: Path) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="visited")
    path = f"/praktijk/{at_work.record_id}/bewijs"
    page, content = live.person(), film(tmp_path)
    sign_in(live, page, at_work.noor.id)
    page.route("**/upload/*", _cut_after_the_first)
    page.goto(path)
    page.get_by_label("Maak een foto of kies een bestand").set_input_files(content)
    page.get_by_label(re.compile("^Nee, niemand")).check()
    page.get_by_label("Wat zien we?").fill("De eindpresentatie")
    page.get_by_role("button", name="Voeg toe", exact=True).click()
    line = page.locator("#voortgang")
    expect(line).to_contain_text("Geen verbinding. Zodra die er weer is gaan we vanzelf verder.", timeout=SLOWLY)
    accessible(page)
    assert _received(live) == PIECE
    context = page.context
    context.set_offline(True)  # a page that closes lets go of its routes before it is gone
    page.close(run_before_unload=False)
    context.set_offline(False)

    again = context.new_page()
    asked: list[tuple[str, str | None]] = []
    again.on("request", lambda one: _note(asked, one))
    again.goto(path)
    expect(again.get_by_role("heading", name="Nog onderweg")).to_be_visible()
    expect(again.get_by_text("36 procent is binnen. Kies hetzelfde bestand om verder te gaan.")).to_be_visible()
    expect(again.get_by_role("heading", name="Dit staat erbij")).to_have_count(0)
    accessible(again)
    _another_file(again, tmp_path)
    again.get_by_label("Kies hetzelfde bestand").set_input_files(content)
    expect(again.get_by_role("heading", name="Dit staat erbij")).to_be_visible(timeout=SLOWLY)
    expect(again.get_by_label("De eindpresentatie")).to_be_visible()
    accessible(again)
    assert asked == [("HEAD", None), ("PATCH", str(PIECE)), ("PATCH", str(2 * PIECE))]  # not one byte twice
    _it_is_whole(live, content)
    live.troubles[:] = [one for one in live.troubles if "ERR_" not in one]


def _cut_after_the_first(route: Route) -> None:
    """The line holds for one piece."""
    first = route.request.headers.get("upload-offset", "0") == "0"
    route.continue_() if first else route.abort()


def _note(asked: list[tuple[str, str | None]], one: Request) -> None:
    if re.search(r"/upload/\d+$", one.url):
        asked.append((one.method, one.headers.get("upload-offset")))


def _another_file(page: Page, folder: Path) -> None:
    """Her thumb slips: the page says so, and nothing is sent."""
    other = folder / "anders.webm"
    other.write_bytes(b"x" * 100)
    page.get_by_label("Kies hetzelfde bestand").set_input_files(other)
    expect(page.get_by_text("Dit is een ander bestand. Kies hetzelfde als eerst.")).to_be_visible()


def _received(live: Live) -> int:
    with live.parts.database.reading() as db:
        return db.scalars(select(Upload.received)).one()


def _it_is_whole(live: Live, content: Path) -> None:
    """One piece of evidence, byte for byte what she chose; of its pieces nothing is left."""
    with live.parts.database.reading() as db:
        kept = db.scalars(select(Evidence)).one()
    whole = content.read_bytes()
    assert (kept.kind, kept.bytes, kept.sha256) == ("video", len(whole), hashlib.sha256(whole).hexdigest())
    assert live.parts.storage.get(kept.storage_key) == whole

    def cleared() -> bool:
        with live.parts.database.reading() as db:
            return db.scalars(select(UploadPiece.id)).all() == [] and live.parts.storage.keys("incoming") == []

    live.eventually(cleared, "the pieces to go")
