"""What stands on the paper of a certificate, in words. Pure; the press sets it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Self
from urllib.parse import quote

from app.kit.i18n import Locale
from app.kit.text import first_name
from app.kit.written import date_filters

COUNTS: Final = {2: "twee", 3: "drie", 4: "vier", 5: "vijf", 6: "zes", 7: "zeven"}
GROUP: Final = 5


@dataclass(frozen=True)
class Printed:
    """What else stood on the paper when it was issued; stays as it was when people change names."""

    intervention: str
    core_elements: tuple[tuple[str, str], ...]
    coach: str
    decided_by: str
    taken_over: bool
    sample: bool

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        return cls(**{**facts, "core_elements": tuple((title, motif) for title, motif in facts["core_elements"])})

    def as_facts(self) -> dict[str, Any]:
        return {**asdict(self), "core_elements": [list(one) for one in self.core_elements]}


@dataclass(frozen=True)
class Document:
    """One certificate as the press gets it."""

    name: str
    number: str
    code: str
    seal_svg: str
    starts_on: date
    ends_on: date
    certified_since: date
    printed: Printed


def spaced(code: str) -> str:
    """A code in groups of five, as people read it out."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def check_link(address: str, code: str) -> str:
    return f"{address}/c/{quote(code)}"


def sheet(document: Document, *, address: str, provider: str, locale: Locale = "nl") -> dict[str, Any]:
    """Every word on the A4. Certificates are in Dutch; another language is another sheet."""
    written = date_filters(locale)["date_year"]
    printed = document.printed
    return {
        "title": f"Certificaat van {document.name}",
        "lang": "nl",
        "provider": provider,
        "heading": "Certificaat",
        "name": document.name,
        "is_trainer_of": "is trainer van",
        "intervention": printed.intervention,
        "story": _story(document, provider),
        "sample": printed.sample,
        "sample_words": "Voorbeeldinhoud: dit certificaat is een voorbeeld.",
        "seal": document.seal_svg,
        "seal_words": f"Knipsel van certificaat {document.number}",
        "core_elements": [{"title": title, "motif": motif} for title, motif in printed.core_elements],
        "issued_label": "Uitgereikt",
        "issued": written(document.starts_on),
        "until_label": "Geldig tot en met",
        "until": written(document.ends_on),
        "coach_label": "Coach",
        "coach": printed.coach,
        "decided_label": f"Namens {provider}",
        "decided_by": printed.decided_by,
        "number": document.number,
        "code": spaced(document.code),
        "check_words": "Echt? Scan de code of kijk op",
        "check_address": f"{address.partition('://')[2]}/c",
        "check_link": check_link(address, document.code),
        "qr_words": "QR-code naar de controle van dit certificaat",
    }


def _story(document: Document, provider: str) -> str:
    called = first_name(document.name)
    if document.printed.taken_over:
        since = date_filters("nl")["date_year"](document.certified_since)
        return f"{called} is gecertificeerd sinds {since}. Dit staat in de administratie van {provider}."
    count = COUNTS.get(len(document.printed.core_elements), "")
    mastered = f"de {count} kernelementen".replace("  ", " ")
    return f"{called} volgde de theorie, begeleidde een groep met een coach naast zich en beheerst {mastered}."
