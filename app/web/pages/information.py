"""What everybody may read: the start, what we keep, and how accessible this is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.access import Permission, home_of
from app.kit.tables import WITH_ITS_ROW, Base
from app.people.rules import INVITATION_PURGE_DAYS
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.route import Area
from app.web.words.kept import Row
from app.web.words.retention import ERASED, KEPT, PERIODS

area = Area()


@dataclass(frozen=True)
class KeptRow:
    """One thing that we keep. Sentences to translate."""

    what: str
    why: str
    period: str
    erased: str


@dataclass(frozen=True)
class Kept:
    """What we keep about one side of somebody's life here."""

    title: str
    rows: tuple[KeptRow, ...]


@dataclass(frozen=True)
class PrivacyPage:
    """What the program keeps; periods and what erasing does are read from the marks of its own tables."""

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
    """What we keep, why and how long; the periods come from the marks of the columns, so that they cannot drift."""
    return render("information/privacy.html", PrivacyPage(kept=what_is_kept(), purge_days=INVITATION_PURGE_DAYS))


@area.get("/toegankelijkheid", policy=Permission.PUBLIC, name="information.accessibility")
def accessibility(_ask: Ask) -> Answer:
    """How accessible this is and what to do when it is not."""
    return render("information/accessibility.html")


def what_is_kept() -> tuple[Kept, ...]:
    """Everything that we keep of people, with what the marks of the columns say of it."""
    marks = {
        f"{table.name}.{column.name}": column.info for table in Base.metadata.tables.values() for column in table.c
    }
    return tuple(Kept(group.title, tuple(_kept(row, marks) for row in group.rows)) for group in KEPT)


def _kept(row: Row, marks: dict[str, dict[str, Any]]) -> KeptRow:
    """A row as its columns say it. What only says who somebody was stays or goes with the rest of the row."""
    own = [marks[column] for column in row.columns if marks[column]["keep"] != WITH_ITS_ROW]
    telling = own or [marks[column] for column in row.columns]
    period = PERIODS[own[0]["keep"]] if own else row.period
    return KeptRow(row.what, row.why, period, ERASED[telling[0]["on_erase"]])
