"""What machines ask, the language, and what every response has in common."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from app.people.tables import FormKey
from tests.page import Site


def test_health_and_readiness_answer_without_signing_in(site: Site) -> None:
    visitor = site.stranger()
    assert visitor.get("/healthz").text == "ok\n"
    assert visitor.get("/readyz").text == "ready\n"


def test_security_txt_names_a_contact_and_an_end(site: Site) -> None:
    text = site.stranger().get("/.well-known/security.txt").text
    assert "Contact: mailto:" in text
    assert "Expires: 2027-" in text


@pytest.mark.parametrize("path", ["/bestaat-niet", "/praktijk/99999999999999999999", "/static/geen.css", "/%00"])
def test_what_is_not_there_is_a_page_with_a_way_back(site: Site, path: str) -> None:
    response = site.stranger().get(path, status=404)
    if not path.startswith("/static"):
        assert "Hier hangt niets aan de muur" in response.text


def test_a_form_of_another_site_changes_nothing(site: Site) -> None:
    visitor = site.stranger()
    for headers in (
        {"origin": "https://evil.test", "sec-fetch-site": "cross-site"},
        {"origin": "https://academie.test", "sec-fetch-site": "same-site"},
        {"origin": "https://evil.test", "sec-fetch-site": "", "host": "academie.test"},
    ):
        response = visitor.client.post("/taal", data={"locale": "en"}, headers=headers, follow_redirects=False)
        assert response.status_code == 403
        assert "taal" not in response.cookies


def test_the_language_is_kept_and_leads_back_only_to_ourselves(site: Site) -> None:
    visitor = site.stranger()
    response = visitor.post("/taal", {"locale": "en", "next": "//evil.test/x"})
    assert response.headers["location"] == "/"
    assert response.cookies["taal"] == "en"
    assert '<html lang="en"' in visitor.get("/bestaat-niet", status=404).text


def test_the_privacy_page_says_of_each_thing_why_how_long_and_what_erasing_does(site: Site) -> None:
    rows = cells_of(site.stranger().get("/privacy").text)
    account = "Zolang je account bestaat, en daarna 24 maanden"
    assert ("Je mailadres", "Om in te loggen en om je te schrijven", account, "Gaat weg") in rows
    counted = "Om plekken te verdelen, en om mee te tellen voor je certificaat"
    assert ("Of je zou komen, en of je er was", counted, "6 jaar", "Blijft, zonder je naam") in rows
    things = [row[0] for row in rows if row[0] != "Wat"]
    assert len(things) == len(set(things)) > 25


def cells_of(text: str) -> list[tuple[str, ...]]:
    """The rows of all tables on a page."""
    return [tuple(re.findall(r"<t[hd]\b[^>]*>([^<]*)</t[hd]>", row)) for row in text.split("<tr>")[1:]]


def test_a_wrong_method_is_405(site: Site) -> None:
    visitor = site.stranger()
    assert visitor.client.put("/healthz").status_code == 405
    assert visitor.client.head("/taal").status_code == 405


def test_a_form_that_was_not_right_can_be_opened_again(site: Site) -> None:
    """It came back at the address that it was sent to, which only takes forms."""
    visitor = site.stranger()
    visitor.post("/inloggen/code", {"email": "geen adres"}, status=422)
    again = visitor.get("/inloggen/code?x=//evil.test", status=303)
    assert again.headers["location"] == "/inloggen"
    assert "allow" not in again.headers
    assert 'action="/inloggen/code"' in visitor.follow(again).text


def test_a_body_that_is_too_large_is_413(site: Site) -> None:
    visitor = site.stranger()
    visitor.post("/taal", {"locale": "x" * 600_000}, status=413)


def test_the_same_form_twice_has_one_effect(site: Site) -> None:
    visitor = site.stranger()
    for _ in range(2):
        response = visitor.post("/taal", {"locale": "en", "next": "/x", "form_key": "k" * 24})
        assert response.headers["location"] == "/x"
    with site.parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(FormKey)) == 1


def test_static_files_are_kept_for_a_year_and_compressed(site: Site) -> None:
    visitor = site.stranger()
    page = visitor.get("/bestaat-niet", status=404).text
    href = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    response = visitor.client.get(href)
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    assert visitor.client.get(href, headers={"if-none-match": response.headers["etag"]}).status_code == 304


def test_pages_travel_compressed_when_the_browser_can(site: Site) -> None:
    client = site.stranger().client
    zipped = client.get("/privacy", headers={"accept-encoding": "gzip"})
    plain = client.get("/privacy", headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.text == plain.text
    assert "Accept-Encoding" in zipped.headers["vary"]
    assert int(zipped.headers["content-length"]) < len(plain.content) / 2
