"""A form as a browser without script sends it when nobody filled anything in, and what its answer asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import html5lib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

UNSENT: Final = {"radio", "checkbox", "file"}
CONTROLS: Final = ("input", "textarea", "select")


@dataclass(frozen=True)
class Blank:
    """What goes along, and which fields have to be filled in. Empty: it only has a button."""

    sent: dict[str, str]
    fields: frozenset[str]
    needed: frozenset[str]


def blank_form(text: str, path: str) -> Blank | None:
    """The form on a page that goes to a path; None when there is none."""
    for form in _tree(text).iter("form"):
        button = _button(form, path)
        if button is None:
            continue
        controls = [one for tag in CONTROLS for one in form.iter(tag) if one.attrib.get("name")]
        hidden = [one for one in controls if one.attrib.get("type") == "hidden"]
        seen = [one for one in controls if one not in hidden and "disabled" not in one.attrib]
        sent = {one.attrib["name"]: one.attrib["value"] for one in hidden}
        sent |= {button.attrib["name"]: button.attrib["value"]} if "name" in button.attrib else {}
        sent |= {one.attrib["name"]: _first(one) for one in seen if one.attrib.get("type") not in UNSENT}
        sent |= {one.attrib["name"]: one.attrib["value"] for one in seen if "checked" in one.attrib}
        asked = seen if "formnovalidate" not in button.attrib else []
        needed = {one.attrib["name"] for one in asked if "required" in one.attrib}
        return Blank(
            sent,
            frozenset(one.attrib["name"] for one in seen),
            frozenset(name for name in needed if not sent.get(name)),
        )
    return None


def asked_for(text: str) -> set[str]:
    """The names of the fields that the lines of the summary lead to."""
    root = _tree(text)
    boxes = [box for box in root.iter("ul") if box.attrib.get("class") == "errors"]
    targets = {link.attrib["href"][1:] for box in boxes for link in box.iter("a")}
    return {
        one.attrib["name"] for tag in CONTROLS for one in root.iter(tag) if one.attrib.get("id") in targets and targets
    }


def _tree(text: str) -> Element:
    root: Element = html5lib.HTMLParser(namespaceHTMLElements=False).parse(text)
    return root


def _button(form: Element, path: str) -> Element | None:
    """The button that sends the form to the path; of several the one that only sends."""
    buttons = [one for one in form.iter("button") if one.attrib.get("type") == "submit"]
    elsewhere = [one for one in buttons if one.attrib.get("formaction") == path]
    if elsewhere:
        return elsewhere[0]
    if form.attrib.get("action") != path or form.attrib.get("method") != "post":
        return None
    here = [one for one in buttons if "formaction" not in one.attrib]
    return min(here, key=lambda one: "name" in one.attrib)


def _first(control: Element) -> str:
    """A list always sends something: its first answer, which may be the empty one."""
    options: Iterator[Element] = control.iter("option")
    return next((option.attrib["value"] for option in options), "")
