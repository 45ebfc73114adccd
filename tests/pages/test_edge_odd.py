"""What no page of ours sends: numbers that are none, days without neighbours, signs that no database holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.people import make_cast

if TYPE_CHECKING:
    from app.kit.clock import MovableClock
    from tests.page import Site

ODD: Final = ("²", "٣", "9" * 40, "9223372036854775808", "1\x00", "-1", "0", "1.x\x00y", "².", "99999999999999999.a")


@pytest.mark.parametrize(
    "path",
    [
        "/beheer/post?voor={}",
        "/beheer/mensen?na={}",
        "/beheer/mensen?voor={}",
        "/beheer/mensen?q={}",
        "/beheer/mensen?organisatie={}",
        "/beheer/mensen/uitnodigen?person={}",
        "/inloggen?next={}",
        "/c?code={}",
    ],
)
def test_no_number_in_an_address_breaks_a_page(site: Site, clock: MovableClock, path: str) -> None:
    with site.parts.database.writing() as db:
        fatma = make_cast(db, now=clock.now()).fatma
    visitor = site.visitor(fatma.id)
    for odd in ODD:
        answer = visitor.client.get(path.format(quote(odd)), follow_redirects=False)
        assert answer.status_code in ({400} if "\x00" in odd else {200, 303, 404}), odd


@pytest.mark.parametrize("odd", ODD)
def test_no_number_in_a_form_breaks_a_page(site: Site, clock: MovableClock, odd: str) -> None:
    with site.parts.database.writing() as db:
        cast = make_cast(db, now=clock.now())
    fatma, noor = site.visitor(cast.fatma.id), site.visitor(cast.noor.id)
    noor.post("/praktijk/begin", {"assignment_id": odd}, status=303 if odd else 404)
    noor.post("/intervisie", {"round": odd, "place": odd}, status=422)
    noor.post("/groep/invoeren", {"rows": odd, "drop": odd, "more": "1"}, status=200)
    fatma.post("/beheer/intervisie/nieuw", {"intervention": odd, "year": odd, "half": "spring"}, status=422)
    fatma.post("/beheer/mensen/importeren", {"text": "a;a@b.nl", f"fix-{odd}-name": "x"}, status=200)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1989-12-31", "2101-01-01"])
def test_a_day_without_neighbours_is_refused_with_words(site: Site, clock: MovableClock, day: str) -> None:
    with site.parts.database.writing() as db:
        cast = make_cast(db, now=clock.now())
    form = {"place": "Buurthuis", "address": "Straat 1", "municipality": "Breda", "rows": "1"}
    form |= {"day_1": day, "starts_1": "00:00", "ends_1": "23:59", "kind_1": "session"}
    page = site.visitor(cast.noor.id).post("/groep/invoeren", form, status=422)
    assert "Kies een dag tussen 1990 en 2100." in page.text
    given = {"intervention": "1", "year": "2026", "half": "spring", "signup_closes_on": day}
    site.visitor(cast.fatma.id).post("/beheer/intervisie/nieuw", given, status=422)


@pytest.mark.parametrize(
    "given, to",
    [
        ("/traject?a=1&b=2", "/traject?a=1&b=2"),
        ("/inloggen", "/inloggen"),
        ("//evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/€", "/"),
        ("/a\r\nx: y", "/"),
        ("/\x00", "/"),
        ("", "/"),
    ],
)
def test_choosing_a_language_leads_to_a_page_of_ours(site: Site, given: str, to: str) -> None:
    for key in ({}, {"form_key": "k" * 24}):
        answer = site.stranger().post("/taal", {"locale": "en", "next": given, **key})
        assert answer.headers["location"] == to


def test_where_somebody_was_going_comes_along_whole(site: Site, clock: MovableClock) -> None:
    with site.parts.database.writing() as db:
        fatma = make_cast(db, now=clock.now()).fatma
    to = "/beheer/post?stand=sent&voor=3"
    asked = site.stranger().post("/inloggen/code", {"email": "fatma@demo.example", "next": to})
    assert parse_qs(urlsplit(asked.headers["location"]).query) == {"next": [to]}
    asked = site.visitor(fatma.id).post("/bevestigen/code", {"next": to})
    assert parse_qs(urlsplit(asked.headers["location"]).query) == {"code": ["1"], "next": [to]}
