"""A film from a phone: an answer that is lost at the end, and a sign-in that ends on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.practice.tables.evidence import Evidence, Upload
from tests.journeys.conftest import Live, accessible
from tests.journeys.phone import Phone, phone
from tests.practising import Practising, begin
from tests.unit.test_kit_media import box, film

PIECE: Final = 4 * 1024 * 1024
LARGE: Final = film() + box(b"free", b"\0" * 2 * PIECE)
LOST: Final = """() => {
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        const href = this.href;
        this.onload = async () => {
            for (;;) {  // the server is quicker than the phone asks again
                const stand = await (await fetch(`${href}/stand`)).json();
                if (stand.state === "ready") break;
                await new Promise((done) => setTimeout(done, 100));
            }
            this.onerror();
        };
        return send.call(this, body);
    };
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, href) {
        this.href = href;
        return open.call(this, method, href);
    };
}"""
"""The line breaks after the server took the last piece in."""
HELD: Final = """(at) => {
    const wait = new Promise((done) => { window.goOn = done; });
    let pieces = 0;
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        pieces += 1;
        if (at === "piece" && pieces === 2) wait.then(() => send.call(this, body));
        else send.call(this, body);
    };
    const whole = window.fetch;
    window.fetch = async (...asked) => {
        if (at === "stand" && asked[0].endsWith("/stand")) await wait;
        return whole(...asked);
    };
}"""
"""Nothing is asked until we say so: before the second piece, or when all is in."""

RECORD: Final = """async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 240];
    const pen = canvas.getContext("2d");
    let turn = 0;
    const painting = setInterval(() => {
        pen.fillStyle = `hsl(${9 * turn++} 80% 50%)`;
        pen.fillRect(0, 0, 320, 240);
    }, 40);
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/mp4;codecs=avc1.42E01E" });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((done) => { recorder.onstop = done; });
    recorder.start(500);
    await new Promise((done) => setTimeout(done, 2000));
    recorder.stop();
    await stopped;
    clearInterval(painting);
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""
"""A film as a browser makes it: H.264 in fragments."""
PLAYS: Final = """async () => {
    const film = document.querySelector("video");
    film.muted = true;
    await film.play();
    await new Promise((done) => setTimeout(done, 1000));
    return [film.videoWidth, film.videoHeight, film.currentTime > 0.3, film.error];
}"""


@pytest.fixture
def at_work(live: Live) -> Practising:
    return begin(live.parts.database, live.parts.storage, live.clock, until="visited")


@pytest.fixture
def noors(live: Live, at_work: Practising, tmp_path: Path, browser: Browser) -> Iterator[Phone]:
    with phone(live, tmp_path / "phone", browser) as made:
        made.sign_in(at_work.noor.id)
        made.page.goto(f"/praktijk/{at_work.record_id}/bewijs")
        yield made


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    """A file with a date of its own, as the phone keeps it: that is how it is known again."""
    path = tmp_path / "finale.mp4"
    path.write_bytes(LARGE)
    return path


def send(page: Page, path: Path) -> None:
    page.get_by_label("Maak een foto of kies een bestand").set_input_files(path)
    page.get_by_label(re.compile("Nee, niemand")).check()
    page.get_by_label("Wat zien we?").fill("De finale")
    page.get_by_role("button", name="Voeg toe").first.click()


def received(live: Live) -> int:
    with live.parts.database.reading() as db:
        return db.scalars(select(Upload.received)).one_or_none() or 0


def kinds(live: Live) -> list[str]:
    with live.parts.database.reading() as db:
        return list(db.scalars(select(Evidence.kind)))


def test_the_last_answer_is_lost_and_the_film_is_in(live: Live, noors: Phone, tmp_path: Path) -> None:
    page = noors.page
    short = tmp_path / "kort.mp4"
    short.write_bytes(film())
    page.evaluate(LOST)
    send(page, short)
    expect(page.locator("video")).to_have_count(1, timeout=20_000)  # a film is looked over first
    expect(page.get_by_text("Nog onderweg")).to_have_count(0)
    assert kinds(live) == ["video"]


def test_a_real_film_still_plays(live: Live, noors: Phone, tmp_path: Path) -> None:
    """All that playing does not need was taken out of it."""
    page, real = noors.page, tmp_path / "echt.mp4"
    real.write_bytes(bytes(page.evaluate(RECORD)))
    assert b"VideoHandler" in real.read_bytes()
    send(page, real)
    expect(page.locator("video")).to_have_count(1)
    assert page.evaluate(PLAYS) == [320, 240, True, None]
    [key] = live.parts.storage.keys("evidence/")
    kept = live.parts.storage.get(key)
    assert (len(kept), b"VideoHandler" in kept) == (real.stat().st_size, False)


@pytest.mark.parametrize("at", ["piece", "stand"])
def test_the_sign_in_ends_on_the_way(live: Live, noors: Phone, at_work: Practising, chosen: Path, at: str) -> None:
    page = noors.page
    page.evaluate(HELD, at)
    send(page, chosen)
    live.eventually(lambda: received(live) == (PIECE if at == "piece" else len(LARGE)), "the first pieces")
    noors.sign_in_ends()
    page.evaluate("window.goOn()")
    line = page.locator("#voortgang")
    expect(line).to_contain_text(
        "Log opnieuw in en kies hetzelfde bestand: we gaan verder waar het stopte."
        if at == "piece"
        else "Alles is binnen, maar je bent niet meer ingelogd."
    )
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.wait_for_timeout(2_500)  # longer than the first two waits: nothing is tried again
    assert asked == []
    accessible(page)
    assert page.url.endswith("/bewijs")

    line.get_by_role("link", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert f"/inloggen?next=/praktijk/{at_work.record_id}/bewijs" in page.url.replace("%2F", "/")
    noors.sign_in(at_work.noor.id)
    page.goto(f"/praktijk/{at_work.record_id}/bewijs")
    if at == "piece":
        expect(page.get_by_text("procent is binnen. Kies hetzelfde bestand om verder te gaan.")).to_be_visible()
        page.get_by_label("Kies hetzelfde bestand").set_input_files(chosen)
    expect(page.locator("video")).to_have_count(1)
    assert kinds(live) == ["video"]


def test_a_file_that_is_refused_says_so_where_it_is_watched(live: Live, noors: Phone, at_work: Practising) -> None:
    """She came back to the page while the file was being looked at, and it turns out to be something else."""
    page = noors.page
    page.evaluate(HELD, "stand")
    odd = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"%PDF-1.7 een plan"}
    page.get_by_label("Maak een foto of kies een bestand").set_input_files(odd)  # type: ignore[arg-type]
    page.get_by_label(re.compile("Nee, niemand")).check()
    page.get_by_role("button", name="Voeg toe").first.click()
    live.eventually(lambda: received(live) > 0, "the file")
    page.goto(f"/praktijk/{at_work.record_id}/bewijs")
    expect(page.get_by_text("Dit bestand is geen video die we kennen.")).to_be_visible()
