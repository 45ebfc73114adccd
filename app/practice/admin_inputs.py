"""What an admin may decide about practice: who takes people over, more time, one more try."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    create_model,
)

from app.courses.rules import EXTENSION_MOST
from app.kit.fields import Day, KnownId, OptionalDay, OptionalId
from app.kit.ids import read_id
from app.kit.text import Line
from app.practice.rules.handover import HandoverReason

HANDOVER_MOST: Final = 500


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Handover(_Form):
    """Who takes over from a coach: `to_<enrolment>` fields are added for who stands in the form; empty: she stays.

    `how`: until a day, or for good. `do` says which button was pressed: look or send.
    """

    reason: HandoverReason
    how: Literal["until", "good"]
    back_on: OptionalDay = None
    do: str = ""

    def chosen(self) -> dict[int, int | None]:
        """The new coach of each enrolment that stood in the form."""
        return {
            int(name.removeprefix("to_")): getattr(self, name)
            for name in type(self).model_fields
            if name.startswith("to_")
        }


def handover_form(names: Iterable[str]) -> type[Handover]:
    """The form for those who stood in it; names that are no such field stay unknown."""
    people = [name for name in names if (id_ := read_id(name.removeprefix("to_"))) and name == f"to_{id_}"]
    fields: dict[str, Any] = dict.fromkeys(people[:HANDOVER_MOST], (OptionalId, None))
    return create_model("Handover", __base__=Handover, **fields)


class BackOn(_Form):
    """Another day on which people come back; `how` as with handing over."""

    how: Literal["until", "good", "now"]
    back_on: OptionalDay = None


class NewCoach(_Form):
    """Another coach for one person, with a reason in words."""

    coach_id: KnownId
    reason: Line


class MoreDays(_Form):
    """More days for a training."""

    days: Annotated[int, Field(ge=1, le=EXTENSION_MOST)]
    reason: Line


class LaterPiece(_Form):
    """Another day for the piece that was asked for."""

    by_when: Day
    reason: Line


class OnceMore(_Form):
    """One more attempt."""

    reason: Line
