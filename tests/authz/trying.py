"""How one route is tried, and forms that several areas send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.authz.world import World

Data = Callable[["World"], dict[str, Any]]


@dataclass(frozen=True)
class Try:
    """How one route is tried: other things than usual in its path, what its form says, which files go along."""

    path: dict[str, str] = field(default_factory=dict)
    form: Data = lambda world: {}  # noqa: ARG005 - a form without fields
    files: Callable[[World], dict[str, Any]] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


def says(**fields: Any) -> Data:
    """A form with fixed words."""
    return lambda world: fields  # noqa: ARG005


def day_of(world: World, ahead: int) -> str:
    """A day so many days from today, as a form sends it."""
    day: date = world.things["today"] + timedelta(days=ahead)
    return day.isoformat()


def meeting_form(world: World, **changed: Any) -> dict[str, Any]:
    """The form of a meeting of a round."""
    given = {"starts": "13:30", "ends": "15:30", "net_minutes": "90", "seats": "8", "venue": "De Pit"}
    return given | {"day": day_of(world, 30), "address": "Plein 2"} | changed
