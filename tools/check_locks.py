"""A lock names versions and hashes, never a place: the same file installs from any mirror."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

LOCKS: Final = ("requirements.txt", "requirements-extras.txt", "requirements-dev.txt")
PLACE: Final = re.compile(r"https?:|(?<![\w-])(?:-i|-f|-e|--(?:extra-)?index-url|--find-links|--editable)\b| @ ")
PINNED: Final = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+")


def faults(lock: Path) -> list[str]:
    """What is wrong with one lock, as `file:line: words`."""
    found = []
    lines = lock.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if PLACE.search(line):
            found.append(f"{lock.name}:{number}: names a place: {line.strip()}")
        starts_a_package = bool(line) and not line.startswith((" ", "#"))
        if starts_a_package and not PINNED.match(line):
            found.append(f"{lock.name}:{number}: not pinned with ==: {line.strip()}")
        if starts_a_package and not any("--hash=sha256:" in near for near in lines[number : number + 1]):
            found.append(f"{lock.name}:{number}: has no hash: {line.strip()}")
    return found


def main() -> int:
    """Print every fault of every lock."""
    found = [fault for lock in LOCKS for fault in faults(Path(lock))]
    print("\n".join(found) or "The locks name versions and hashes only.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
