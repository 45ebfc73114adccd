"""Reading our own source: calls by name with what stands in them, and the words of templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Call:
    """One call in app/: where it stands and the node."""

    where: str
    node: ast.Call

    def texts(self, position: int) -> set[str]:
        """Every string that may be the argument at `position`: a constant, or both sides of a condition."""
        if position >= len(self.node.args):
            return set()
        return _strings(self.node.args[position], self.where.partition(":")[0])

    @property
    def keywords(self) -> set[str | None]:
        """Names of the keyword arguments; None when there is a `**`."""
        return {keyword.arg for keyword in self.node.keywords}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the program, by path."""
    files = sorted((ROOT / "app").rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def calls(*names: str, under: str = "app/") -> Iterator[Call]:
    """Calls of a function by its last name (`post` finds `outbox.post` too)."""
    for path, module in modules().items():
        if not path.startswith(under):
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and _last_name(node.func) in names:
                yield Call(f"{path}:{node.lineno}", node)


def strings(*, without: str = "\0") -> set[str]:
    """Every string constant in the program, outside the modules whose path starts with `without`."""
    found: set[str] = set()
    for path, module in modules().items():
        if not path.startswith(without):
            found |= {
                node.value
                for node in ast.walk(module)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return found


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def named() -> dict[str, dict[str, set[str]]]:
    """The strings that a name may stand for, by module."""
    found: dict[str, dict[str, set[str]]] = {}
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        found.setdefault(path, {}).setdefault(target.id, set()).update(_plain(node.value))
            elif isinstance(node, ast.FunctionDef):
                for name, value in _handed_in(node, module):
                    found.setdefault(path, {}).setdefault(name, set()).update(_plain(value))
    return found


def _handed_in(function: ast.FunctionDef, module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What calls in the same module give for each parameter."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _last_name(node.func) == function.name:
            yield from zip([argument.arg for argument in function.args.args], node.args, strict=False)
            yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)


def _plain(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _plain(node.body)
        yield from _plain(node.orelse)


def _strings(node: ast.expr, path: str) -> set[str]:
    name = _last_name(node)
    if not name:
        return set(_plain(node))
    if name in (here := named().get(path, {})):
        return here[name]
    return set().union(*[known[name] for known in named().values() if name in known]) if name.isupper() else set()
