"""What looks as if somebody could be named by it, and what only seems so."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.naming import Kind, as_data, finds_in, is_bsn

SCRIPT: Final = Path(__file__).parents[2] / "app" / "static" / "js" / "naming.js"

NAMED: Final = (
    ("Mevrouw Jansen was stil.", "name", "Mevrouw Jansen"),
    ("Ik sprak met meneer de Boer over zijn foto", "name", "meneer de Boer"),
    ("mevr. J. de Vries-Bakker deed mee", "name", "mevr. J. de Vries-Bakker"),
    ("dhr. Yılmaz, dhr. Yılmaz", "name", "dhr. Yılmaz"),  # noqa: RUF001
    ("dhr J.P. van den Berg", "name", "dhr J.P. van den Berg"),
    ("mw. El Amrani", "name", "mw. El Amrani"),
    ("mw J Jansen", "name", "mw J Jansen"),
    ("meneer A. Şahin", "name", "meneer A. Şahin"),
    ("mevrouw Th. van 't Hof", "name", "mevrouw Th. van 't Hof"),
    ("mevrouw ’t Hart", "name", "mevrouw ’t Hart"),
    ("meneer in 't Veld", "name", "meneer in 't Veld"),
    ("de heer O'Brien", "name", "de heer O'Brien"),
    ("mevrouw IJzerman", "name", "mevrouw IJzerman"),
    ("MEVROUW JANSEN", "name", "MEVROUW JANSEN"),
    ("mevrouw van\nDijk", "name", "mevrouw van Dijk"),
    ("mevrouw De Wit", "name", "mevrouw De Wit"),
    ("mijnheer Ђорђевић", "name", "mijnheer Ђорђевић"),
    ("mevrouw Zoe\u0308", "name", "mevrouw Zoë"),
    ("deelnemer Karel wilde niet", "name", "deelnemer Karel"),
    ("Deelneemster Fatima huilde", "name", "Deelneemster Fatima"),
    ("tante Sjaan en opa Duck", "name", "tante Sjaan"),
    ("bel 06-12345678", "phone", "06-12345678"),
    ("0612345678", "phone", "0612345678"),
    ("06 12 34 56 78", "phone", "06 12 34 56 78"),
    ("06.12.34.56.78", "phone", "06.12.34.56.78"),
    ("06 - 1234 5678", "phone", "06 - 1234 5678"),
    ("+31 6 12345678", "phone", "+31 6 12345678"),
    ("+31(0)612345678", "phone", "+31(0)612345678"),
    ("0031 10 123 45 67", "phone", "0031 10 123 45 67"),
    ("010-1234567", "phone", "010-1234567"),
    ("(010) 123 45 67", "phone", "(010) 123 45 67"),
    ("0182-123456", "phone", "0182-123456"),
    ("088 123 4567.", "phone", "088 123 4567"),
    ("mail naar a.b+c@de-linde.voorbeeld.nl.", "mail", "a.b+c@de-linde.voorbeeld.nl"),
    ("BSN 111222333", "bsn", "111222333"),
    ("bsn: 1234.56.782", "bsn", "1234.56.782"),
    ("123 456 782", "bsn", "123 456 782"),
)
UNNAMED: Final = (
    "",
    "mevrouw van de gemeente",
    "Mevrouw Van de gemeente kwam langs",
    "mevrouw van de GGD",
    "de mevrouw uit de Afrikaanderwijk",
    "een meneer op Zuid",
    "Toen vroeg mevrouw. Daarna was het stil.",
    "Mevrouw X zei niets en meneer Y ook niet",  # somebody is hidden on purpose
    "deelnemer A en deelnemer B",
    "Deelnemers Kiezen zelf",
    "de deelnemer kiest",
    "De deelnemer Kan kiezen",
    "mevrouw de Burgemeester",
    "MR Rotterdam en 5 MW stroom",
    "Mijn eigenaardige mwah, dhrukte",
    "Ome heet het, of Oom van",
    "€ 1.234.567,89",
    "€ 123456782",
    "EUR 123 456 782",
    "123.456.782,50",
    "24-11-2026 13.30 uur",
    "01-02-2026 10 uur",
    "06-01-2026 10 uur",
    "06/12/2026, 10.15 tot 11.45 uur",
    "lokaal 0.12, kamer 012, lokaal 06",
    "van 06.30 tot 10.15 uur",
    "bestelling 12-0612345678-9",
    "artikel 990612345678",
    "NL91ABNA0417164300",
    "NL91 ABNA 0417 1643 00",
    "KvK 12345678",
    "123456789",  # no eleven-proof
    "000000000",
    "ISBN 978 90 123 4567 8",
    "9789012345678",
    "0800-1234567 en 0900 123 4567",
    "bel 112 of 14 010",
    "https://voorbeeld.nl/0612345678?wie=123456782",
    "@iedereen let op: 50%@home",
    "stap 1.2.3.4.5.6.7.8.9",
    "3011 AB Rotterdam",
)


@pytest.mark.parametrize(("text", "kind", "said"), NAMED)
def test_somebody_is_named(text: str, kind: str, said: str) -> None:
    first = finds_in(text)[0]
    assert (first.kind, first.text) == (kind, said)


@pytest.mark.parametrize("text", UNNAMED)
def test_nobody_is_named(text: str) -> None:
    assert finds_in(text) == ()


def test_each_is_said_once_in_the_order_of_the_text() -> None:
    text = "Bel 06-12345678. Mevrouw Jansen zei: bel 06-12345678, of mail k@x.nl. Mevrouw Jansen is 111222333."
    assert [find.text for find in finds_in(text)] == ["06-12345678", "Mevrouw Jansen", "k@x.nl", "111222333"]


def test_a_number_is_one_thing_only() -> None:
    """A phone number whose last nine digits happen to prove is no burgerservicenummer as well."""
    assert [find.kind for find in finds_in("0111222333 en 06111222333")] == [Kind.PHONE]
    assert [find.kind for find in finds_in("06 11122233")] == [Kind.PHONE]


@given(st.integers(0, 99_999_999))
def test_exactly_one_last_digit_proves_or_none(number: int) -> None:
    proved = [digit for digit in range(10) if is_bsn(f"{number:08}{digit}")]
    weighed = sum(int(char) * weight for char, weight in zip(f"{number:08}", range(9, 1, -1), strict=True)) % 11
    assert proved == ([] if weighed == 10 or number == 0 else [weighed])


@given(st.text(), st.text())
def test_any_text_may_be_looked_at(before: str, after: str) -> None:
    finds_in(before + after)
    found = finds_in(f"{before} : mevrouw Jansen . {after}")
    assert any("mevrouw Jansen" in find.text for find in found) or "http" in before


@given(st.sampled_from([text for text, _, _ in NAMED]), st.sampled_from(UNNAMED))
def test_what_stands_beside_it_hides_nobody(named: str, other: str) -> None:
    assert len(finds_in(f"{other}\n - \n{named}\n - \n{other}")) == len(finds_in(named))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000,
        "0 " * 10_000,
        "mevrouw " + "van " * 4_990,
        "mevrouw " + "A." * 9_000,
        "06" + " -." * 6_000,
        "1.1." * 5_000,
        "a@" + "a." * 9_000,
        "meneer " + "Aa-" * 6_000,
        "meneer\n" * 2_000 + " " * 6_000,
        "M. " * 6_000,
    ],
    ids=lambda text: text[:9],
)
def test_a_long_text_is_looked_at_at_once(text: str) -> None:
    """Text of strangers: no pattern may take more than its length of it."""
    began = time.process_time()
    finds_in(text)
    assert time.process_time() - began < 1


def test_the_script_has_the_same_patterns() -> None:
    """Red? Put `json.dumps` of each line of `as_data()` in the script."""
    found = re.search(r"const LOOKS = (\{.*?\n  \});", SCRIPT.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    assert json.loads(found[1]) == as_data()
