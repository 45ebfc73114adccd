"""What a job handler gets, and the shape of a handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.ids import Keyring
from app.kit.storage import Storage
from app.letters.desk import Desk
from app.settings import Settings


class GiveUp(Exception):
    """The job can never succeed; do not try again."""


@dataclass(frozen=True)
class Work:
    """The parts of the program that jobs may use. A handler opens short transactions around slow work."""

    settings: Settings
    clock: Clock
    database: Database
    storage: Storage
    keyring: Keyring

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def desk(self) -> Desk:
        return Desk(self.settings, self.keyring, self.now)


Handler = Callable[[Work, dict[str, Any]], None]
LastResort = Callable[[Work, dict[str, Any], Exception], None]
"""What happens when a job failed for the last time, so that nothing waits for it for ever."""


@dataclass(frozen=True)
class Periodic:
    """A job that comes back: `period` gives the part of its key that changes when it is due again."""

    kind: str
    period: Callable[[datetime], str]
