"""What is wrong with a course folder: where it stands, what it is and what to do, in Dutch."""

from __future__ import annotations

from dataclasses import dataclass, field


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

    found: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, column: int, sentence: str, hint: str = "") -> None:
        problem = Problem(file, line, column, sentence, hint)
        if problem not in self.found:
            self.found.append(problem)

    def in_order(self) -> list[Problem]:
        return sorted(self.found)
