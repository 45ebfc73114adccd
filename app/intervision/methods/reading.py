"""The methods and agreements of intervision, from the files beside this one; checked when they are first read."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.kit.i18n import Locale

HERE: Final = Path(__file__).parent
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,29}$")]


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Checked):
    """One text in every language of the program."""

    nl: Text
    en: Text

    def of(self, locale: Locale) -> str:
        return self.en if locale == "en" else self.nl


class Step(_Checked):
    """One step: how long, what it is called, and what the gespreksleider does or says."""

    minutes: int = Field(ge=1, le=60)
    name: Words
    say: Words


class Method(_Checked):
    """A way of talking about a case. The steps take as long together as the method says."""

    slug: Slug
    minutes: int = Field(ge=15, le=150)
    name: Words
    use: Words
    steps: tuple[Step, ...] = Field(min_length=3, max_length=12)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(step.minutes for step in self.steps)
        if total != self.minutes:
            raise ValueError(f"{self.slug}: the steps take {total} minutes, not {self.minutes}")
        return self


class Agreement(_Checked):
    """What people agree on; a version is accepted by each person for herself."""

    number: int = Field(ge=1)
    lines: tuple[Words, ...] = Field(min_length=1, max_length=12)


class _Methods(_Checked):
    method: tuple[Method, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.slug for one in self.method}) != len(self.method):
            raise ValueError("two methods with one slug")
        return self


class _Agreements(_Checked):
    version: tuple[Agreement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _counts_up(self) -> Self:
        if [one.number for one in self.version] != list(range(1, len(self.version) + 1)):
            raise ValueError("versions count up from 1")
        return self


@cache
def methods() -> dict[str, Method]:
    """Every method by its slug, the one that fits nearly always first. Raises: ValidationError for a wrong file."""
    read = _Methods.model_validate(tomllib.loads((HERE / "methods.toml").read_text(encoding="utf-8")))
    return {one.slug: one for one in read.method}


@cache
def agreements() -> Agreement:
    """What people agree on now: the newest version. Raises: ValidationError for a wrong file."""
    read = _Agreements.model_validate(tomllib.loads((HERE / "agreements.toml").read_text(encoding="utf-8")))
    return read.version[-1]
