"""Evidence that cannot be: what is said about it, and what only looked as if it could not."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.practice.tables.evidence import Evidence
from tests.page import Site
from tests.practising import begin


def test_an_empty_file_and_a_long_address(site: Site, clock: MovableClock) -> None:
    at_work = begin(site.parts.database, site.parts.storage, clock, until="visited")
    noor = site.visitor(at_work.noor.id)
    given = {"kind": "photo", "length": "0", "recognisable": "nobody", "fingerprint": "0" * 64}
    answer = noor.post(f"/praktijk/{at_work.record_id}/upload", given, status=422).json()
    assert answer["problems"] == [{"field": "photo", "error": "Dit bestand is leeg. Kies een ander."}]
    address = f"https://stichting.sharepoint.example/{'a' * 300}"
    noor.post(f"/praktijk/{at_work.record_id}/bewijs/link", {"link": address})
    with site.parts.database.reading() as db:
        assert db.scalars(select(Evidence.link)).one() == address


@pytest.mark.parametrize(
    "link",
    [
        *(f"https://a.nl/{sign}x" for sign in "\0\x01\x1b\x7f\x85\u202e\u2066\ufdd0\ufffe\U0010ffff"),
        *("https://.", "https://\u3002/", "https://a\u200b.nl/", "https://a.nl:0/", "https://12", "https://naam@a.nl/"),
    ],
)
def test_what_only_looks_like_an_address(site: Site, clock: MovableClock, link: str) -> None:
    """Signs that nobody sees would break a page, or lead elsewhere than they say."""
    at_work = begin(site.parts.database, site.parts.storage, clock, until="visited")
    site.visitor(at_work.noor.id).post(f"/praktijk/{at_work.record_id}/bewijs/link", {"link": link}, status=422)
    with site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Evidence)) == 0


def test_an_address_in_letters_of_another_alphabet(site: Site, clock: MovableClock) -> None:
    at_work = begin(site.parts.database, site.parts.storage, clock, until="visited")
    noor = site.visitor(at_work.noor.id)
    for link in ("https://caf\u00e9-buurt.nl:8443/f/a-b_c?x=1#y", "https://xn--caf-dma.nl/", "https://a.b-c.example/"):
        noor.post(f"/praktijk/{at_work.record_id}/bewijs/link", {"link": link})
