"""A page and its template say the same: what is shown is there, and what is there is shown.

Pages and templates are paired by reading the source: the annotations that mypy checks say what each `render` gets.
Looking at pages as they are made in tests was not chosen: it sees only the branches that a test happens to take.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Final

import pytest
from jinja2 import meta, nodes

from tests.contracts.pages import Made, Reader, made_pages, member, reachable
from tests.contracts.source import modules
from tests.contracts.template_types import Asked, Walk
from tests.contracts.test_templates import NAMES, environment_of, included, tree

ALWAYS: Final = {"page", "chrome"}
AROUND: Final = {"sample"}
"""Attributes that the kit reads of whatever page it gets."""
MADE: Final = [pytest.param(made, id=made.where) for made in made_pages()]


@cache
def asked_of(made: Made) -> Asked:
    asked = Asked()
    for name in made.templates | made.parts:
        Walk(asked, name, {"page": made.page}).template()
    return asked


def test_every_page_is_found() -> None:
    shown = {name for made in made_pages() for name in made.templates}
    whole = {
        name
        for name in NAMES
        if list(tree(name).find_all(nodes.Extends)) and not name.startswith(("layouts/", "mail/"))
    }
    assert shown == whole


@pytest.mark.parametrize("made", MADE)
def test_what_a_template_shows_is_there(made: Made) -> None:
    assert sorted(asked_of(made).lacking) == []


@pytest.mark.parametrize("made", MADE)
def test_a_template_gets_what_it_names_and_nothing_more(made: Made) -> None:
    for name in sorted(made.templates):
        wanted = named_in(name)
        known = made.given | ALWAYS | set(environment_of(name).globals)
        assert sorted(wanted - known) == [], "the template names what nobody gives"
        assert sorted(made.given - made.shared - wanted) == [], "nobody names what is given"
    for name in sorted(made.parts):
        known = made.given | ALWAYS | set(environment_of(name).globals)
        assert sorted(named_in(name) - known) == [], "the part names what only the whole page has"


def test_names_that_pages_share_are_named_by_one_of_them() -> None:
    for path in {made.where.partition(":")[0] for made in made_pages()}:
        here = [made for made in made_pages() if made.where.startswith(f"{path}:")]
        wanted = {name for made in here for template in made.templates for name in named_in(template)}
        assert sorted({name for made in here for name in made.shared} - wanted) == [], path


@cache
def named_in(name: str) -> frozenset[str]:
    """The names that a template and the parts which share them take from outside."""
    wanted: set[str] = set()
    own: set[str] = set()
    for one in included(name):
        parsed = tree(one)
        wanted |= meta.find_undeclared_variables(parsed)
        own |= {node.name for node in parsed.find_all(nodes.Name) if node.ctx == "store"}
        own |= {macro.name for macro in parsed.find_all(nodes.Macro)} | {"caller"}
        own |= {
            given[1] if isinstance(given, tuple) else given
            for statement in parsed.find_all(nodes.FromImport)
            for given in statement.names
        }
    return frozenset(wanted - own)


def test_what_a_page_holds_is_shown_or_read() -> None:
    """So that no page asks the database for what nobody sees. Domain values (`rules`) are not made for a page."""
    seen = {one for made in made_pages() for one in asked_of(made).seen} | read_in_python()[0]
    idle = []
    for kind, loose in sorted(held().items(), key=lambda one: str(one[0])):
        idle += [
            f"{kind.__module__}.{kind.__name__}.{one.name}"
            for one in fields(kind)
            if (kind, one.name) not in seen
            and one.name not in loose | AROUND
            and one.name not in read_in_python()[1].get(kind.__module__, ())
        ]
    assert idle == [], "\n".join(idle)


def held() -> dict[type, set[str]]:
    """The dataclasses that pages hold, each with what is asked there of things whose type nobody says.

    Of a page itself every template knows the type.
    """
    found: dict[type, set[str]] = {}
    for made in made_pages():
        for kind in reachable(made.page):
            if "rules" not in kind.__module__.split("."):
                found.setdefault(kind, set()).update(asked_of(made).loose if kind not in made.page else ())
    return found


@cache
def read_in_python() -> tuple[set[tuple[type, str]], dict[str, set[str]]]:
    """(class, attribute) read in the program; and by module, what is read of who knows what near it.

    Near: in the module itself, and in those that import from it.
    """
    seen: set[tuple[type, str]] = set()
    loose: dict[str, set[str]] = {}
    for path, module in modules().items():
        near = {path.removesuffix(".py").replace("/", ".")} | set(imports(module))
        for reader, node in reads(path, module):
            try:
                kinds = reader.types_of(node.value)
                known = [kind for kind in kinds if isinstance(kind, type) and member(kind, node.attr) is not None]
            except (TypeError, AssertionError, AttributeError, NameError, KeyError):
                known = []
            seen |= {(kind, node.attr) for kind in known}
            if not known:
                for name in near:
                    loose.setdefault(name, set()).add(node.attr)
    return seen, loose


def imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reads(path: str, module: ast.Module) -> Iterator[tuple[Reader, ast.Attribute]]:
    """Every attribute that is read in a function of a module, with a reader of that function."""
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    owners: list[ast.Module | ast.ClassDef] = [module, *classes]
    for owner in owners:
        for function in owner.body:
            if isinstance(function, ast.FunctionDef):
                reader = Reader(path, function, owner.name if isinstance(owner, ast.ClassDef) else "")
                for node in ast.walk(function):
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                        yield reader, node
