"""Who somebody is to the program: roles, the viewer of a page, and how fresh her proof of that is."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from app.kit.i18n import Locale

INVITATION_DAYS: Final = 14  # domain.md 8.1
INVITATION_PURGE_DAYS: Final = 42  # domain.md 8.1, as Registerplein does
CODE_MINUTES: Final = 10  # security.md 4
CODE_TRIES: Final = 5
SESSION_IDLE: Final = timedelta(hours=12)  # security.md 4
SESSION_LONGEST: Final = timedelta(days=30)
TOUCH_EVERY: Final = timedelta(minutes=10)
FACTOR_FOR_ADMIN: Final = timedelta(minutes=30)  # security.md 4, step-up
FACTOR_FOR_SIGN_OFF: Final = timedelta(hours=12)
APP_STEP_SECONDS: Final = 30  # RFC 6238
APP_STEPS_ASIDE: Final = 1  # a clock may be half a minute off
RECOVERY_CODES: Final = 8
RECOVERY_LENGTH: Final = 16  # 16 x 5 = 80 random bits
EXPORT_KEPT: Final = timedelta(hours=48)  # security.md 5.2
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 200


class Register(StrEnum):
    """The professional registers for which we keep a number (domain.md 3)."""

    SKJ = "skj"
    REGISTERPLEIN = "registerplein"
    VENVN = "venvn"
    OTHER = "other"


class Role(StrEnum):
    """What somebody may be; one person can be several. Order: who may grant whom, lowest first."""

    PROFESSIONAL = "professional"
    FACILITATOR = "facilitator"
    ORGANISATION_CONTACT = "organisation_contact"
    COACH = "coach"
    AUTHOR = "author"
    ADMIN = "admin"
    OWNER = "owner"


@dataclass(frozen=True)
class Viewer:
    """The person who asks, with the rights of this request. Nobody signed in: `person_id` is None.

    `second_factor`: she has an app, and proves herself with it. `halfway`: who is coming in and still has to show
    her second factor; until then she is nobody.
    """

    person_id: int | None = None
    name: str = ""
    first_name: str = ""
    organisation: str = ""
    roles: frozenset[Role] = frozenset()
    contact_of: frozenset[int] = frozenset()
    coach_of: frozenset[str] = frozenset()
    locale: Locale = "nl"
    sign_in_id: int | None = None
    factor_at: datetime | None = None
    second_factor: bool = False
    halfway: int | None = None
    browser: str = field(default="", repr=False)

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def id(self) -> int:
        """The person's id, for code that only runs for somebody signed in.

        Raises: RuntimeError when nobody is.
        """
        if self.person_id is None:
            raise RuntimeError("nobody is signed in")
        return self.person_id

    @property
    def is_admin(self) -> bool:
        return bool(self.roles & {Role.ADMIN, Role.OWNER})

    def has(self, role: Role) -> bool:
        return role in self.roles

    def may_coach(self, intervention: str) -> bool:
        """Whether she is a coach for an intervention; a grant for "" is for all of them."""
        return bool(self.coach_of & {intervention, ""})


def needs_second_factor(roles: AbstractSet[Role]) -> bool:
    """Whether somebody with these roles comes in with a second factor, wherever the program asks for one.

    Who decides about others or sees all of them (security.md 4); everybody else may.
    """
    return bool(roles & {Role.COACH, Role.ADMIN, Role.OWNER})


def fresh_factor(viewer: Viewer, *, max_age: timedelta, now: datetime) -> bool:
    """Whether the viewer proved recently enough who she is: with her app, or else a password or a mailed code."""
    return viewer.factor_at is not None and now - viewer.factor_at <= max_age


def may_grant(granter: Viewer, role: Role, person_id: int) -> bool:
    """Only roles strictly below the own highest, never to oneself; an owner may make owners."""
    if granter.person_id is None or granter.person_id == person_id:
        return False
    if Role.OWNER in granter.roles:
        return True
    order = list(Role)
    highest = max((order.index(own) for own in granter.roles), default=-1)
    return granter.is_admin and order.index(role) < highest


def may_manage(manager: Viewer, roles: AbstractSet[Role], person_id: int) -> bool:
    """Whether the manager may change how somebody with these roles comes in: only when all are below her own.

    Else an admin could give an owner another address, ask for a code there and become owner.
    """
    if manager.person_id is not None and manager.person_id == person_id:
        return True
    return all(may_grant(manager, role, person_id) for role in roles) and manager.is_admin


_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
ADDRESS_MAX: Final = 254


def read_address(text: str) -> str | None:
    """One mail address as we keep it (lower case, the domain in ASCII); None when it is not exactly one."""
    local, _, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = ascii_domain.split(".")
    if len(local) > 64 or not _LOCAL_PART.fullmatch(local) or len(labels) < 2:
        return None
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    address = f"{local.lower()}@{ascii_domain}"
    return address if len(address) <= ADDRESS_MAX else None


@dataclass(frozen=True)
class PersonCard:
    """Somebody as others meet her: a name with an employer."""

    id: int
    name: str
    first_name: str
    organisation: str
    organisation_id: int | None
    email: str
    phone: str


def learns(roles: Collection[Role]) -> bool:
    """Whether pages speak to somebody as to a professional: she is one, or has no role yet."""
    return not roles or Role.PROFESSIONAL in roles


@dataclass(frozen=True)
class InvitationFacts:
    """An invitation that can still be accepted."""

    id: int
    person_id: int
    name: str
    first_name: str
    email: str
    organisation: str
    invited_by_id: int | None
    invited_by: str
    has_account: bool
    expires_at: datetime


_WELL_KNOWN: Final = """
academie admin administrator amsterdam april augustus baby batman beheer beheerder computer december demo
dinsdag donderdag dragon familie februari feyenoord football geheim google hallo hello hemel herfst holland
huis iloveyou inloggen internet januari juli juni kat koning lente letmein liefde login lol maandag maart mama
master mei mijn mijnverhaal monkey mypassword naam nederland newpassword nieuw ninja november ok oktober
oranje pass passw passwd password passwort paswoord poes pokemon princess qwerty qwertz rotterdam schatje
school secret september shadow stad stadstrainers starwars sterk summer sunshine superman test trainer trustno
utrecht veilig verhaal voetbal voorjaar vrijdag wachtwoord welcome welkom winter woensdag zaterdag zomer
zondag zorg
"""
COMMON_WORDS: Final = frozenset(_WELL_KNOWN.split())
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop")
_LEET: Final = str.maketrans("0134578@$!|", "oieastbasil")


def password_problem(password: str, *, about: tuple[str, ...] = ()) -> str | None:
    """The code of what is wrong with a new password; None when it will do.

    Long counts, signs and capitals do not: twelve characters, not a well-known word with a year or a row of
    keys, not the own name or address (`about`).
    """
    if len(password) < PASSWORD_MIN:
        return "password_short"
    if len(password) > PASSWORD_MAX:
        return "password_long"
    plain = password.casefold()
    if len(set(plain)) < 5 or _is_row(plain):
        return "password_common"
    words = [word for text in about for word in re.split(r"\W+", text.casefold()) if len(word) > 2]
    left = {_without(reading, words) for reading in (plain, plain.translate(_LEET))}
    return "password_common" if any(len(set(rest)) < 4 for rest in left) else None


def _without(text: str, words: list[str]) -> str:
    """What is left of a password when well-known words, the own name, numbers and signs are taken out."""
    for word in sorted({*words, *COMMON_WORDS}, key=lambda word: (-len(word), word)):
        text = text.replace(word, " ")
    return "".join(char for char in text if char.isalpha())


def _is_row(text: str) -> bool:
    """Whether at least half of the text walks along the alphabet, the numbers or the keys."""
    steps = sum(any(one + two in row or two + one in row for row in _ROWS) for one, two in pairwise(text))
    return steps * 2 >= len(text)
