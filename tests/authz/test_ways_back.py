"""An opened address that only takes a form leads to the page of that form, for everybody alike.

A form that is not right comes back at the address that it was sent to; people reload that page, keep it, or come
back to it after signing in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from app.access import Permission
from app.web.kit.ask import redirect
from app.web.kit.entry import Entry
from app.web.kit.templates import Templates
from app.web.kit.way_back import ways_back
from tests.authz.scene import ENTRIES, NO, PERSONAS, Scene, expected_of
from tests.authz.tries import missing_path, path_of
from tests.contracts.test_routes import addresses_in_templates, fits
from tests.contracts.test_templates import brought_along

WAYS_BACK: Final = ways_back(ENTRIES)
FORMS_ONLY: Final = [entry for entry in ENTRIES if entry.path in WAYS_BACK]
ANYWHERE: Final = frozenset({"system.language", "sign_in.out"})
"""Their buttons stand around every page, so that any page is the right one."""
SCRIPTED: Final = frozenset({"reading.active", "reading.place", "reading.played", "editor.ask_in_text"})
"""Sent by the page itself, or from a dialog that a script opens: the page that it leads to has no form for it."""
ONLY_AFTER: Final = {
    "invitation.renew": "stands on the page of a link that is over",
    "admin_import.mistakes": "stands under a list with mistakes, which only the sent form has",
}


def test_every_way_back_is_a_page_above_the_address() -> None:
    """So it names nothing that the address did not name, and leads to no other site."""
    pages = {entry.path: entry for entry in ENTRIES if entry.method == "GET"}
    assert FORMS_ONLY
    for entry in FORMS_ONLY:
        back = WAYS_BACK[entry.path].partition("?")[0]
        assert back in pages, entry.name
        assert entry.path.startswith(back + "/") or entry.name in ANYWHERE, entry.name


def test_a_way_back_to_nowhere_stops_the_start() -> None:
    entry = Entry("POST", "/x/y", lambda _: redirect("/"), Permission.PUBLIC, "x.y", back="/z")
    with pytest.raises(RuntimeError, match=r"x\.y leads back to /z, which is no page"):
        ways_back([entry])


def opened(entry: Entry) -> Entry:
    return replace(entry, method="GET")


@pytest.mark.parametrize("who", PERSONAS)
def test_it_is_the_same_for_everybody_and_tells_nothing(scene: Scene, who: str) -> None:
    """Also for a thing that is not there: the page that it leads to decides who sees what."""
    found = []
    for entry in FORMS_ONLY:
        back = WAYS_BACK[entry.path].partition("?")[0]
        there = path_of(entry.path, entry.name, scene.world), path_of(back, entry.name, scene.world)
        for path, to in (there, (missing_path(entry.path), missing_path(back))):
            answer = scene.send(opened(entry), path, who)
            leads = answer.headers.get("location", "").partition("?")[0]
            if (answer.status_code, leads) != (303, to) or answer.text or scene.wrote():
                found.append(f"{path}: {answer.status_code} {leads}, not {to}")
    assert not found, "\n".join(found)


def test_a_part_that_is_asked_for_gets_the_whole_page(scene: Scene) -> None:
    answer = scene.client.get("/praktijk/1/zelf", headers={"hx-request": "true", "hx-request-type": "partial"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/praktijk/1")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that pages are made of, as they are made."""
    names: list[str] = []
    render = Templates.render

    def noting(self: Templates, template: str, *rest: Any, **more: Any) -> str:
        names.append(template)
        return render(self, template, *rest, **more)

    monkeypatch.setattr(Templates, "render", noting)
    return names


def test_the_page_that_it_leads_to_is_the_one_with_the_form(scene: Scene, shown: list[str]) -> None:
    """As somebody who may send it: the page is there, and its templates hold the form."""
    found = []
    for entry in FORMS_ONLY:
        who = next(persona for persona in PERSONAS if expected_of(entry, persona) not in NO)
        path = path_of(entry.path, entry.name, scene.world)
        to = scene.send(opened(entry), path, who).headers["location"]
        headers = {"cookie": f"__Host-session={scene.world.sessions[who]}"} if who != "anonymous" else {}
        page = scene.client.get(to, headers=headers)
        scene.wrote()
        if page.status_code != 200 or not (
            entry.name in {*ANYWHERE, *SCRIPTED, *ONLY_AFTER} or offers(shown[-1], entry)
        ):
            found.append(f"{who} {path}: {page.status_code} at {page.url}, made of {shown[-1]}")
    assert not found, "\n".join(found)


def offers(template: str, entry: Entry) -> bool:
    """Whether a template or a part of it has a form for this entry."""
    parts = tuple(f"templates/{part}:" for part in brought_along(template))
    return any(
        fits(entry, address)
        for where, method, address in addresses_in_templates()
        if method == "POST" and where.startswith(parts)
    )
