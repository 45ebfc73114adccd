"""From facts to the PDF of one certificate or proof of attendance.

Runs in a child process (`app.kit.child`): typst is large.
"""

from __future__ import annotations

import json
import re
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
MOTIFS: Final = frozenset({"hand", "huis", "boom", "portret", "kring", "boek", "ster"})
INKS: Final = {
    "--sun": "#ffc233",
    "--rose": "#f6a0b8",
    "--leaf": "#2c9c6a",
    "--sky": "#7a98f5",
    "--tomato": "#ee5435",
    "--deep": "#2b3d9c",
    "--k-ink": "#231a2b",
    "--k-white": "#fffdfa",
}
"""The colours of the style sheet by day; paper knows no custom properties."""
LATIN_ENDS: Final = 0x180  # what the fonts have whole


class NotPrintable(Exception):
    """A sign has no shape in our fonts, or a font is missing: no half certificate leaves the press."""


def certificate(content: bytes, *, made_at: int) -> tuple[dict[str, Any], bytes]:
    """The A4 of the facts in `content` (JSON, see `certification.sheet`), as PDF/UA-1.

    `made_at`: seconds since 1970; the same facts give the same bytes. Raises: NotPrintable.
    """
    facts: dict[str, Any] = json.loads(content)
    facts["seal"] = on_paper(facts["seal"])
    facts["qr"] = qr_code(facts["check_link"])
    for element in facts["core_elements"]:
        element["motif"] = element["motif"] if element["motif"] in MOTIFS else ""
    return _pressed("certificate.typ", facts, made_at)


def proof(content: bytes, *, made_at: int) -> tuple[dict[str, Any], bytes]:
    """The A4 that says that somebody was there (see `certification.proofs`), as PDF/UA-1. Raises: NotPrintable."""
    return _pressed("proof.typ", json.loads(content), made_at)


def _pressed(template: str, facts: dict[str, Any], made_at: int) -> tuple[dict[str, Any], bytes]:
    """A name keeps as many of its accents as the fonts have."""
    import typst  # noqa: PLC0415 - 30 MB, needed in the child only

    for plainer in (str, one_accent, no_accents):
        pdf, warnings = typst.compile_with_warnings(
            HERE / template,
            root=HERE,
            font_paths=[HERE / "fonts"],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"data": plainer(json.dumps(facts, ensure_ascii=False))},
            timestamp=made_at,
        )
        if not warnings and isinstance(pdf, bytes):
            return {"bytes": len(pdf)}, pdf
    raise NotPrintable("; ".join(warning.message for warning in warnings))


def one_accent(text: str) -> str:
    """Letters with two accents keep the first: our fonts have ê, not ễ."""
    return "".join(
        unicodedata.normalize("NFC", "".join(apart[:2]))
        if len(apart := unicodedata.normalize("NFD", char)) > 2
        else char
        for char in text
    )


def no_accents(text: str) -> str:
    """Letters that our fonts do not have, without any accent: better a plain name than no certificate."""
    return "".join(char if ord(char) < LATIN_ENDS else unicodedata.normalize("NFD", char)[0] for char in text)


def on_paper(svg: str) -> str:
    """The drawing with the colours of paper in place of those of the screen."""
    return re.sub(r"var\((--[a-z-]+)\)", lambda found: INKS[found[1]], svg)


def qr_code(link: str) -> str:
    """The link as a QR code that survives a coffee stain."""
    import segno  # noqa: PLC0415 - with typst, in the child only

    drawing = BytesIO()
    segno.make(link, error="m", micro=False).save(drawing, kind="svg", border=0, dark=INKS["--k-ink"], xmldecl=False)
    return drawing.getvalue().decode()
