"""A YAML text with its positions: read strictly, checked against a model, problems told by line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.scalarint import ScalarInt
from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

from app.courses.files.problems import MOST_OF_A_FILE, Problems
from app.courses.files.wording import told, yaml_told

Model = TypeVar("Model", bound=BaseModel)
DEEPEST: Final = 40
LONGEST: Final = 200_000
"""Signs in one YAML text. The largest check we know has 9,000; the reader of YAML takes seconds for a megabyte."""
Place = tuple[int, int]


@dataclass(frozen=True)
class Document:
    """One YAML document of a file; `first_line` is the line of the file on which it begins, counted from 0."""

    file: str
    node: Any
    first_line: int = 0

    def at(self, *steps: int | str) -> Place:
        """Line and column, from 1, of the value or key that `steps` lead to; of the nearest known parent."""
        node, place = self.node, (0, 0)
        for step in steps:
            position = _position(node, step)
            if position is None:
                break
            place = position
            node = node[step]
        return self.first_line + place[0] + 1, place[1] + 1

    def problem(self, problems: Problems, steps: Iterable[int | str], sentence: str, hint: str = "") -> None:
        """Note what is wrong with the value at `steps`."""
        problems.add(self.file, *self.at(*steps), sentence, hint)

    def into(self, model: type[Model], problems: Problems) -> Model | None:
        """The document as `model`, or None when it does not fit; each misfit becomes a problem."""
        if not isinstance(self.node, CommentedMap):
            self.problem(problems, (), "Hier horen regels van de vorm ‘naam: waarde’.", "Kijk in een ander bestand.")
            return None
        try:
            return model.model_validate(plain(self.node))
        except ValidationError as wrong:
            known = _keys(self.node)
            for error in wrong.errors(include_url=False)[:MOST_OF_A_FILE]:
                steps = [step for step in error["loc"] if not isinstance(step, str) or step in known]
                sentence, hint = told(error, model)
                self.problem(problems, steps, sentence, hint)
            return None


def read_yaml(text: str, file: str, problems: Problems, *, first_line: int = 0) -> Document | None:
    """Read one YAML 1.2 document. Twice the same key, anchors, aliases and tags are problems."""
    if _refuses(text, file, problems, first_line):
        return None
    try:
        node = YAML(typ="rt").load(text)
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        problems.add(file, first_line + line + 1, column + 1, *yaml_told(broken))
    except (YAMLError, ValueError, RecursionError):
        problems.add(file, first_line + 1, 1, "Dit bestand is geen leesbare YAML.", "Kijk naar de inspringing.")
    else:
        return Document(file, node, first_line)
    return None


def _refuses(text: str, file: str, problems: Problems, first_line: int) -> bool:
    """What YAML knows and a course does not need, because it can grow or run."""
    if len(text) > LONGEST:
        problems.add(file, first_line + 1, 1, "Deze tekst is te lang.", f"Hij mag {LONGEST // 1000} kB zijn.")
        return True
    for line, content in enumerate(text.split("\n")):
        indent = len(content) - len(content.lstrip(" "))
        depth = max(indent // 2, content.count("[") + content.count("{"))
        if depth > DEEPEST:
            problems.add(file, first_line + line + 1, 1, "Deze regel zit te diep genest.", "Maak het platter.")
            return True
    if not any(sign in text for sign in "&*!"):
        return False
    try:
        for token in YAML(typ="rt").scan(text):
            if isinstance(token, AnchorToken | AliasToken | TagToken):
                mark = token.start_mark
                sign = {AnchorToken: "&", AliasToken: "*", TagToken: "!"}[type(token)]
                problems.add(
                    file,
                    first_line + mark.line + 1,
                    mark.column + 1,
                    f"Een waarde mag niet beginnen met {sign}.",
                    "Zet de tekst tussen aanhalingstekens, of schrijf hem voluit.",
                )
                return True
    except (YAMLError, RecursionError):
        return False  # reading it for real tells what is wrong, with its place
    return False


def plain(node: Any) -> Any:
    """The value without ruamel's own types."""
    match node:
        case CommentedMap():
            return {str(key) if isinstance(key, str) else key: plain(value) for key, value in node.items()}
        case CommentedSeq():
            return [plain(value) for value in node]
        case bool() | ScalarBoolean():
            return bool(node)
        case ScalarInt():
            return int(node)
        case ScalarFloat():
            return float(node)
        case str():
            return str(node)
        case _:
            return node


def _position(node: Any, step: int | str) -> Place | None:
    try:
        if isinstance(node, CommentedMap) and step in node:
            line, column = node.lc.key(step)
            return line, column
        if isinstance(node, CommentedSeq) and isinstance(step, int) and 0 <= step < len(node):
            line, column = node.lc.item(step)
            return line, column
    except (KeyError, TypeError):
        return None
    return None


def _keys(node: Any) -> set[Any]:
    """Every key in the document: pydantic also names types in a location, which are no steps."""
    if isinstance(node, CommentedMap):
        return set(node) | {key for value in node.values() for key in _keys(value)}
    if isinstance(node, CommentedSeq):
        return {key for value in node for key in _keys(value)}
    return set()


FRONT: Final = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)


def front_matter(text: str, file: str, problems: Problems) -> tuple[str, str, int] | None:
    """The YAML between the lines `---`, the Markdown after it, and the line on which that begins (from 0)."""
    found = FRONT.match(text)
    if found is None:
        problems.add(
            file,
            1,
            1,
            "Dit bestand begint niet met een kop tussen twee regels ‘---’.",
            "Zet bovenaan ---, dan title en minutes, en dan weer ---.",
        )
        return None
    return found.group(1) or "", text[found.end() :], text[: found.end()].count("\n")
