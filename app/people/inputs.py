"""What people may hand in about themselves and each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.kit.fields import KnownId, OptionalId
from app.kit.text import Line, OptionalLine, OptionalParagraph, Paragraph, PersonName
from app.people.rules import Role, read_address


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

    name: PersonName
    email: OptionalAddress = ""
    phone: OptionalLine = ""
    organisation: OptionalLine = ""


class OwnDetails(_Input):
    """Somebody's details, as she writes them herself."""

    name: PersonName
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


class SecondStep(_Input):
    """Six digits from the app, or a code from paper when the phone is not at hand."""

    code: OptionalLine = ""
    recovery: OptionalLine = ""
    next: Next = ""


class NewApp(_Input):
    """The digits that a new app shows: it works."""

    code: Line
    next: Next = ""


class SecondFactorReset(_Input):
    """Why an admin takes somebody's second factor away."""

    reason: Paragraph


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


Number = Annotated[OptionalLine, Field(max_length=40)]


class Registrations(_Input):
    """The own numbers in registers, as text; empty for none."""

    skj: Number = ""
    registerplein: Number = ""
    venvn: Number = ""
    other: Number = ""
    other_name: Annotated[OptionalLine, Field(max_length=60, validate_default=True)] = ""

    @field_validator("other_name")
    @classmethod
    def _named(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("other") and not value:
            raise PydanticCustomError("register_unnamed", "a number without a register")
        return value


class NewFeed(_Input):
    """What to call a calendar that will fetch the own appointments."""

    label: Annotated[Line, Field(max_length=60)]


class Leaving(_Input):
    """The tick that says: I know what goes."""

    sure: bool = False


class InviteToAccount(_Input):
    """Whom to invite with which words; `step` says whether to show the letter or send it."""

    person: Annotated[list[KnownId], Field(min_length=1, max_length=200)]
    own_text: OptionalParagraph = ""
    step: Literal["preview", "send"] = "preview"


class RoleChange(_Input):
    """A role to give or take, for an organisation (contact) or an intervention (coach)."""

    role: Role
    organisation_id: OptionalId = None
    intervention: Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9-]*$")] = ""


class ImportList(_Input):
    """A list of people as text. `step`: check it (`again`: after mending), back to the text, or take it over."""

    text: Annotated[str, Field(max_length=5_000_000)] = ""
    intervention_id: OptionalId = None
    step: Literal["check", "again", "edit", "import"] = "check"
    leave_out: OptionalId = None


class NewOrganisation(_Input):
    """An employer."""

    name: Line
    city: OptionalLine = ""
