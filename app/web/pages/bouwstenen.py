"""Every part of the look on one page, in all its states: to compare with the design by eye and machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from markupsafe import Markup

from app.access import Permission
from app.kit.errors import NotFound
from app.kit.papercut import seal_svg
from app.web.kit.ask import Answer, Ask, render
from app.web.kit.forms import Submitted
from app.web.kit.portraits import NAMES
from app.web.kit.route import Area

area = Area()

Swatches = tuple[tuple[str, str], ...]
WALL: Final[Swatches] = (
    ("Muur", "wall"),
    ("Vel", "sheet"),
    ("Verdiept", "sunk"),
    ("Inkt", "ink"),
    ("Inkt zacht", "ink-2"),
    ("Rand", "edge"),
    ("Lijn", "line"),
    ("Focus", "focus"),
)
PAPER: Final[Swatches] = (
    ("Zon: theorie", "sun"),
    ("Roze: praktijk", "rose"),
    ("Blad: certificaat", "leaf"),
    ("Lucht: intervisie", "sky"),
    ("Tomaat: let op", "tomato"),
    ("Diep: in beeld", "deep"),
)
SOFT: Final[Swatches] = (
    ("Zon zacht", "sun-soft"),
    ("Roze zacht", "rose-soft"),
    ("Blad zacht", "leaf-soft"),
    ("Lucht zacht", "sky-soft"),
    ("Tomaat zacht", "tomato-soft"),
    ("Zon tekst", "sun-ink"),
    ("Roze tekst", "rose-ink"),
    ("Blad tekst", "leaf-ink"),
    ("Lucht tekst", "sky-ink"),
    ("Tomaat tekst", "tomato-ink"),
    ("Fout", "danger"),
)
SECTIONS: Final = (
    ("kleur", "Kleur"),
    ("letter", "Letters"),
    ("knoppen", "Knoppen"),
    ("stickers", "Stand en voortgang"),
    ("velden", "Velden en fouten"),
    ("keuze", "Kiezen"),
    ("meldingen", "Meldingen"),
    ("leeg", "Leeg en stuk"),
    ("laden", "Laden"),
    ("vellen", "Vellen en lijsten"),
    ("weg", "De weg"),
    ("rubriek", "Rubriek"),
    ("tabel", "Tabel"),
    ("grafiek", "Figuren"),
    ("beeld", "Beeld"),
)
CHOSEN: Final[dict[str, Any]] = {
    "delen": "on",
    "plek": "locatie",
    "dagen": ["di", "do"],
    "besluit": "klaar",
    "veilig": "3",
    "vraag-1": "a",
    "vraag-2": "b",
}
SEALS: Final = (
    "SA-2025-0132",
    "SA-2027-0013",
    "SA-2025-0131",
    "SA-2026-0418",
    "SA-2026-0007",
    "SA-2026-0021",
)


@dataclass(frozen=True)
class Stop:
    """One sheet of the road, as ui/road.html reads it."""

    stage: str
    title: str
    href: str
    state: str
    sticker: str
    tone: str
    icon: str
    text: str


STOPS: Final = (
    Stop(
        "theory",
        "Theorie",
        "#weg",
        "done",
        "Basis",
        "leaf",
        "check",
        "18 van 24 lessen. De rest lees je later.",
    ),
    Stop("practice", "Praktijk", "#weg", "here", "Bezig", "rose", "pencil", "1 van 3 opdrachten afgetekend."),
    Stop("certificate", "Certificaat", "", "later", "Straks", "", "clock", "Na drie opdrachten en alle lessen."),
    Stop(
        "intervision",
        "Intervisie",
        "",
        "later",
        "Straks",
        "",
        "clock",
        "Twee keer per jaar, met andere trainers.",
    ),
)


@dataclass(frozen=True)
class BouwstenenPage:
    """Sample data only."""

    sections: tuple[tuple[str, str], ...]
    swatches: tuple[Swatches, ...]
    choices: Submitted[Any]
    day: date
    stops: tuple[Stop, ...]
    faces: list[str]
    seals: list[Markup]


def _page(today: date) -> BouwstenenPage:
    return BouwstenenPage(
        sections=SECTIONS,
        swatches=(WALL, PAPER, SOFT),
        choices=Submitted.blank(**CHOSEN),
        day=today + timedelta(days=5),
        stops=STOPS,
        faces=NAMES,
        seals=[Markup(seal_svg(one, f"Knipsel van certificaat {one}")) for one in SEALS],  # noqa: S704  # ours
    )


def _forms(today: date) -> dict[str, Any]:
    """One that is filled in, and one that came back."""
    yesterday = today - timedelta(days=1)
    return {
        "fine": Submitted.blank(naam="Fatuma Warsame", organisatie="2", coach="Wordt later gekozen"),
        "wrong": Submitted(
            raw={"email": ["fatuma@"], "datum": [yesterday.isoformat()], "bericht": ["Tot donderdag!"]},
            locale="nl",
            problems=[
                ("email", "Dit adres is niet compleet. Denk aan het stuk na de @."),
                ("datum", "Deze dag is al geweest. Kies een latere dag."),
            ],
        ),
    }


@area.get("/bouwstenen", policy=Permission.PUBLIC, name="design.bouwstenen")
def bouwstenen(ask: Ask) -> Answer:
    """Demo only: a production address shows people nothing that is not theirs."""
    if not ask.services.settings.demo:
        raise NotFound
    return render("design/bouwstenen.html", _page(ask.today), **_forms(ask.today))
