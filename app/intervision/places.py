"""Where Dutch places are: the region of their school holidays, and how far apart they are as the crow flies.

What a place is called comes from people, so that spelling is taken lightly; a place that is not in `data/places.csv`
is unknown (None), never guessed.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Final

from app.kit.text import fold

DATA: Final = Path(__file__).parent / "data"
EARTH_KM: Final = 6371.0  # the mean radius; half a percent off at most
_CALLED: Final = {
    "sgravenhage": "denhaag",
    "denbosch": "shertogenbosch",
    "almerestad": "almere",
    "capelle": "capelleaandenijssel",
    "nissewaard": "spijkenisse",
    "westland": "naaldwijk",
    "hoekschewaard": "oudbeijerland",
    "zaanstad": "zaandam",
    "haarlemmermeer": "hoofddorp",
    "voorneaanzee": "hellevoetsluis",
}
"""Other names, and municipalities that are called after none of their places: the biggest of them."""
_POSTCODE: Final = re.compile(r"\b\d{4}\s?[A-Za-z]{2}\b")


class Region(StrEnum):
    """The three regions of the Dutch school holidays."""

    NORTH = "noord"
    MIDDLE = "midden"
    SOUTH = "zuid"


@dataclass(frozen=True)
class _Place:
    region: Region
    lat: float
    lon: float


def region_of(city: str) -> Region | None:
    """The region of the school holidays of a place; None when we do not know the place."""
    found = _places().get(_key(city))
    return found.region if found else None


def distance_km(one: str, other: str) -> float | None:
    """How far two places are apart, centre to centre, in a straight line; None when we do not know one of them."""
    here, there = _places().get(_key(one)), _places().get(_key(other))
    if here is None or there is None:
        return None
    lat, lon = radians(there.lat - here.lat) / 2, radians(there.lon - here.lon) / 2
    chord = sin(lat) ** 2 + cos(radians(here.lat)) * cos(radians(there.lat)) * sin(lon) ** 2
    return 2 * EARTH_KM * asin(sqrt(chord))


def city_in(address: str) -> str:
    """The place at the end of an address as people write it, without its postcode; empty when there is none.

    Oldegaarde 200, 3083 AB Rotterdam: Rotterdam.
    """
    parts = [_POSTCODE.sub("", part).strip(" -") for part in re.split(r"[,\n]", address)]
    return next((part for part in reversed(parts) if part and part.lower() not in {"nederland", "nl"}), "")


def _key(city: str) -> str:
    plain = "".join(sign for sign in fold(city) if sign.isalnum())
    return _CALLED.get(plain, plain)


@cache
def _places() -> dict[str, _Place]:
    return {
        _key(row["name"]): _Place(Region(row["region"]), float(row["lat"]), float(row["lon"]))
        for row in rows_of("places.csv")
    }


def rows_of(name: str) -> list[dict[str, str]]:
    """A file of ours with facts from elsewhere; the lines on top say from where."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter=";"))
