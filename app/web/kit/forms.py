"""A form as it came in: its raw values, the checked value when it is right, and sentences when it is not."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, get_origin

from markupsafe import Markup
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, UploadFile

from app.kit.errors import Refused
from app.kit.i18n import Locale
from app.kit.naming import Kind, finds_in
from app.kit.text import is_shown
from app.web.kit.words import sentence

Given = TypeVar("Given", bound=BaseModel)
ABOUT_PEOPLE: Final = "about_people"
"""Names the fields of a form where people write about their work, in which no resident is named."""
OWN_FIELDS = frozenset({"form_key", ABOUT_PEOPLE})


@dataclass(frozen=True)
class Line:
    """One line of the summary above a form. `target`: the id of the field; empty when the page draws none."""

    words: str
    target: str


@dataclass
class Submitted(Generic[Given]):
    """What templates see of a form. `value` is there when `valid`; `raw` always, so nothing typed is lost."""

    raw: dict[str, list[str]]
    locale: Locale
    value: Given | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def blank(cls, locale: Locale = "nl", **initial: object) -> Submitted[Given]:
        """A form nobody filled in yet, with what we know already."""
        raw = {
            name: [str(item) for item in given] if isinstance(given, list | tuple) else [str(given)]
            for name, given in initial.items()
            if given is not None
        }
        return cls(raw, locale)

    @classmethod
    def read(cls, model: type[Given], data: FormData, locale: Locale = "nl") -> Submitted[Given]:
        """Check the form against `model`; files are not part of it. Unknown fields are errors."""
        typed: dict[str, list[str]] = {}
        for name, given in data.multi_items():
            if not isinstance(given, UploadFile) and name != ABOUT_PEOPLE:
                typed.setdefault(name, []).append(given)
        raw = {name: [_shown(item) for item in given] for name, given in typed.items()}
        form = cls(raw, locale, key=(raw.get("form_key") or [secrets.token_urlsafe(18)])[0])
        values = {
            name: given if _is_list(model, name) else given[-1]
            for name, given in typed.items()
            if name not in OWN_FIELDS
        }
        try:
            form.value = model.model_validate(values)
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False):
                form._note(error, model)
        return form

    @property
    def valid(self) -> bool:
        return self.value is not None and not self.problems

    @property
    def given(self) -> Given:
        """The checked value. Raises: ValueError when the form is not valid."""
        if self.value is None:
            raise ValueError("the form is not valid")
        return self.value

    @property
    def errors(self) -> list[tuple[str, str]]:
        return self.problems

    def get(self, name: str, default: str = "") -> str:
        return (self.raw.get(name) or [default])[-1]

    def getlist(self, name: str) -> list[str]:
        return self.raw.get(name, [])

    def error(self, name: str) -> str | None:
        return next((words for about, words in self.problems if about == name), None)

    def drawn(self, name: str, label: str, target: str) -> None:
        """A template draws a field: what people read beside it, and the id of its (first) input."""
        plain = label.striptags() if isinstance(label, Markup) else label
        self.places[name] = (plain.strip().rstrip(".:?!"), target)

    @property
    def summary(self) -> list[Line]:
        """What there is to mend, each thing once, beginning with what its field is called on the page.

        The page draws its fields below this, so it is drawn a second time (`Responder`).
        """
        lines: dict[Line, None] = {}
        for name, words in self.problems:
            label, target = self.places.get(name, ("", ""))
            lines[Line(words if label in words else f"{label}: {words}", target)] = None
        return list(lines)

    def refuse(self, refused: Refused) -> Submitted[Given]:
        """Note what an action refused, at its field."""
        self.problems.append((refused.field or "", sentence(refused.code, refused.facts, self.locale)))
        return self

    def add(self, name: str, code: str, **facts: object) -> None:
        """Note a problem that only the page can see."""
        self.problems.append((name, sentence(code, facts, self.locale)))

    def _note(self, error: ErrorDetails, model: type[BaseModel]) -> None:
        name = str(error["loc"][0]) if error["loc"] else ""
        if name and name not in model.model_fields:
            name = ""
        if self.error(name) is None:
            facts: Mapping[str, Any] = error.get("ctx") or {}
            empty = error["input"] == "" and error["type"].endswith("_parsing")
            code = "missing" if empty else error["type"]
            if error["type"] == "missing":
                code = "not_sent"  # boxes to tick that nobody ticked are not sent at all
            self.problems.append((name, sentence(code, dict(facts), self.locale)))


def files(data: FormData, name: str) -> Iterable[UploadFile]:
    """The files that were really chosen under `name`; browsers send an empty part when there is none."""
    return [item for item in data.getlist(name) if isinstance(item, UploadFile) and item.filename]


def named_in(data: FormData) -> frozenset[Kind]:
    """What stands in the fields that are about people as if somebody were named by it."""
    names = {name for name in data.getlist(ABOUT_PEOPLE) if isinstance(name, str)}
    texts = [text for name, text in data.multi_items() if name in names and isinstance(text, str)]
    return frozenset(find.kind for text in texts for find in finds_in(text))


def _shown(text: str) -> str:
    """What was typed as a page may show it again: without the signs that no HTML can hold."""
    return "".join(filter(is_shown, text))


def _is_list(model: type[BaseModel], name: str) -> bool:
    known = model.model_fields.get(name)
    return known is not None and get_origin(known.annotation) in {list, tuple, frozenset, set}
