"""The strict page client: every page that a test looks at is checked as a whole.

It fails on invalid HTML, a title that does not repeat the one h1, an id used twice, an input without a label,
a form without action, an inline script or style, and a response without the security headers; and on a summary
above a form with two lines alike, or a line that does not name its field and lead to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

import html5lib
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event

from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.ids import Keyring
from app.kit.storage import folder
from app.main import Parts, create_app
from app.people.actions.sign_in import start_session
from app.settings import Settings
from app.web.kit.headers import HEADERS

ADDRESS: Final = "https://academie.test"
SAME_ORIGIN: Final = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
ENGINE_WORDS: Final = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE", "SET ", "SHOW ")


def make_test_parts(database: Database, data_dir: Path, clock: Clock, **settings: Any) -> Parts:
    """The parts of a program for tests: its own data directory, mail into a folder."""
    given = Settings(data_dir=data_dir, public_url=ADDRESS, **settings)
    return Parts(given, clock, database, folder(data_dir / "files"), Keyring(given.secrets))


@dataclass
class Visitor:
    """Somebody with a browser: keeps cookies, follows no redirect by itself."""

    parts: Parts
    client: TestClient
    statements: list[str] = field(default_factory=list)

    def get(self, path: str, *, status: int = 200, partial: bool = False, **how: Any) -> Response:
        """Look at a page. Every HTML answer is checked, error pages too."""
        headers = {"hx-request": "true", "hx-request-type": "partial"} if partial else {}
        with self._counted():
            response = self.client.get(path, headers=headers, follow_redirects=False, **how)
        return self._checked(response, status, partial=partial)

    def post(self, path: str, data: dict[str, Any] | None = None, *, status: int = 303, **how: Any) -> Response:
        """Send a form as our own pages do."""
        headers = SAME_ORIGIN | how.pop("headers", {})
        with self._counted():
            response = self.client.post(path, data=data or {}, headers=headers, follow_redirects=False, **how)
        return self._checked(response, status)

    def follow(self, response: Response) -> Response:
        """Go where a redirect points."""
        return self.get(response.headers["location"])

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.statements.clear()

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.lstrip().upper().startswith(ENGINE_WORDS):
                self.statements.append(statement)

        engines = (self.parts.database.reader, self.parts.database.writer)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", count)

    def _checked(self, response: Response, status: int, *, partial: bool = False) -> Response:
        assert response.status_code == status, f"{response.status_code}, not {status}: {response.text[:600]}"
        for name, value in HEADERS.items():
            if name != "Content-Security-Policy" or "text/html" in response.headers.get("content-type", ""):
                assert response.headers.get(name) == value, f"{name}: {response.headers.get(name)}"
        if "text/html" in response.headers.get("content-type", "") and response.text:
            check_html(response.text, whole=not partial)
        return response


def check_html(text: str, *, whole: bool = True) -> None:
    """Fail with a sentence on whatever a page must not have."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text) if whole else parser.parseFragment(text)
    everything = list(root.iter())
    ids = [element.attrib["id"] for element in everything if "id" in element.attrib]
    assert len(ids) == len(set(ids)), f"used twice: {sorted({name for name in ids if ids.count(name) > 1})}"
    for element in everything:
        if callable(element.tag):  # a comment
            continue
        _check_element(element, everything, set(ids))
    _check_summary(root)
    if whole:
        headings = [element for element in everything if element.tag == "h1"]
        assert len(headings) == 1, f"{len(headings)} h1"
        title = " ".join("".join(next(e for e in everything if e.tag == "title").itertext()).split())
        heading = " ".join("".join(headings[0].itertext()).split())
        assert title.startswith(heading), f"the title {title!r} does not repeat {heading!r}"


