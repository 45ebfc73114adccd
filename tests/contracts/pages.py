"""What pages are made of, read from the source: each `render(template, page, name=...)` with the type of its page."""

from __future__ import annotations

import ast
import importlib
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, Final

from tests.contracts.source import ROOT, modules

Part = Callable[[Iterable[Any]], tuple[Any, ...]]
RENDERING: Final = {"render", "invalid"}
OWN: Final = {"status", "part"}  # what `render` takes for itself
PLACES: Final = ("app/web/pages/", "app/web/kit/errors.py", "app/web/kit/lessons.py")


@dataclass(frozen=True)
class Made:
    """One page as the program makes it. `given`: the names that its template gets beside page and chrome.

    `shared`: those of them that stand in a dict for several pages of the module.
    """

    where: str
    templates: frozenset[str]
    parts: frozenset[str]
    page: tuple[Any, ...]
    given: frozenset[str]
    shared: frozenset[str]


@cache
def made_pages() -> tuple[Made, ...]:
    """Every page that the program makes. Raises: TypeError where the source does not say what its page is."""
    found = []
    for path, module in modules().items():
        if path.startswith(PLACES):
            for function in ast.walk(module):
                if isinstance(function, ast.FunctionDef):
                    found += [_made(path, module, function, node) for node in _renders(function)]
    return tuple(found)


def _renders(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RENDERING:
            yield node


def _made(path: str, module: ast.Module, function: ast.FunctionDef, node: ast.Call) -> Made:
    where = f"{path}:{node.lineno}"
    reader = Reader(path, function)
    parts = {text for keyword in node.keywords if keyword.arg == "part" for text in _written(keyword.value)}
    named = {keyword.arg for keyword in node.keywords if keyword.arg} - OWN
    spread = [_keys(keyword.value, module, where) for keyword in node.keywords if not keyword.arg]
    shared = frozenset(name for names in spread for name in names)
    page = reader.types_of(node.args[1]) if len(node.args) > 1 else (type(None),)
    return Made(where, frozenset(reader.texts(node.args[0])), frozenset(parts), page, shared | named, shared)


def _written(node: ast.expr) -> set[str]:
    """The words that stand in an expression itself: one text, or one of two."""
    if isinstance(node, ast.IfExp):
        return _written(node.body) | _written(node.orelse)
    return {str(node.value)} if isinstance(node, ast.Constant) else set()


def _keys(node: ast.expr, module: ast.Module, where: str) -> set[str]:
    """The names in what stands after `**`: a function of the same module that gives a dict with written-out keys."""
    name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef) and function.name == name:
            for given in ast.walk(function):
                if isinstance(given, ast.Return) and isinstance(given.value, ast.Dict):
                    return {str(key.value) for key in given.value.keys if isinstance(key, ast.Constant)}
    raise TypeError(f"{where}: nobody can read which names ** gives")


@dataclass(frozen=True)
class Reader:
    """Finds types of expressions in one function, from annotations only: those are checked by mypy."""

    path: str
    function: ast.FunctionDef
    owner: str = ""

    @property
    def itself(self) -> Any:
        """The function; of a method or property what its class holds."""
        found = (
            getattr(getattr(self.module, self.owner), self.function.name)
            if self.owner
            else getattr(self.module, self.function.name)
        )
        return found.fget if isinstance(found, property) else found

    @property
    def module(self) -> types.ModuleType:
        return importlib.import_module(self.path.removesuffix(".py").replace("/", "."))

    def texts(self, node: ast.expr) -> set[str]:
        """The words that an expression may be: written here, a constant of the module, or handed in by its callers."""
        if isinstance(node, ast.Constant):
            return {str(node.value)}
        assert isinstance(node, ast.Name), ast.unparse(node)
        places = [number for number, one in enumerate(self.function.args.args) if one.arg == node.id]
        if not places:
            return {getattr(self.module, node.id)}
        calls = [one for one in ast.walk(modules()[self.path]) if isinstance(one, ast.Call)]
        ours = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == self.function.name]
        return {text for one in ours for text in self.texts(one.args[places[0]])}

    def types_of(self, node: ast.expr) -> tuple[Any, ...]:
        """What an expression may be. Raises: TypeError when the source does not say."""
        match node:
            case ast.Constant():
                return (type(node.value),)
            case ast.IfExp():
                return (*self.types_of(node.body), *self.types_of(node.orelse))
            case ast.BoolOp():
                return tuple(one for value in node.values for one in self.types_of(value))
            case ast.Name():
                return self._named(node)
            case ast.Attribute():
                return tuple(kind for one in self.types_of(node.value) for kind in member(one, node.attr) or ())
            case ast.Call():
                return given_back(self._callee(node.func))
        raise TypeError(f"{self.path}:{node.lineno}: {ast.unparse(node)}")

    def _named(self, node: ast.Name) -> tuple[Any, ...]:
        arguments = [*self.function.args.args, *self.function.args.kwonlyargs]
        if self.owner and arguments and node.id == arguments[0].arg == "self":
            return (getattr(self.module, self.owner),)
        if node.id in {one.arg for one in arguments}:
            return alternatives(hints(self.itself)[node.id])
        found: list[Any] = []
        for target, value, part in _bindings(self.function):
            if isinstance(target, ast.Name) and target.id == node.id:
                found += part(self.types_of(value))
        if not found:
            raise TypeError(f"{self.path}:{node.lineno}: where does {node.id} come from?")
        return tuple(found)

    def _callee(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return getattr(self.module, node.id)
        assert isinstance(node, ast.Attribute), ast.unparse(node)
        return getattr(self._callee(node.value), node.attr)


@cache
def _bindings(function: ast.FunctionDef) -> list[tuple[ast.expr, ast.expr, Part]]:
    """What gets a name in a function: the name, an expression, and which part of that it stands for."""
    found: list[tuple[ast.expr, ast.expr, Part]] = []
    for one in ast.walk(function):
        match one:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                found += [(name, value, tuple) for name, value in zip(names, values, strict=True)]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=value):
                found += [(name, value, partial(_nth, place)) for place, name in enumerate(names)]
            case ast.Assign(targets=targets, value=value):
                found += [(target, value, tuple) for target in targets]
            case ast.NamedExpr(target=target, value=value):
                found.append((target, value, tuple))
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                found.append((target, value, elements))
    return found


