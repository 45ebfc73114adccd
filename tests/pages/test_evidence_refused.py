"""Evidence that cannot be: what is said about it, and what only looked as if it could not."""

from __future__ import annotations

from sqlalchemy import select

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
