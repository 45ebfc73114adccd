"""Templates compile, are used, and bring what they need themselves."""

from __future__ import annotations

import ast
from functools import cache
from typing import Final

import pytest
from jinja2 import Environment, meta, nodes

from app.kit.i18n import LOCALES
from app.letters import desk
from app.web.kit.templates import Templates, make_templates
from tests.contracts.source import ROOT, modules

NAMES: Final = sorted(
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in {".html", ".txt", ".svg", ".xml"}
)
"""Every template, by the name that the engine knows it by."""


@cache
def pages() -> Templates:
    return make_templates(lambda path: f"/static/{path}")


def environment_of(name: str, locale: str = "nl") -> Environment:
    """Mail is written at a desk of its own, without what pages have."""
    if name.startswith("mail/"):
        return desk._environments()["nl" if locale == "nl" else "en"]
    return pages().environments["nl" if locale == "nl" else "en"]


def tree(name: str) -> nodes.Template:
    return environment_of(name).parse((ROOT / "templates" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles_in_both_languages(name: str) -> None:
    for locale in LOCALES:
        environment_of(name, locale).get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_it_brings_its_own_macros(name: str) -> None:
    """A part is also rendered alone: what it calls it must import, or be given as data with a method."""
    parsed = tree(name)
    called = {call.node.name for call in parsed.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
    own = imported_by(parsed) | {macro.name for macro in parsed.find_all(nodes.Macro)}  # blocks see them too
    unknown = called & meta.find_undeclared_variables(parsed) - own - set(environment_of(name).globals) - {"caller"}
    assert sorted(unknown) == []


def imported_by(parsed: nodes.Template) -> set[str]:
    """The names that a template takes from others."""
    names = {
        given[1] if isinstance(given, tuple) else given
        for statement in parsed.find_all(nodes.FromImport)
        for given in statement.names
    }
    return names | {statement.target for statement in parsed.find_all(nodes.Import)}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("ui/")])
def test_it_imports_nothing_in_vain(name: str) -> None:
    """The macros in ui/ may hand on those of a neighbour."""
    parsed = tree(name)
    used = {node.name for node in parsed.find_all(nodes.Name) if node.ctx == "load"}
    assert sorted(imported_by(parsed) - used) == []


def used_by_code() -> set[str]:
    """Names of templates in the program, and the fixed beginnings and ends of those it puts together."""
    return {
        node.value
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def used_by_templates() -> set[str]:
    return {other for name in NAMES for other in meta.find_referenced_templates(tree(name)) if other is not None}


def brought_along(name: str) -> set[str]:
    """A template and every other one that it extends, includes or imports, however deep."""
    found, waiting = set(), {name}
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= {other for other in meta.find_referenced_templates(tree(one)) if other} - found
    return found


def included(name: str) -> set[str]:
    """A template and every other one that shares its names: what it extends or includes, however deep."""
    found, waiting = set(), {name}
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= {
            other for node in tree(one).find_all((nodes.Extends, nodes.Include)) for other in named_by(node)
        } - found
    return found


def named_by(node: nodes.Node) -> set[str]:
    """The templates that a statement may mean; a name that is put together means all with its beginning and end."""
    match getattr(node, "template", None):
        case nodes.Const(value=str(name)):
            return {name}
        case nodes.Concat(nodes=[nodes.Const(value=str(start)), *_, nodes.Const(value=str(end))]):
            return {name for name in NAMES if name.startswith(start) and name.endswith(end)}
    raise TypeError(f"line {node.lineno}: which template is this?")


def put_together() -> list[tuple[str, str]]:
    """(beginning, end) of names that are put together, such as f"design/_{part}.html"."""
    found = []
    for module in modules().values():
        for node in ast.walk(module):
            if isinstance(node, ast.JoinedStr) and len(node.values) > 1:
                first, last = node.values[0], node.values[-1]
                if isinstance(first, ast.Constant) and isinstance(last, ast.Constant) and "/" in str(first.value):
                    found.append((str(first.value), str(last.value)))
    for name in NAMES:
        for parts in tree(name).find_all(nodes.Concat):
            begin, end = parts.nodes[0], parts.nodes[-1]
            if isinstance(begin, nodes.Const) and isinstance(end, nodes.Const):
                found.append((str(begin.value), str(end.value)))
    return found


def test_no_template_lies_unused() -> None:
    used = used_by_code() | used_by_templates()
    ends = [(start, end) for start, end in put_together() if end.endswith((".html", ".txt"))]
    unused = [
        name
        for name in NAMES
        if not name.startswith("mail/")  # by test_words
        and name not in used
        and not any(name.startswith(start) and name.endswith(end) for start, end in ends)
    ]
    assert unused == []


def test_every_template_that_is_named_is_there() -> None:
    named = {name for name in used_by_code() if name.endswith(".html") and "/" in name and " " not in name}
    assert sorted((named | used_by_templates()) - set(NAMES) - {""}) == []
