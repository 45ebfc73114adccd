"""What everybody may read: the start, what we keep, and how accessible this is."""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission, home_of
from app.kit.tables import Base
from app.people.rules import INVITATION_PURGE_DAYS
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.route import Area
from app.web.words.retention import KINDS, PERIODS, PURPOSES

area = Area()


@dataclass(frozen=True)
class KeptFor:
    """What we keep equally long, and how long. Sentences to translate."""

    purposes: tuple[str, ...]
    period: str


@dataclass(frozen=True)
class Kept:
    """One kind of data that we keep."""

    kind: str
    lines: tuple[KeptFor, ...]


@dataclass(frozen=True)
class PrivacyPage:
    """What the program keeps, read from the marks of its own tables."""

    kept: tuple[Kept, ...]
    purge_days: int


@area.get("/", policy=Permission.PUBLIC, name="information.home")
def home(ask: Ask) -> Answer:
    """Who is in goes to her own start; others read what this is."""
    if ask.viewer.signed_in:
        return redirect(home_of(ask.viewer))
    return render("information/home.html")


@area.get("/privacy", policy=Permission.PUBLIC, name="information.privacy")
def privacy(_ask: Ask) -> Answer:
    """What we keep and how long: generated from the marks of the columns, so that it cannot drift."""
    return render("information/privacy.html", PrivacyPage(kept=what_is_kept(), purge_days=INVITATION_PURGE_DAYS))


@area.get("/toegankelijkheid", policy=Permission.PUBLIC, name="information.accessibility")
def accessibility(_ask: Ask) -> Answer:
    """How accessible this is and what to do when it is not."""
    return render("information/accessibility.html")


def what_is_kept() -> tuple[Kept, ...]:
    """The kinds of data with their purposes and periods, from the marks in the tables."""
    found: dict[str, dict[str, set[str]]] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            mark = column.info
            if mark.get("pii", "none") == "none" or mark["keep"] == "as long as its row":
                continue
            found.setdefault(mark["pii"], {}).setdefault(mark["keep"], set()).add(mark["purpose"])
    return tuple(
        Kept(
            kind=words,
            lines=tuple(
                KeptFor(
                    tuple(sorted(PURPOSES[purpose] for purpose in found[kind][period] if purpose in PURPOSES)), said
                )
                for period, said in PERIODS.items()
                if period in found[kind]
            ),
        )
        for kind, words in KINDS.items()
        if kind in found
    )
