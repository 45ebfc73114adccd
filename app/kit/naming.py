r"""What looks as if somebody could be named by it: no resident is named anywhere (domain.md 7).

The patterns stand here once. `app/static/js/naming.js` has the same ones as data, for the same warning while
somebody types; a test holds the two equal, and another has both judge one list of examples. So they are written
in what both engines read: `[0-9]` and `[ ]` spelled out, and `\p{..}` only inside square brackets.

It warns and never blocks, so a doubtful case may go either way: what hides somebody on purpose ("mevrouw X",
"deelnemer A") is left alone, and so is what only looks like a number of somebody (a bank account, a price, a day).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

SHOWN_MAX: Final = 60
"""Characters of a find that a warning repeats."""


class Kind(StrEnum):
    """What something looks like; the pages have the words."""

    BSN = "bsn"
    PHONE = "phone"
    MAIL = "mail"
    NAME = "name"


@dataclass(frozen=True)
class Find:
    """One place in a text, as it stands there."""

    kind: Kind
    text: str


_SPACE: Final = r"[ \t\n\u00a0]"
_GAP: Final = rf"{_SPACE}+"
_LINK: Final = r"(?:[Vv]an|[Vv]on|[Dd]e[nrls]?|[Dd]i|[Dd]u|[Tt]e[nr]?|[Ee]l|[Aa]l|[Bb]en|[Ll]a|[Ll]e|['’][tns])"
_PLACED: Final = rf"(?:[Ii]n|[Oo]p|[Uu]it|[Aa]an){_GAP}(?:['’]t|de[nr])"  # in 't Veld; "in de kerk" is a place
_PARTICLES: Final = rf"(?:(?:{_PLACED}|{_LINK}){_GAP})*"
_NOT_A_NAME: Final = (
    r"(?!(?:[Vv]an|[Vv]on|[Dd]e[nrls]?|[Hh]et|[Ee]en|[Dd]i|[Dd]u|[Tt]e[nr]?|[Uu]it|[Ii]n|[Oo]p|[Aa]an|[Bb]ij|[Mm]et"
    r"|[Ee]n|[Oo]f|[Ii]k|[Ww]ij|[Ww]e|[Zz]ij|[Zz]e|[Hh]ij|[Dd]ie|[Dd]at|[Dd]eze|[Ww]at|[Ww]ie|[Kk]an|[Ii]s|[Ww]as"
    r"|Gemeente|Wijk|Wijkteam|Buurt|Buurthuis|Huis|Welzijn|Humanitas|Stichting|Bibliotheek|Kerk|Moskee|School"
    r"|Thuiszorg|Rotterdam|Zuid|Noord|Oost|West|Centrum|Voorzitter|Burgemeester|Wethouder|Directeur|Dokter)"
    r"(?![\p{L}]))"
)
_SURNAME: Final = rf"{_NOT_A_NAME}(?:IJ|[OD]['’][\p{{Lu}}]|[\p{{Lu}}])[\p{{Ll}}]+(?:-?[\p{{Lu}}][\p{{Ll}}]+)*"
_INITIALS: Final = rf"(?:(?:[\p{{Lu}}][\p{{Ll}}]?\.[ -]?)+{_SPACE}*|[\p{{Lu}}]{_GAP})?"
_TITLE: Final = (
    r"(?:[Mm]evrouw|MEVROUW|[Mm]eneer|MENEER|[Mm]ijnheer|[Jj]uffrouw|[Dd]e[ ][Hh]eer|[Mm]adame|[Mm]onsieur"
    r"|(?:[Mm]evr|[Mm]ej|[Mm]w|[Dd]hr|[Mm]rs?)\.?)"
)
_CLOSE: Final = (
    r"(?:[Dd]eelnemer|[Dd]eelneemster|[Bb]ewoner|[Bb]ewoonster|[Bb]uurvrouw|[Bb]uurman"
    r"|[Tt]ante|[Oo]om|[Oo]me|[Oo]ma|[Oo]pa)"
)
_BEFORE: Final = r"(?<![\p{L}0-9])(?<![0-9][-./,])"  # no part of a longer number
_AFTER: Final = r"(?![0-9])(?![-.,][0-9])"
_MOBILE: Final = r"(?:\(?(?:\+|00)31\)?[ .-]?(?:\(0\)[ ]?)?[1-9]|06)(?:[ .-]{0,3}[0-9]){8}"  # or abroad: +31
_SERVICE: Final = r"0?(?:800|90[0-9]|14[0-9]{2})"
_CITY: Final = r"(?:\(0[1-57-8][0-9]\)|0[1-57-8][0-9])(?:[ -]{0,3}|[.])[1-9](?:[ .-]?[0-9]){6}"  # 010 123 45 67
_REGION: Final = r"(?:\(0[1-5][0-9]{2}\)|0[1-5][0-9]{2})(?:[ -]{1,3}|[.])[1-9](?:[ .-]?[0-9]){5}"  # 0182-123456
_NINE: Final = r"(?:[0-9]{9}|[0-9]{3}([ .-])[0-9]{3}\1[0-9]{3}|[0-9]{4}([ .-])[0-9]{2}\2[0-9]{3})"
_MAIL: Final = (
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)

SKIPPED: Final = (
    r"https?://[^ \t\n\u00a0]+",
    r"(?<![\p{L}0-9])[A-Z]{2}[0-9]{2}[ ]?[A-Z]{4}(?:[ ]?[0-9]){10}(?![0-9])",  # a bank account
    r"(?<![0-9])[0-9]{1,2}([-./])[0-9]{1,2}\1(?:19|20)[0-9]{2}(?![0-9])",  # a day
    r"(?:€[ \u00a0]?|[Ee][Uu][Rr][ ])[0-9][0-9 .,]*",
)
"""What is taken out first: numbers that are of no person, and addresses of pages."""

PATTERNS: Final[tuple[tuple[Kind, str], ...]] = (
    (Kind.MAIL, _MAIL),
    (Kind.PHONE, rf"{_BEFORE}{_MOBILE}{_AFTER}"),
    (Kind.PHONE, rf"{_BEFORE}(?!{_SERVICE})(?:{_CITY}|{_REGION}){_AFTER}"),
    (Kind.BSN, rf"{_BEFORE}{_NINE}(?!/[0-9]){_AFTER}"),
    (Kind.NAME, rf"(?<![\p{{L}}]){_TITLE}{_GAP}{_INITIALS}{_PARTICLES}{_SURNAME}"),
    (Kind.NAME, rf"(?<![\p{{L}}]){_TITLE}{_GAP}{_INITIALS}(?:{_LINK}{_GAP})*[\p{{Lu}}]{{5,}}(?![\p{{L}}])"),
    (Kind.NAME, rf"(?<![\p{{L}}]){_CLOSE}{_GAP}{_SURNAME}"),
)
"""In order: what an earlier one found is not looked at again."""


def finds_in(text: str) -> tuple[Find, ...]:
    """What in a text looks as if it names somebody, in the order of the text, each once."""
    left = unicodedata.normalize("NFC", text)
    for pattern in SKIPPED:
        left = _compiled(pattern).sub(_hidden, left)
    found: dict[int, Find] = {}
    for kind, pattern in PATTERNS:
        for match in _compiled(pattern).finditer(left):
            if kind is not Kind.BSN or is_bsn(match[0]):
                found[match.start()] = Find(kind, " ".join(match[0].split())[:SHOWN_MAX])
        left = _compiled(pattern).sub(_hidden, left)
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def is_bsn(text: str) -> bool:
    """The eleven-proof of a burgerservicenummer: nine digits, the last one counts minus one."""
    digits = [int(char) for char in text if char.isascii() and char.isdigit()]
    if len(digits) != 9 or not any(digits):
        return False
    return (sum(digit * weight for digit, weight in zip(digits, range(9, 1, -1), strict=False)) - digits[8]) % 11 == 0


def as_data() -> dict[str, Any]:
    """The patterns as the script of the page has them."""
    return {
        "shown": SHOWN_MAX,
        "skipped": list(SKIPPED),
        "patterns": [[kind.value, pattern] for kind, pattern in PATTERNS],
    }


def _hidden(match: re.Match[str]) -> str:
    return "·" * len(match[0])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for name, letters in _letters().items():
        pattern = pattern.replace(f"\\p{{{name}}}", letters)
    return re.compile(pattern)


@cache
def _letters() -> dict[str, str]:
    """Capitals, small letters and all letters of the alphabets that names here are written in, as a class."""
    alphabets = [*range(0x41, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00)]
    kinds = {char: unicodedata.category(char) for char in map(chr, alphabets)}
    return {
        "Lu": "".join(char for char, kind in kinds.items() if kind == "Lu"),
        "Ll": "".join(char for char, kind in kinds.items() if kind == "Ll"),
        "L": "".join(char for char, kind in kinds.items() if kind.startswith("L")),
    }
