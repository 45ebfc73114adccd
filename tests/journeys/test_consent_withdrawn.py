"""Consent taken back in one press: the photo is gone for all and from the store, and what was signed stays true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import select

from app.ledger.tables import LedgerEvent
from app.practice.tables.evidence import ConsentAttestation, Evidence
from app.practice.tables.proof import SignOffContent
from app.upkeep.invariants import invariants
from tests.journeys.conftest import Live, accessible
from tests.journeys.test_observing import sign_in
from tests.journeys.test_walk import photo_with_place
from tests.practising import begin, hand_in, observe, sign

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.practising import Practising

CAPTION = "De hele groep met de muur"


def test_one_press_takes_a_photo_away_everywhere(live: Live) -> None:
    at_work = begin(live.parts.database, live.parts.storage, live.clock, until="visited")
    cast = at_work.training.cast
    noor, ruben, fatma = live.person(), live.person(), live.person()
    for page, who in ((noor, cast.noor), (ruben, cast.ruben), (fatma, cast.fatma)):
        sign_in(live, page, who.id)
    _add(noor, at_work)
    hand_in(live.parts.database, at_work, live.clock)
    observe(live.parts.database, at_work, live.clock)
    sign(live.parts.database, at_work, live.clock)
    photo = _evidence(live)
    assert (live.parts.storage.get(photo.storage_key), len(live.parts.storage.keys("evidence"))) != (b"", 0)
    addresses = [f"/praktijk/{at_work.record_id}/foto/{photo.id}{end}" for end in ("", "/klein")]
    pages = {noor: f"/praktijk/{at_work.record_id}", ruben: f"/coach/{at_work.record_id}", fatma: addresses[0]}
    for page in pages:
        answers = [page.context.request.get(address) for address in addresses]
        assert [(one.status, one.headers["cache-control"]) for one in answers] == [(200, "private, no-store")] * 2
    ruben.goto(pages[ruben])
    expect(ruben.get_by_role("img", name=CAPTION)).to_be_visible()

    noor.goto(pages[noor])
    noor.get_by_role("link", name="Bekijk, download of trek toestemming in").click()
    accessible(noor)
    noor.get_by_role("button", name=re.compile("^Toestemming intrekken")).click()  # one press, and no question
    expect(noor.get_by_text("De toestemming is ingetrokken. Niemand ziet dit nog.")).to_be_visible()
    expect(noor.get_by_text(CAPTION)).to_have_count(0)
    accessible(noor)

    for page in pages:  # at once, before the worker comes by
        assert {page.context.request.get(address).status for address in addresses} == {404}
    for page in (noor, ruben):
        page.goto(pages[page])
        expect(page.get_by_text("1 foto is weg: de toestemming is ingetrokken.")).to_be_visible()
        expect(page.get_by_role("img", name=CAPTION)).to_have_count(0)
        expect(page.get_by_text(CAPTION)).to_have_count(0)
        accessible(page)
    live.eventually(lambda: live.parts.storage.keys("evidence") == [], "the files to go")
    assert not [path for path in (live.parts.settings.data_dir / "files" / "evidence").rglob("*") if path.is_file()]
    _what_stays(live, photo)


def _add(page: Page, at_work: Practising) -> None:
    page.goto(f"/praktijk/{at_work.record_id}/bewijs")
    page.get_by_label("Maak een foto of kies een bestand").set_input_files(
        {"name": "groep.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    )
    page.get_by_label(re.compile("^Ja, en die persoon")).check()
    for purpose in ("Beoordeling", "Publicatie"):
        page.get_by_label(re.compile(f"^{purpose}")).check()
    page.get_by_label("Wat zien we?").fill(CAPTION)
    page.get_by_role("button", name="Voeg toe", exact=True).click()
    expect(page.get_by_text("Voor: beoordeling, publicatie")).to_be_visible(timeout=20_000)


def _evidence(live: Live) -> Evidence:
    with live.parts.database.reading() as db:
        return db.scalars(select(Evidence)).one()


def _what_stays(live: Live, before: Evidence) -> None:
    """The hash, in the row and in what was signed; that consent was given and taken back; and nothing in words."""
    with live.parts.database.reading() as db:
        after = db.scalars(select(Evidence)).one()
        signed = db.scalars(select(SignOffContent.content)).one()
        consents = db.scalars(select(ConsentAttestation).order_by(ConsentAttestation.purpose)).all()
        events = db.scalars(select(LedgerEvent.action).where(LedgerEvent.subject_kind == "evidence")).all()
        assert invariants(db, now=live.clock.now()) == []
    assert (after.sha256, after.caption, after.withdrawn_at) == (before.sha256, "", live.clock.now())
    assert [one["sha256"] for one in signed["evidence"]] == [before.sha256]
    assert [(one.purpose, one.withdrawn_at) for one in consents] == [
        ("assessment", live.clock.now()),
        ("publication", live.clock.now()),
    ]
    assert events[-1] == "practice.consent_withdrawn"
