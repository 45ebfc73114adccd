"""English is complete where it is promised, and what is translated fits its Dutch sentence."""

from __future__ import annotations

import re
import string
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import html5lib
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from sqlalchemy import update

from app.certification import actions
from app.kit.i18n import CATALOGUES, translations
from app.people.tables import Person
from app.web.kit.responses import LANGUAGE_COOKIE
from tests.conftest import START
from tests.contracts.source import ROOT
from tests.trained import finish_theory, in_training, sign_everything
from tools.messages import EXTRACT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from tests.page import Site

PROMISED: Final = (
    "templates/account/",
    "templates/answer/",
    "templates/certificate/",
    "templates/errors/",
    "templates/information/",
    "templates/intervision/",
    "templates/layouts/",
    "templates/mail/",
    "templates/people/",
    "templates/road/",
    "templates/ui/",
    "templates/verification/",
    "app/web/kit/",
    "app/web/pages/account.py",
    "app/web/pages/answer.py",
    "app/web/pages/certificate.py",
    "app/web/pages/confirm.py",
    "app/web/pages/information.py",
    "app/web/pages/intervision.py",
    "app/web/pages/invitation.py",
    "app/web/pages/password.py",
    "app/web/pages/road.py",
    "app/web/pages/sign_in.py",
    "app/web/pages/verification.py",
    "app/web/words/certification.py",
    "app/web/words/looks.py",
    "app/web/words/meetings.py",
    "app/web/words/people.py",
    "app/web/words/retention.py",
    "app/web/words/shared.py",
)
"""Where every sentence has its English: signing in, the own pages, what is public, and all mail."""

PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|%%")
MARK_UP: Final = re.compile(r"<[^>]+>")
SHOWN: Final = ("alt", "aria-label", "content", "placeholder", "title")
NUMBERS: Final = {"%(num)s", "%(num)d", "%(count)s"}
LONG: Final = 12


@cache
def english() -> Catalog:
    with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


@cache
def marked() -> tuple[Message, ...]:
    """Every sentence that the program marks, with the files where it does."""
    with TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        command = [*EXTRACT, "-F", "pyproject.toml", "--add-location=file", "-o", str(pot), "."]
        subprocess.run(command, check=True, cwd=ROOT)
        with pot.open("rb") as file:
            return tuple(message for message in read_po(file) if message.id)


def forms(message: Message) -> list[tuple[str, str]]:
    """Each English form beside the Dutch one that it stands for."""
    dutch, english_forms = several(message.id), several(message.string or "")
    return [(dutch[min(n, len(dutch) - 1)], form) for n, form in enumerate(english_forms)]


def several(words: str | Sequence[str]) -> Sequence[str]:
    """One sentence, or the forms of a plural."""
    return (words,) if isinstance(words, str) else words


def translated() -> list[Message]:
    return [message for message in english() if message.id and any(form for _, form in forms(message))]


@pytest.mark.parametrize("place", PROMISED)
def test_every_sentence_has_its_english(place: str) -> None:
    """A new one? `make messages` brings it into the catalogue; write the English there."""
    lacking = []
    here = [message for message in marked() if any(where.startswith(place) for where, _ in message.locations)]
    for message in here:
        found = english().get(message.id, message.context)
        if found is None or not all(form for _, form in forms(found)):
            lacking.append(message.id)
    assert lacking == []


def test_what_is_promised_is_there() -> None:
    """A folder that moves takes its promise along."""
    assert [place for place in PROMISED if not (ROOT / place).exists()] == []


def test_nothing_is_guessed() -> None:
    assert [message.id for message in english() if message.id and message.fuzzy] == []


def test_plurals_have_all_their_forms() -> None:
    """English has two; half a plural would be Dutch for some numbers."""
    plurals = [message for message in translated() if len(several(message.id)) > 1]
    assert [m.id for m in plurals if len(forms(m)) != 2 or not all(form for _, form in forms(m))] == []


def test_english_fills_in_what_the_dutch_does() -> None:
    """The same placeholders and mark-up. Only a singular may say `one` instead of the number."""
    different = []
    for message in translated():
        one_of_many = len(several(message.id)) > 1
        for n, (dutch, form) in enumerate(forms(message)):
            if gaps(form) != gaps(dutch) and not (one_of_many and n == 0 and odd(form, dutch) <= NUMBERS):
                different.append(form)
    assert different == []


def odd(form: str, dutch: str) -> set[str]:
    return set(gaps(form)) ^ set(gaps(dutch))


