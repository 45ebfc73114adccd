"""What people may submit about scholingsdagen."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.courses.training_days.rules import MakeUp
from app.kit.fields import KnownId

DAYS_MOST: Final = 60


class Coming(BaseModel):
    """The days that somebody comes to, of all that were shown; the others she cannot make. `none`: not on any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shown: Annotated[list[KnownId], Field(min_length=1, max_length=DAYS_MOST)]
    coming: Annotated[list[KnownId], Field(max_length=DAYS_MOST)] = []
    none: Literal["", "none"] = ""

    @property
    def places(self) -> frozenset[int]:
        return frozenset() if self.none else frozenset(self.coming)


class MadeUp(BaseModel):
    """Who made up for a day, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enrolment_id: KnownId
    how: MakeUp


class OtherDay(BaseModel):
    """Who comes to the day of another cohort instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enrolment_id: KnownId
    day_id: KnownId
