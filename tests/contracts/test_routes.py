"""Every route has one policy and one name, every link and form leads to a route, and looking changes nothing."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pkgutil import walk_packages
from typing import Final

import pytest
from jinja2 import nodes

from app.access import POLICY, Permission
from app.main import all_entries
from app.web import pages
from app.web.kit.entry import Entry
from app.web.kit.route import Area
from tests.contracts.source import ROOT, modules
from tests.contracts.test_templates import NAMES as NAMES_OF_TEMPLATES
from tests.contracts.test_templates import tree

ENTRIES: Final = all_entries()
NAMES: Final = [f"{entry.method} {entry.name}" for entry in ENTRIES]
# What a parameter may look like; in a template it stands as {{ ... }}.
HOLE: Final = "\x00"
PARAMETER: Final = re.compile(r"{\w+(?::\w+)?}")
ADDRESS: Final = re.compile(r"""\b(?P<what>href|action|src|formaction|hx-get|hx-post)\s*=\s*"(?P<to>[/\x00][^"]*)\"""")


def test_every_permission_has_a_rule_and_every_rule_a_permission() -> None:
    assert set(POLICY) == set(Permission)


def test_no_permission_lies_unused() -> None:
    asked = {entry.policy for entry in ENTRIES}
    in_code = {
        node.attr
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Permission"
    }
    assert [permission for permission in Permission if permission not in asked and permission.name not in in_code] == []


def test_names_are_used_once() -> None:
    assert sorted({name for name in NAMES if NAMES.count(name) > 1}) == []
    places = [(entry.method, PARAMETER.sub("{}", entry.path)) for entry in ENTRIES]
    assert sorted({place for place in places if places.count(place) > 1}) == []


def test_names_say_area_and_matter() -> None:
    assert [entry.name for entry in ENTRIES if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", entry.name)] == []


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.method == "GET"], ids=lambda entry: entry.name)
def test_looking_opens_no_writing_transaction(entry: Entry) -> None:
    """The edge gives a GET the reading engine; only a route with own transactions could go round that.

    The exceptions count how often a network tries codes, note that an admin opened scores, words or notes, and how far
    somebody read a conversation (architecture.md 4, limits and logged reads); the matrix holds for whom they write.
    """
    noted = {
        "feeds.agenda",
        "verification.show",
        "practice.record",
        "practice.reflection",
        "practice.profile",
        "conversation.show",
        "coach.person",
        "theory.attempt",
    }
    assert entry.name in noted or ".writing(" not in inspect.getsource(entry.function)


def test_page_modules_hold_routes_or_parts_of_them() -> None:
    """A module without routes is there for another one that imports it."""
    imported = {
        f"{node.module}.{alias.name}"
        for path, module in modules().items()
        if path.startswith("app/web/pages/")
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    imported |= {name.rpartition(".")[0] for name in imported}
    idle = []
    for found in walk_packages(pages.__path__, f"{pages.__name__}."):
        area = getattr(import_module(found.name), "area", None)
        if not found.ispkg and not (isinstance(area, Area) and area.entries) and found.name not in imported:
            idle.append(found.name)
    assert idle == []


def put_together() -> list[str]:
    """The ends of addresses that templates put together with `~`."""
    found = []
    for name in NAMES_OF_TEMPLATES:
        for parts in tree(name).find_all(nodes.Concat):
            said = [str(part.value) if isinstance(part, nodes.Const) else HOLE for part in parts.nodes]
            found.append("".join(said))
    return [to for to in found if "/" in to and " " not in to]


def leads_somewhere(address: str, method: str) -> bool:
    """Whether a route answers at an address in which HOLE stands for any one parameter."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    if not path.startswith(("/", HOLE + "/")):
        return True
    return any(fits(entry, path) for entry in ENTRIES if entry.method == method) or path.startswith("/static/")


def fits(entry: Entry, path: str) -> bool:
    """Whether a path can be this route's; one that begins with a hole needs only the same end."""
    ours, theirs = entry.path.split("/"), path.split("/")
    if theirs[0] == HOLE:
        theirs = theirs[1:]
        ours = ours[-len(theirs) :] if theirs else ours[:0]
    if len(ours) != len(theirs):
        return False
    return all(
        HOLE in given or PARAMETER.fullmatch(expected) or expected == given
        for expected, given in zip(ours, theirs, strict=True)
    )


def addresses_in_templates() -> list[tuple[str, str, str]]:
    """(where, method, address) of every fixed link and form."""
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"{{.*?}}", HOLE, path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"{%.*?%}|{#.*?#}", "", text, flags=re.DOTALL)
        for tag in re.finditer(r"<\w+\b[^>]*>", text):
            posts = re.search(r'method\s*=\s*"post"', tag[0], re.IGNORECASE)
            for match in ADDRESS.finditer(tag[0]):
                sends = match["what"] in {"formaction", "hx-post"} or (match["what"] == "action" and posts)
                where = f"{path.relative_to(ROOT).as_posix()}:{text.count(chr(10), 0, tag.start()) + 1}"
                found.append((where, "POST" if sends else "GET", match["to"]))
    return found


def test_links_and_forms_of_templates_lead_to_a_route() -> None:
    dead = [place for place in addresses_in_templates() if not leads_somewhere(place[2], place[1])]
    assert [(where, method, to.replace(HOLE, "{}")) for where, method, to in dead] == []


def addresses_in_code() -> list[tuple[str, str]]:
    """Every string in the program that looks like a page's address, with holes for what is filled in."""
    found = []
    for path, module in modules().items():
        if not path.startswith(("app/web/pages/", "app/letters/", "app/web/kit/chrome", "app/access", "app/demo/")):
            continue
        joined = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
        routes = {
            id(node.args[0])
            for node in ast.walk(module)
            if isinstance(node, ast.Call)
            and node.args
            and getattr(node.func, "attr", "") in {"get", "head", "options", "patch", "post"}
        }
        for node in ast.walk(module):
            text = _address(node) if id(node) not in joined | routes else None
            if text is not None and re.fullmatch(r"/[a-z][^ ]*", text):
                found.append((f"{path}:{getattr(node, 'lineno', 0)}", text))
    return found


def _address(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
    return None


def test_addresses_in_the_program_lead_to_a_route() -> None:
    dead = [
        (where, to.replace(HOLE, "{}"))
        for where, to in addresses_in_code()
        if not any(leads_somewhere(to, method) for method in ("GET", "POST", "PATCH"))
    ]
    assert dead == []


def test_every_form_that_can_be_sent_stands_on_a_page() -> None:
    """A POST that no page offers is dead, or somebody forgot its button."""
    offered = [to for _, method, to in addresses_in_templates() if method == "POST"]
    offered += [to for _, to in addresses_in_code()] + put_together()
    paths = {re.split(r"[?#]", to, maxsplit=1)[0] for to in offered}
    sent = [entry for entry in ENTRIES if entry.method == "POST"]
    unseen = [f"{entry.name} {entry.path}" for entry in sent if not any(fits(entry, path) for path in paths)]
    assert unseen == [], "\n".join(unseen)
