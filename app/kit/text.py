"""Text as it may enter the program, and text folded for comparing."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

LINE_MAX = 200
PARAGRAPH_MAX = 2_000
PAGE_MAX = 20_000
ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "MODIFIER LETTER APOSTROPHE")


# One search over a whole text: a course is a megabyte of signs.
_NOBODYS: Final = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_ENDS: Final = re.compile("\r\n?|[\x85\u2028\u2029]")  # the last three: of word processors, and ends of lines in YAML
_ODD: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NOBODYS}]")
_TURNS: Final = re.compile("[\u202a\u202b\u202d\u202e]")


def is_shown(char: str) -> bool:
    """Whether a sign may stand on a page: no control sign, no half of a pair, none that Unicode keeps for itself."""
    return _ODD.match(char) is None


def unix_ends(text: str) -> str:
    """The text with one sign for the end of a line."""
    return _ENDS.sub("\n", text)


def clean(text: str) -> str:
    """NFC, Unix line ends, no outer space.

    Raises: ValueError for NUL, lone surrogates, control signs and what is no sign, which PostgreSQL, a page or a
    mail refuses; and for signs that turn round what follows.
    """
    text = unicodedata.normalize("NFC", unix_ends(text)).strip()
    if _ODD.search(text) or _TURNS.search(text):
        raise ValueError("control sign")
    return text


def can_be_printed(name: str) -> bool:
    """Whether a name is of letters that the fonts of the certificate have, and of signs as names have them."""
    return all(
        unicodedata.name(char, "").startswith(ALPHABETS) if unicodedata.category(char)[0] == "L" else _in_names(char)
        for char in name
    )


def _in_names(char: str) -> bool:
    return char in " '-.,()/\u2018\u2019\u2010\u2013&\u00b7" or char.isdigit() or bool(unicodedata.combining(char))


def _readable(value: str) -> str:
    if not can_be_printed(value):
        raise PydanticCustomError("foreign_letters", "letters of another alphabet")
    return value


def cleaned(value: object) -> object:
    """Before any other check of a text that somebody typed. Raises: PydanticCustomError("odd_sign")."""
    if not isinstance(value, str):
        return value
    try:
        return clean(value)
    except ValueError as broken:
        raise PydanticCustomError("odd_sign", "control sign") from broken


def _one_line(value: str) -> str:
    return " ".join(value.split())


# The length stands first, so that it belongs to the text itself and says so: later it would count "items".
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LINE_MAX),
    BeforeValidator(cleaned),
    AfterValidator(_one_line),
]
PersonName = Annotated[Line, AfterValidator(_readable)]
"""It has to fit on a certificate: Latin, Greek and Cyrillic letters."""
OptionalLine = Annotated[
    str, StringConstraints(max_length=LINE_MAX), BeforeValidator(cleaned), AfterValidator(_one_line)
]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=PARAGRAPH_MAX), BeforeValidator(cleaned)]
OptionalParagraph = Annotated[str, StringConstraints(max_length=PARAGRAPH_MAX), BeforeValidator(cleaned)]
PageText = Annotated[str, StringConstraints(min_length=1, max_length=PAGE_MAX), BeforeValidator(cleaned)]


# Letters that Unicode does not take apart; people search them without the stroke or dot.
_STROKES = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "\u0131": "i", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """The text without case and accents: how names are searched and compared."""
    # Taken apart before and after: what hides in a single sign (℠) may have a case too.
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    decomposed = unicodedata.normalize("NFKD", apart)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def first_name(name: str) -> str:
    """What we call somebody: the first word of the name."""
    return name.split(maxsplit=1)[0] if name.strip() else name
