"""What people may hand in about themselves and each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.kit.text import Line, OptionalLine
from app.people.rules import read_address


def _address(value: str) -> str:
    address = read_address(value)
    if address is None:
        raise PydanticCustomError("bad_address", "not one address")
    return address


def _optional_address(value: str) -> str:
    return _address(value) if value else value


Next = Annotated[str, Field(max_length=500)]
Address = Annotated[Line, AfterValidator(_address)]
OptionalAddress = Annotated[OptionalLine, AfterValidator(_optional_address)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonDetails(_Input):
    """Somebody's details, as an admin writes them."""

    name: Line
    email: OptionalAddress = ""
    phone: OptionalLine = ""
    organisation: OptionalLine = ""


class OwnDetails(_Input):
    """Somebody's details, as she writes them herself."""

    name: Line
    phone: OptionalLine = ""
    language: Literal["nl", "en"] = "nl"


Secret = Annotated[str, Field(min_length=1, max_length=1_000)]
"""A password as typed: no sign is taken away."""


class SignInWithPassword(_Input):
    """The form at the door."""

    email: Address
    password: Secret
    next: Next = ""


class AskCode(_Input):
    """Whom to mail a code. The door's form carries a password too, which is not looked at."""

    email: Address
    password: Annotated[str, Field(max_length=1_000)] = ""
    next: Next = ""


class TypedCode(_Input):
    """The code from the mail."""

    code: Line
    next: Next = ""


class Confirmation(_Input):
    """The password once more."""

    password: Secret
    next: Next = ""


class NewPasswordWithCode(_Input):
    """A new password, with the code from the mail."""

    code: Line
    password: Secret


class NewPassword(_Input):
    """A new password for somebody signed in."""

    password: Secret


class Acceptance(_Input):
    """Accepting an invitation; a code only from somebody who has an account already."""

    code: OptionalLine = ""


class Leaving(_Input):
    """The tick that says: I know what goes."""

    sure: bool = False
