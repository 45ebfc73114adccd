"""The cast of the demo, as data. Everybody is made up; days count back from today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from app.people.rules import Role

MAASOEVER: Final = "Welzijn Maasoever"
LINDE: Final = "Zorggroep Linde"
BRUG: Final = "De Brede Brug"
CITIES: Final = {MAASOEVER: "Rotterdam", LINDE: "Breda", BRUG: "Dordrecht"}

OWNER: Final = "Ilse de Graaf"
ADMIN: Final = "Fatma Yıldız"  # noqa: RUF001 - her own letters
RUBEN: Final = "Ruben Haddad"
MARJOLEIN: Final = "Marjolein van Vliet"
SAMUEL: Final = "Samuel Osei"
INEKE: Final = "Ineke Brouwer"
SANNE: Final = "Sanne Bakker"
NOOR: Final = "Noor de Wit"
JORIS: Final = "Joris van Leeuwen"
SHORT_ADDRESSES: Final = frozenset({NOOR, RUBEN, ADMIN, SANNE, JORIS})

_PLAIN: Final = str.maketrans({"ı": "i", "ş": "s", " ": ".", "-": ".", "ü": "u"})  # noqa: RUF001 - letters of names


def address_of(name: str) -> str:
    """first@ for the five who are named everywhere, first.last@ for the others."""
    words = name.lower().translate(_PLAIN)
    return f"{words.partition('.')[0] if name in SHORT_ADDRESSES else words}@demo.example"


@dataclass(frozen=True)
class Colleague:
    """Somebody who works for the training or looks along, from the first day."""

    name: str
    role: Role
    organisation: str = ""
    phone: str = ""


STAFF: Final = (
    Colleague(ADMIN, Role.ADMIN, phone="010 555 01 20"),
    Colleague(RUBEN, Role.COACH, phone="06 55 50 10 31"),
    Colleague(MARJOLEIN, Role.COACH, phone="06 55 50 10 32"),
    Colleague(SAMUEL, Role.COACH, phone="06 55 50 10 33"),
    Colleague(INEKE, Role.COACH, phone="06 55 50 10 34"),
    Colleague("Tessa Bloemendaal", Role.AUTHOR),
    Colleague(SANNE, Role.ORGANISATION_CONTACT, MAASOEVER, "010 555 02 40"),
    Colleague("Maarten Verbeek", Role.ORGANISATION_CONTACT, LINDE, "076 555 03 10"),
)

LOOKED_IN: Final = ((OWNER, 5), (SANNE, 6), ("Maarten Verbeek", 12), ("Tessa Bloemendaal", 40))


@dataclass(frozen=True)
class Veteran:
    """A trainer from before this system: taken over on a day, with what the list said."""

    name: str
    organisation: str
    taken_over: int
    trained_years_before: int
    intervisions: int


# A first period lasts 36 months and begins on the day of taking over; 90 days of grace follow.
VETERANS: Final = (
    Veteran("Sofie van Oosterhout", BRUG, 1_245, 2, 1),  # lapsed since two months
    Veteran("Ronald Bijl", MAASOEVER, 1_215, 4, 0),  # lapsed since a month
    Veteran("Corrie Vonk", LINDE, 1_158, 1, 3),  # in grace
    Veteran("Ben Ouwerkerk", BRUG, 1_116, 3, 4),  # in grace since three weeks
    Veteran("Yıldız Aksoy", MAASOEVER, 1_068, 2, 2),  # noqa: RUF001 - expires within a month
    Veteran("Mees Brandsma", LINDE, 1_022, 1, 4),  # expires within three months
    Veteran("Ingrid Molenaar", LINDE, 410, 2, 3),
    Veteran("Abdel Bouzid", MAASOEVER, 410, 5, 4),
    Veteran("Trudy Hoogland", BRUG, 408, 3, 1),
)

Stage = Literal[
    "certified",
    "ready",
    "second_attempt",
    "returned",
    "withdrawn",
    "stuck",
    "reading",
    "safety",
    "seeking",
    "grouped",
    "planning",
    "visit",
    "plan_waits",
    "visit_waits",
]


@dataclass(frozen=True)
class Learner:
    """Somebody in training. `came`: when she came in; `group`: when her group met first (negative: will)."""

    name: str
    organisation: str
    stage: Stage
    came: int
    coach: str = ""
    group: int = 0
    place: int = 0
    decided: int = 0
    late_words: bool = False
    phone: str = ""


@dataclass(frozen=True)
class Class:
    """An opleidingsgroep with its people, by when it started."""

    started: int
    lasts: int
    seats: int
    people: tuple[Learner, ...]


FINISHED: Final = Class(
    started=490,
    lasts=300,
    seats=10,
    people=(
        Learner("Daan Verhoeven", BRUG, "certified", 491, RUBEN, 385, 3, 308),
        Learner("Nadia Şahin", BRUG, "certified", 490, MARJOLEIN, 378, 4, 301),
        Learner("Hanneke Bos", MAASOEVER, "certified", 489, RUBEN, 371, 0, 294),
        Learner("Kwame Boateng", MAASOEVER, "certified", 488, SAMUEL, 371, 1, 294),
        Learner("Lotte Vermeulen", LINDE, "certified", 492, INEKE, 343, 5, 259),
        Learner("Peter-Jan Schipper", LINDE, "withdrawn", 488, INEKE),
    ),
)
NEARLY_FINISHED: Final = Class(
    started=300,
    lasts=290,
    seats=10,
    people=(
        Learner("Samira El Amrani", MAASOEVER, "certified", 303, RUBEN, 203, 1, 126),
        Learner("Tom Janssen", BRUG, "certified", 302, MARJOLEIN, 189, 3, 112),
        Learner("Giulia Romano", LINDE, "certified", 299, INEKE, 161, 6, 84),
        Learner("Anouk de Groot", MAASOEVER, "certified", 301, SAMUEL, 98, 2, 21),
        Learner("Mehmet Kaya", MAASOEVER, "ready", 298, RUBEN, 79, 0),
        Learner("Willemijn Smeets", LINDE, "ready", 300, INEKE, 73, 5),
        Learner("Kevin Monteiro", LINDE, "second_attempt", 297, SAMUEL, 42, 6),
        Learner("Esther Cohen", BRUG, "returned", 299, MARJOLEIN, 72, 4),
    ),
)
RUNNING: Final = Class(
    started=112,
    lasts=270,
    seats=14,
    people=(
        Learner(NOOR, MAASOEVER, "visit", 114, RUBEN, 16, 2, phone="06 55 50 10 41"),
        Learner(JORIS, LINDE, "safety", 24, INEKE),
        Learner("Bram Hoekstra", LINDE, "stuck", 110, INEKE),
        Learner("Fenna Dijkstra", MAASOEVER, "reading", 20),
        Learner("Rashida Ramdin", MAASOEVER, "seeking", 113, RUBEN, phone="06 55 50 10 42"),
        Learner("Jeroen Kuipers", BRUG, "seeking", 111, MARJOLEIN),
        Learner("Thuy Nguyen", LINDE, "grouped", 109, INEKE, -18, 5),
        Learner("Wouter Blom", BRUG, "visit", 112, MARJOLEIN, 13, 3),
        Learner("Aisha Warsame", MAASOEVER, "visit_waits", 113, RUBEN, 32, 0, late_words=True),
        Learner("Dirk-Jan Timmerman", BRUG, "visit_waits", 112, RUBEN, 25, 4),
        Learner("Marieke Postma", MAASOEVER, "plan_waits", 108, RUBEN, -11, 1),
        Learner("Ewa Kowalska", MAASOEVER, "visit_waits", 110, SAMUEL, 27, 1),
        Learner("Carmen Silva", LINDE, "planning", 111, INEKE, 6, 6),
    ),
)


@dataclass(frozen=True)
class Invited:
    """Somebody who was asked for the next class and did not come in yet."""

    name: str
    organisation: str
    invited: int


NEXT_SEATS: Final = 12
NEXT: Final = (
    Invited("Precious Okafor", BRUG, 18),  # her link has expired
    Invited("Sjoerd van der Meer", MAASOEVER, 13),  # his link expires tomorrow
    Invited("Anneloes Prins", LINDE, 6),
    Invited("Yara Haddou", LINDE, 3),
)


@dataclass(frozen=True)
class Place:
    """Where a group meets."""

    name: str
    address: str
    municipality: str
    goal_group: str


PLACES: Final = (
    Place(
        "Huis van de Wijk De Katendrechtse Kade",
        "Kaapstraat 12",
        "Rotterdam",
        "Ouderen uit de buurt die weinig buiten komen",
    ),
    Place(
        "Buurthuis Het Middelland",
        "Middellandplein 4",
        "Rotterdam",
        "Mensen die na een lastige tijd weer onder de mensen willen",
    ),
    Place("Huis van de Wijk De Esdoorn", "Esdoornlaan 8", "Rotterdam", "65-plussers die alleen wonen in de wijk"),
    Place("Wijkcentrum De Sterrenhof", "Sterrenhof 21", "Dordrecht", "Ouderen en mantelzorgers uit Sterrenburg"),
    Place("Bibliotheek Crabbehof", "Van Kinsbergenstraat 40", "Dordrecht", "Jongeren die zoeken wat bij hen past"),
    Place("Ontmoetingsruimte Heksenwiel", "Heksenwiel 2", "Breda", "Bewoners van de aanleunwoningen rond het plein"),
    Place("Wijkgebouw De Vlieren", "Vlierenbroek 15", "Breda", "Mensen met een psychische kwetsbaarheid uit de wijk"),
)
