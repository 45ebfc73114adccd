"""What is wrong with a course folder: where it stands, what it is and what to do, in Dutch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

MOST_OF_A_FILE: Final = 100
"""Who has more than so many mends these first: a list of thousands helps nobody."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    sentence: str
    hint: str = ""

    def __str__(self) -> str:
        told = f"{self.file}:{self.line}:{self.column}: {self.sentence}"
        return f"{told} {self.hint}" if self.hint else told


@dataclass
class Problems:
    """Collects problems, so that an author sees all of them at once."""

    found: dict[Problem, None] = field(default_factory=dict)
    _of_file: Counter[str] = field(default_factory=Counter)

    def add(self, file: str, line: int, column: int, sentence: str, hint: str = "") -> None:
        """Note it once, and no more than `MOST_OF_A_FILE` of one file."""
        problem = Problem(file, line, column, sentence, hint)
        if problem not in self.found and self._of_file[file] < MOST_OF_A_FILE:
            self._of_file[file] += 1
            self.found[problem] = None

    def in_order(self) -> list[Problem]:
        return sorted(self.found)
