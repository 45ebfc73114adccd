"""What templates ask of what they are given: a walk over their trees that follows types as far as these say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from jinja2 import nodes

from tests.contracts.pages import elements, member, picked
from tests.contracts.test_templates import named_by, tree

Types = tuple[Any, ...]
SAME: Final = {"selectattr", "rejectattr", "select", "reject", "list", "sort", "reverse", "unique", "default"}
ONE_OF: Final = {"first", "last", "min", "max", "random"}
BY_NAME: Final = {"selectattr", "rejectattr", "sort", "map", "groupby", "sum", "min", "max", "unique"}


@dataclass
class Asked:
    """What the templates of a page ask for. `lacking`: attributes that are not there; `loose`: of who knows what."""

    seen: set[tuple[type, str]] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    lacking: set[str] = field(default_factory=set)
    called: set[tuple[str, str, str]] = field(default_factory=set)


@cache
def macro_of(template: str, name: str) -> tuple[str, nodes.Macro] | None:
    """Where a macro that a template knows by a name is written; it may be handed on by a neighbour."""
    parsed = tree(template)
    for macro in parsed.find_all(nodes.Macro):
        if macro.name == name:
            return template, macro
    for statement in parsed.find_all(nodes.FromImport):
        for given in statement.names:
            theirs, ours = given if isinstance(given, tuple) else (given, given)
            if ours == name:
                [source] = named_by(statement)
                return macro_of(source, theirs)
    for one in parsed.find_all(nodes.Assign):
        match one:
            case nodes.Assign(target=nodes.Tuple(items=targets), node=nodes.Tuple(items=values)):
                for target, value in zip(targets, values, strict=True):
                    if isinstance(target, nodes.Name) and target.name == name and isinstance(value, nodes.Name):
                        return macro_of(template, value.name)
    return None


@dataclass
class Walk:
    """Through a template and the parts that share its names."""

    asked: Asked
    name: str
    names: dict[str, Types]

    def template(self) -> None:
        parsed = tree(self.name)
        own = [node for node in parsed.body if not isinstance(node, nodes.Block)]
        blocks = list(parsed.find_all(nodes.Block))
        for node in own:  # what is set outside the blocks is known in them
            self.statement(node)
        for block in blocks:
            self.all(block.body)

    def statement(self, node: nodes.Node) -> None:
        match node:
            case nodes.Block() | nodes.Macro() | nodes.FromImport():
                return  # a macro is looked at where it is called
            case nodes.Include() | nodes.Extends():
                for other in sorted(named_by(node)):
                    Walk(self.asked, other, dict(self.names)).template()
            case nodes.For():
                self._loop(node)
            case nodes.Assign(target=nodes.Name(name=name)):
                self.names[name] = self.types_of(node.node)
            case _:
                self._children(node)

    def _call(self, node: nodes.Call) -> None:
        """Look at a macro with what it gets here."""
        found = macro_of(self.name, node.node.name) if isinstance(node.node, nodes.Name) else None
        given = [self.types_of(one) for one in node.args]
        named = {one.key: self.types_of(one.value) for one in node.kwargs}
        if found is None:
            self.types_of(node.node)
            return
        template, macro = found
        parameters = [one.name for one in macro.args]
        names = dict.fromkeys(parameters, ()) | dict(zip(parameters, given, strict=False)) | named
        key = (template, macro.name, str(sorted(names.items())))
        if key not in self.asked.called:
            self.asked.called.add(key)
            around = self.names if template == self.name else {}
            Walk(self.asked, template, {**around, **names}).all(macro.body)

    def all(self, found: Iterable[nodes.Node]) -> None:
        for node in found:
            self.statement(node)

    def _children(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Expr):
            self.types_of(node)
            return
        self.all(node.iter_child_nodes())

    def _loop(self, node: nodes.For) -> None:
        one = elements(self.types_of(node.iter))
        known = dict(self.names)
        match node.target:
            case nodes.Name(name=name):
                self.names[name] = one
            case nodes.Tuple(items=items):
                for item in items:
                    assert isinstance(item, nodes.Name)
                    self.names[item.name] = ()
        if node.test is not None:
            self.types_of(node.test)
        self.all([*node.body, *node.else_])
        self.names = known

    def types_of(self, node: nodes.Node) -> Types:
        """The types that an expression may have; none when nobody says."""
        match node:
            case nodes.Name(name=name):
                return self.names.get(name, ())
            case nodes.Getattr(node=of, attr=name):
                return self._attribute(self.types_of(of), name, node.lineno)
            case nodes.Getitem(node=of, arg=arg):
                self.types_of(arg)
                found = self.types_of(of)
                return found if isinstance(arg, nodes.Slice) else picked(found)
            case nodes.CondExpr(test=test, expr1=one, expr2=other):
                self.types_of(test)
                return (*self.types_of(one), *(self.types_of(other) if other is not None else ()))
            case nodes.Or(left=left, right=right) | nodes.And(left=left, right=right):
                return (*self.types_of(left), *self.types_of(right))
            case nodes.Filter():
                return self._filter(node)
            case nodes.Call():
                self._call(node)
                return ()
        for child in node.iter_child_nodes():
            self.types_of(child)
        return ()

    def _attribute(self, of: Types, name: str, line: int) -> Types:
        known = [kind for kind in of if kind not in {type(None), Any}]
        if not known:
            self.asked.loose.add(name)
            return ()
        found = {kind: member(kind, name) for kind in known}
        if all(one is None for one in found.values()):
            kinds = " or ".join(getattr(kind, "__name__", str(kind)) for kind in known)
            self.asked.lacking.add(f"{self.name}:{line}: {kinds} has no {name}")
        self.asked.seen |= {(kind, name) for kind, one in found.items() if one is not None and isinstance(kind, type)}
        return tuple(kind for one in found.values() for kind in one or ())

    def _filter(self, node: nodes.Filter) -> Types:
        of = self.types_of(node.node) if node.node is not None else ()
        given = [*node.args, *(keyword.value for keyword in node.kwargs)]
        for one in given:
            self.types_of(one)
        by = [one.value for one in given[:1] if isinstance(one, nodes.Const) and isinstance(one.value, str)]
        if node.name in BY_NAME and by:
            kinds = elements(of)
            for name in by[0].split("."):
                kinds = self._attribute(kinds, name, node.lineno)
        if node.name in SAME:
            return of
        return elements(of) if node.name in ONE_OF else ()