def gaps(text: str) -> list[str]:
    """What is filled in and the mark-up, in alphabetical order: another language may turn them round."""
    named = [f"{{{name}}}" for name in fields(text)] if "%(" not in text else []
    return sorted({*PLACEHOLDER.findall(text), *named}) + sorted(MARK_UP.findall(text))


def fields(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


def test_no_typewriter_quotes_and_no_stray_space() -> None:
    texts = [(dutch, form) for message in translated() for dutch, form in forms(message)]
    assert [form for _, form in texts if "'" in form or '"' in MARK_UP.sub("", form)] == []
    assert [form for dutch, form in texts if edges(form) != edges(dutch)] == []


def edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


@cache
def telling() -> tuple[tuple[str, str], ...]:
    """(Dutch piece, Dutch sentence): pieces that no English page should show, without what is filled in."""
    kept = " ".join(form for message in translated() for _, form in forms(message))
    pieces = set()
    for message in translated():
        for dutch in several(message.id):
            for part in re.split(r"%\(\w+\)[a-z]|<[^>]+>|\{\w+\}", dutch):
                piece = " ".join(part.split()).strip(" .,:;·?!")
                if len(piece) > LONG and piece not in kept:
                    pieces.add((piece, dutch))
    return tuple(sorted(pieces))


def dutch_on(page: str) -> list[tuple[str, str]]:
    """What is left in Dutch on an English page."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    text = " ".join(" ".join(shown(root)).split())
    return [(piece, dutch) for piece, dutch in telling() if re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text)]


def shown(root: Element) -> Iterator[str]:
    yield from root.itertext()
    for element in root.iter():
        yield from (element.attrib[name] for name in SHOWN if name in element.attrib)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "Become a trainer in your own neighbourhood"),
        ("/inloggen", "Good to see you"),
        ("/wachtwoord", "Forgot your password?"),
        ("/c", "Check a certificate"),
        ("/c/AAAA-AAAA-AAAA-AAAA", "We do not know this code"),
        ("/privacy", "What we keep about you"),
        ("/toegankelijkheid", "WCAG 2.2"),
        ("/bestaat-niet", "Nothing hangs on the wall here"),
    ],
)
def test_a_public_page_speaks_english(site: Site, path: str, says: str) -> None:
    stranger = site.stranger()
    stranger.client.cookies.set(LANGUAGE_COOKIE, "en", domain="academie.test")
    page = stranger.client.get(path).text
    assert '<html lang="en"' in page
    assert says in page
    assert dutch_on(page) == []


def test_a_refusal_at_the_door_speaks_english(site: Site) -> None:
    stranger = site.stranger()
    stranger.client.cookies.set(LANGUAGE_COOKIE, "en", domain="academie.test")
    page = stranger.post("/inloggen", {"email": "niemand@example.org", "password": "fout"}, status=422).text
    assert "This address and this password do not belong together" in page
    assert dutch_on(page) == []


def test_the_road_speaks_english_from_start_to_trainer(site: Site) -> None:
    with site.parts.database.writing() as db:
        training = in_training(db, site.parts.storage, now=START)
        db.execute(update(Person).where(Person.id == training.cast.noor.id).values(locale="en"))
    noor = site.visitor(training.cast.noor.id)
    pages = [noor.get("/traject").text]
    assert "Welcome Noor, your road starts here" in pages[0]
    with site.parts.database.writing() as db:
        finish_theory(db, training, now=START)
    pages.append(noor.get("/traject").text)
    with site.parts.database.writing() as db:
        sign_everything(db, training, now=START)
    pages.append(noor.get("/traject").text)
    with site.parts.database.writing() as db:
        actions.grant(db, by=training.cast.fatma, enrolment_id=training.enrolment_id, now=START)
    pages.append(noor.get("/traject").text)
    assert "you are a trainer" in pages[-1]
    pages += [noor.get(path).text for path in ("/account", "/account/weg", "/intervisie")]
    pages.append(noor.get(link_on(pages[3], "/certificaat/")).text)
    pages.append(noor.get(link_on(pages[-1], "/c/")).text)
    assert "This certificate is genuine and valid" in pages[-1]
    assert [left for page in pages for left in dutch_on(page)] == []


def link_on(page: str, start: str) -> str:
    """The first link on a page that leads there."""
    found = re.search(rf'href="(?:https://[^/"]+)?({re.escape(start)}[^"]+)"', page)
    assert found, f"no link to {start}"
    return found[1]


def test_the_compiled_catalogue_is_this_one() -> None:
    """What the program reads is compiled by `make`; an old one says old words."""
    words = translations("en")
    plain = [message for message in translated() if isinstance(message.id, str) and not message.context]
    assert [m.id for m in plain if words.gettext(str(m.id)) != m.string] == []
