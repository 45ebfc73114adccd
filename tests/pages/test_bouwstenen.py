"""The page that shows every part: it exists in the demo only, and what it shows holds together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.papercut import seal
from app.web.pages.bouwstenen import SEALS, SECTIONS
from tests.page import Site, make_test_parts


def test_every_part_stands_on_the_page_without_asking_the_database(site: Site) -> None:
    visitor = site.stranger()
    text = visitor.get("/bouwstenen").text
    assert [f'id="{name}"' in text for name, _ in SECTIONS] == [True] * len(SECTIONS)
    assert all(seal(one) in text for one in SEALS)
    assert not visitor.statements


def test_what_was_typed_comes_back_with_its_error_and_a_way_to_it(site: Site) -> None:
    text = site.stranger().get("/bouwstenen").text
    assert '<a href="#f-email">E-mailadres: Dit adres is niet compleet.' in text
    field = re.search(r'<input class="input" id="f-email"[^>]*>', text)
    assert field is not None
    assert 'value="fatuma@"' in field[0]
    assert 'aria-describedby="f-email-error" aria-invalid="true"' in field[0]
    assert 'id="f-email-error"' in text


def test_a_password_never_comes_back(site: Site) -> None:
    field = re.search(r'<input class="input" id="f-wachtwoord"[^>]*>', site.stranger().get("/bouwstenen").text)
    assert field is not None
    assert "value=" not in field[0]


def test_a_choice_is_a_question_with_its_answers(site: Site) -> None:
    text = site.stranger().get("/bouwstenen").text
    assert re.search(
        r'<fieldset class="field" id="f-plek-group" role="radiogroup" aria-required="true">\s*<legend>', text
    )
    assert 'name="veilig" value="3" checked' in text
    assert "Niet gezien" in text


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_it_speaks_both_languages(site: Site, locale: str) -> None:
    visitor = site.stranger()
    visitor.post("/taal", {"locale": locale, "next": "/bouwstenen"})
    assert f'<html lang="{locale}">' in visitor.get("/bouwstenen").text


def test_a_production_address_has_no_such_page(sqlite_database: Database, data_dir: Path, clock: MovableClock) -> None:
    parts = make_test_parts(
        sqlite_database, data_dir, clock, environment="production", secret="a-long-secret-for-this-test-only"
    )
    Site(parts).stranger().get("/bouwstenen", status=404)