def _check_element(element: Element, everything: list[Element], ids: set[str]) -> None:
    given = element.attrib
    assert "style" not in given, f"inline style on {element.tag}"
    assert not [name for name in given if name.startswith(("on", "hx-on"))], f"inline script on {element.tag}"
    if element.tag == "script":
        assert given.get("src", "").startswith("/static/"), "inline script"
    if element.tag == "form":
        assert given.get("action") is not None, "a form without action"
        assert given.get("method", "get") in {"get", "post"}
    if element.tag == "img":
        assert "alt" in given, f"no alt: {given.get('src')}"
    if element.tag in {"input", "select", "textarea"} and given.get("type") not in {"hidden", "submit", "button"}:
        assert _labelled(element, everything), f"no label: {given.get('name')}"
    for name in ("aria-describedby", "aria-labelledby", "for"):
        for target in given.get(name, "").split():
            assert target in ids, f"{name} points at {target!r}, which is not there"


def _check_summary(root: Element) -> None:
    """What somebody reads and follows without script: each thing to mend once, by the name of its field."""
    parents = {child: parent for parent in root.iter() for child in parent}
    boxes = [box for box in root.iter("ul") if box.attrib.get("class") == "errors"]
    lines = [line for box in boxes for line in box.iter("li")]
    words = [_words(line) for line in lines]
    assert len(words) == len(set(words)), f"two lines alike in the summary: {words}"
    for link in (link for line in lines for link in line.iter("a")):
        target = next((one for one in root.iter() if one.attrib.get("id") == link.attrib["href"][1:]), None)
        assert target is not None, f"{_words(link)!r} leads nowhere: {link.attrib['href']}"
        assert _takes_focus(target, parents), f"{_words(link)!r} leads to what takes no focus"
        names = _names_of(target, root, parents)
        assert any(name in _words(link).casefold() for name in names), f"{_words(link)!r} names none of {names}"


def _takes_focus(element: Element, parents: dict[Element, Element]) -> bool:
    around = list(_around(element, parents))
    folded = any(one.tag == "details" and "open" not in one.attrib for one in around)
    hidden = element.attrib.get("type") == "hidden" or any("hidden" in one.attrib for one in [element, *around])
    return (
        element.tag in {"input", "select", "textarea", "video", "audio"}
        and not hidden
        and not folded
        and "disabled" not in element.attrib
    )


def _names_of(element: Element, root: Element, parents: dict[Element, Element]) -> list[str]:
    """What people read as the name of a field: its label, the question around it, the section that says its number."""
    if element.attrib.get("type") in {"radio", "checkbox"}:
        groups = [one for one in _around(element, parents) if one.tag == "fieldset"][:1]
        named = [legend for group in groups for legend in group.iter("legend")]
    else:
        named = []
    if not named:
        labels = list(root.iter("label"))
        named = [one for one in labels if one.attrib.get("for") == element.attrib["id"] or element in list(one.iter())]
    named += [bold for one in named for bold in one.iter("b")]  # in a box for a file, with help below it
    names = [_words(one).removesuffix(" (mag leeg blijven)").removesuffix(" (may stay empty)") for one in named]
    numbered = [one.attrib["aria-label"] for one in _around(element, parents) if "aria-label" in one.attrib]
    names += [re.split(r" (?:van|of) \d+$", name)[0] for name in numbered]
    return [name.rstrip(".:?!").casefold() for name in names if name]


def _around(element: Element, parents: dict[Element, Element]) -> Iterator[Element]:
    while element in parents:
        element = parents[element]
        yield element


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _labelled(element: Element, everything: list[Element]) -> bool:
    if element.attrib.get("aria-label") or element.attrib.get("aria-labelledby"):
        return True
    labels = [other for other in everything if other.tag == "label"]
    return any(
        label.attrib.get("for") == element.attrib.get("id", "\0") or element in list(label.iter()) for label in labels
    )


class Site:
    """The program as visitors meet it."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.app = create_app(parts)

    def stranger(self) -> Visitor:
        """Somebody who did not sign in."""
        client = TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=True)
        return Visitor(self.parts, client)

    def visitor(self, person_id: int) -> Visitor:
        """Somebody who signed in just now."""
        visitor = self.stranger()
        with self.parts.database.writing() as db:
            token = start_session(db, person_id=person_id, device="test", now=self.parts.clock.now(), second=True)
        visitor.client.cookies.set("__Host-session", token, domain="academie.test")
        return visitor
