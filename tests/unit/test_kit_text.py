"""Text as it may enter the program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from app.kit.text import LINE_MAX, PARAGRAPH_MAX, Line, OptionalLine, Paragraph, can_be_printed, clean, first_name, fold


class Form(BaseModel):
    line: Line = "x"
    optional: OptionalLine = ""
    words: Paragraph = "x"


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "\x00", "lone \ud800", "\udfff", "\x1b[31m", "a\x7fb", "a\x86b", "\u202egnp.exe", "\u202a", "a\u202db"],
    ids=repr,
)
def test_signs_that_databases_and_mails_refuse_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="control sign"):
        clean(text)
    for field in ("line", "optional", "words"):
        with pytest.raises(ValidationError) as wrong:
            Form.model_validate({field: text})
        assert [error["type"] for error in wrong.value.errors()] == ["odd_sign"]


def test_ways_to_write_the_same_become_the_same() -> None:
    assert clean("Zoe\u0308") == "Zoë"
    assert clean("een\r\ntwee\rdrie\u2028vier\u2029vijf\x85zes") == "een\ntwee\ndrie\nvier\nvijf\nzes"
    assert clean("  \t rand \n ") == "rand"


@pytest.mark.parametrize("text", ["Fatma Yıldız", "👩🏽‍🎨 kunst", "عربى", "日本語", "a\tb\nc", "-1+2=@cmd", "{{7*7}}"])  # noqa: RUF001
def test_everything_people_write_may_stay(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_clean_text_stays_as_it_is(text: str) -> None:
    try:
        once = clean(text)
    except ValueError:
        return
    assert clean(once) == once
    once.encode("utf-8")
    assert "\x00" not in once


def test_a_line_is_one_line() -> None:
    assert Form(line="Noor\r\nBcc: x@y.nl").line == "Noor Bcc: x@y.nl"
    assert Form(line=" Noor \t de   Wit ").line == "Noor de Wit"
    assert Form(words="een\n\ntwee").words == "een\n\ntwee"


@pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
def test_nothing_is_not_a_line(empty: str) -> None:
    with pytest.raises(ValidationError):
        Form(line=empty)
    assert Form(optional=empty).optional == ""


def test_too_long_is_refused_and_just_fits_is_not() -> None:
    assert len(Form(line="a" * LINE_MAX).line) == LINE_MAX
    assert len(Form(words="a" * PARAGRAPH_MAX).words) == PARAGRAPH_MAX
    for field, length in (("line", LINE_MAX + 1), ("words", PARAGRAPH_MAX + 1), ("line", 100_000)):
        with pytest.raises(ValidationError):
            Form.model_validate({field: "a" * length})


def test_names_are_found_without_case_and_accents() -> None:
    assert fold("Zoë Çelik") == fold("zoe celik") == "zoe celik"
    assert fold("STRASSE") == fold("straße")


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_what_we_call_somebody() -> None:
    assert first_name("Noor de Wit") == "Noor"
    assert first_name(" Noor") == "Noor"
    assert first_name("") == ""


@pytest.mark.parametrize(
    "written, typed",
    [
        ("Yıldız", "yildiz"),  # noqa: RUF001
        ("İnci", "inci"),
        ("Bjørn", "bjorn"),
        ("ØSTERGAARD", "ostergaard"),
        ("Łukasz", "lukasz"),
        ("Đorđe", "dorde"),
        ("Guðrún", "gudrun"),
        ("Þóra", "thora"),
        ("Ħamrun", "hamrun"),
        ("Ŧuŧu", "tutu"),
        ("Æbelø", "aebelo"),
        ("Cœur", "coeur"),
        ("GROẞ", "gross"),
        ("Weiß", "weiss"),
        ("Ĳsbrand", "ijsbrand"),
    ],
)
def test_letters_with_a_stroke_are_found_without_it(written: str, typed: str) -> None:
    """Unicode does not take these apart, and nobody has them all on the keyboard."""
    assert fold(written) == typed
    assert fold(written.upper()) == fold(written.lower()) == typed


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("Noor de Wit-Çelik", True),
        ("Nguyễn Thị Ánh", True),
        ("E. (Els) in ’t Veld", True),
        ("D'Angelo O’Neill", True),
        ("Ναταλία Ђорђевић", True),
        ("张伟", False),
        ("ひらがな", False),
        ("ﷺ", False),
        ("Ana 😀", False),
        ("Ana <b>", False),
    ],
)
def test_a_name_fits_on_a_certificate(name: str, fits: bool) -> None:
    assert can_be_printed(name) is fits