def _nth(place: int, kinds: Iterable[Any]) -> tuple[Any, ...]:
    """What stands at a place of tuples."""
    tuples = [typing.get_args(kind) for kind in kinds if typing.get_origin(kind) is tuple]
    return tuple(one for within in tuples if place < len(within) for one in alternatives(within[place]))


def given_back(callee: Any) -> tuple[Any, ...]:
    """What calling something gives."""
    return (callee,) if isinstance(callee, type) else alternatives(hints(callee)["return"])


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The types that a union is one of, each once; `X | None` is X and NoneType."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return typing.get_args(kind)
    return (kind,)


@cache
def _names_in(module_name: str) -> dict[str, Any]:
    """What annotations of a module may name, also what it imports for the type checker only."""
    module = importlib.import_module(module_name)
    names = dict(vars(module))
    path = str(getattr(module, "__file__", "")).removeprefix(f"{ROOT}/")
    for node in ast.walk(modules().get(path, ast.Module([], []))):
        if isinstance(node, ast.ImportFrom) and node.module:
            source = importlib.import_module(node.module)
            names |= {
                alias.asname or alias.name: getattr(source, alias.name)
                for alias in node.names
                if hasattr(source, alias.name)
            }
    return names


def hints(of: Any) -> dict[str, Any]:
    """The annotations of a function or class, as types."""
    plain = getattr(of, "__wrapped__", of)
    return typing.get_type_hints(plain, localns=_names_in(plain.__module__))


def member(kind: Any, name: str) -> tuple[Any, ...] | None:
    """The types of an attribute; None when there is no such attribute; empty when nobody says what it is."""
    plain = typing.get_origin(kind) or kind
    found = getattr(plain, name, None)
    if isinstance(found, property) and found.fget is not None:
        return alternatives(hints(found.fget).get("return", Any))
    if name in getattr(plain, "__annotations__", {}) or name in getattr(plain, "__dataclass_fields__", {}):
        return alternatives(hints(plain)[name])
    if isinstance(plain, type) and issubclass(plain, Enum):
        return () if name in {"name", "value"} or hasattr(plain, name) else None
    if isinstance(plain, type) and issubclass(plain, dict) and not hasattr(plain, name):
        return picked((kind,))  # Jinja looks for a key of that name
    return () if hasattr(plain, name) else None


def elements(kinds: Iterable[Any]) -> tuple[Any, ...]:
    """What one meets in a loop over something: of a dict its keys."""
    return _within(kinds, 0)


def picked(kinds: Iterable[Any]) -> tuple[Any, ...]:
    """What something gives for a key or a place: of a dict its values."""
    return _within(kinds, -1)


def _within(kinds: Iterable[Any], place: int) -> tuple[Any, ...]:
    found: list[Any] = []
    for kind in kinds:
        origin, within = typing.get_origin(kind), [one for one in typing.get_args(kind) if one is not Ellipsis]
        of_one_kind = len(within) == 1 or (origin is not None and issubclass(origin, dict))
        if origin is not None and issubclass(origin, Iterable) and of_one_kind:
            found += alternatives(within[place])
    return tuple(found)


def reachable(kinds: Iterable[Any]) -> set[type]:
    """The dataclasses that somebody who holds one of these can come to, over their fields and properties."""
    found: set[type] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting += [one for one in typing.get_args(kind) if one is not Ellipsis]
        if is_dataclass(kind) and isinstance(kind, type) and kind not in found:
            found.add(kind)
            waiting += [one for annotation in hints(kind).values() for one in alternatives(annotation)]
            waiting += [one for name in vars(kind) for one in member(kind, name) or ()]
    return found
