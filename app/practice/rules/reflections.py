"""Looking back in five steps and a lesson learned: STARR with transfer (domain.md, findings 4). Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.practice.rules.forms import Gap

PARTS: Final = ("situation", "task", "action", "result", "reflection", "transfer")
NEEDED: Final = PARTS[:5]
"""What somebody takes along to another day may still be open when she hands in."""


@dataclass(frozen=True)
class Starr:
    """What somebody writes when she looks back on one moment."""

    situation: str = ""
    task: str = ""
    action: str = ""
    result: str = ""
    reflection: str = ""
    transfer: str = ""

    @classmethod
    def of(cls, row: object) -> Starr:
        """The words of whatever has columns of these names."""
        return cls(**{name: getattr(row, name) for name in PARTS})

    def as_facts(self) -> dict[str, str]:
        return asdict(self)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Each part that has words, in order: its name and the words."""
        return tuple((name, text) for name in PARTS if (text := getattr(self, name)))

    @property
    def filled(self) -> int:
        """How many of the needed parts are written."""
        return sum(bool(getattr(self, name)) for name in NEEDED)

    @property
    def whole(self) -> bool:
        return self.filled == len(NEEDED)

    def digest(self, salt: str) -> str:
        """What stays when the words go: SHA-256 of salt and words (architecture.md 6)."""
        return hashlib.sha256(
            (salt + json.dumps(self.as_facts(), sort_keys=True, ensure_ascii=False)).encode()
        ).hexdigest()


def reflection_gaps(written: Mapping[str, str]) -> list[Gap]:
    """The needed parts that nobody wrote yet."""
    return [Gap("reflection_missing", name) for name in NEEDED if not written.get(name)]


def differing(saved: Starr, typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Where what is saved differs from what was typed: the part, the saved words, the typed ones."""
    return [
        (name, getattr(saved, name), typed.get(name, ""))
        for name in PARTS
        if getattr(saved, name) != typed.get(name, "")
    ]
