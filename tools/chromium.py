"""The journeys need a real browser: Debian's Chromium. Root gets it installed, others get the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

CHROMIUM: Final = Path("/usr/bin/chromium")
UPDATE: Final = ("apt-get", "update", "-qq")
INSTALL: Final = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")


def main() -> int:
    """Make sure that Chromium is there."""
    if CHROMIUM.exists():
        return 0
    if os.geteuid() != 0:
        print(
            "The journeys need Chromium, which is not installed here. Install it once with:\n"
            "  sudo apt-get install chromium\n"
            "and run make test again.",
            file=sys.stderr,
        )
        return 1
    print("Installing Chromium for the journeys ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (UPDATE, INSTALL):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)
            return 1
    return 0 if CHROMIUM.exists() else 1


if __name__ == "__main__":
    sys.exit(main())
