"""Where letters are written: one function per kind of message, used for previews and for sending.

A kind is a function `(db, message, desk) -> Draft` in one of the modules named in `MODULES`; it loads what
is true *now* and raises `NotDue` when the message should no longer go out (access ended, seat given up).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from app.kit.i18n import LOCALES, Locale, known_locale, translations
from app.kit.ids import Keyring
from app.kit.text import first_name
from app.kit.written import date_filters
from app.outbox.tables import Message
from app.people.tables import Person
from app.settings import Settings

TEMPLATES: Final = Path(__file__).parent.parent.parent / "templates"
MODULES: Final = (
    "people",
    "courses",
    "editions",
    "delivery",
    "practice",
    "conversation",
    "handover",
    "intervision",
    "waiting",
    "certification",
    "theory",
)


class NotDue(Exception):
    """The message should not go out any more; `reason` is a Dutch sentence for the admin."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CalendarPart:
    """An iCalendar attachment and its METHOD."""

    method: str
    body: str


@dataclass(frozen=True)
class Draft:
    """What a kind says: the folder under templates/mail, the facts, perhaps a calendar entry.

    `more`: further entries, which go along as files: a mail is about one entry at a time (RFC 5546).
    """

    folder: str
    facts: dict[str, Any] = field(default_factory=dict)
    calendar: CalendarPart | None = None
    more: tuple[CalendarPart, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter ready to send or to show."""

    to_name: str
    to_address: str
    reply_to: str
    subject: str
    text: str
    html: str
    calendar: CalendarPart | None
    more: tuple[CalendarPart, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What a letter needs from the program."""

    settings: Settings
    keyring: Keyring
    now: datetime

    def link(self, path: str) -> str:
        return f"{self.settings.address}{path}"


Kind = Callable[[Session, Message, Desk], Draft]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of letter by the name that messages carry."""
    known: dict[str, Kind] = {}
    for module in MODULES:
        known |= import_module(f"app.letters.{module}").KINDS
    return known


def write(db: Session, message: Message, desk: Desk) -> Letter:
    """Write one message as it would go out now.

    Raises: NotDue when it should not; KeyError for a kind nobody knows.
    """
    person = db.get_one(Person, message.person_id)
    if person.erased_at is not None or not person.email:
        raise NotDue("Deze persoon heeft geen mailadres (meer).")
    draft = kinds()[message.kind](db, message, desk)
    locale = known_locale(person.locale)
    facts = {
        "desk": desk,
        "settings": desk.settings,
        "name": person.name,
        "first_name": first_name(person.name),
        "own_text": message.own_text,
        "locale": locale,
        **draft.facts,
    }
    environment = _environments()[locale]

    def part(name: str) -> str:
        return environment.get_template(f"mail/{draft.folder}/{name}").render(facts)

    reply_to = db.get(Person, message.reply_to_id) if message.reply_to_id else None
    return Letter(
        to_name=person.name,
        to_address=person.email,
        reply_to=(reply_to.email if reply_to else None) or desk.settings.help_address,
        subject=" ".join(part("subject.txt").split()),
        text=part("body.txt").strip() + "\n",
        html=part("body.html"),
        calendar=draft.calendar,
        more=draft.more,
    )


@cache
def _environments() -> dict[Locale, Environment]:
    made: dict[Locale, Environment] = {}
    for locale in LOCALES:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            autoescape=select_autoescape(("html",), default_for_string=True),
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        catalogue = translations(locale)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            catalogue.gettext, catalogue.ngettext, newstyle=True, pgettext=catalogue.pgettext
        )
        environment.filters |= date_filters(locale) | {"first_name": first_name}
        made[locale] = environment
    return made
