"""The journeys need a real browser: Debian's Chromium. Root gets it installed, others get the command.

Its headless shell is the same engine without the windows around it, and takes a third less time: it is preferred. Where
there is none (an older system, no network), the whole Chromium does as well.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

SHELL: Final = "chromium-headless-shell"
WHOLE: Final = "chromium"
BROWSERS: Final = (Path("/usr/bin") / SHELL, Path("/usr/bin") / WHOLE)
QUICK: Final = ("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=30")
PATIENCE_S: Final = 300


def browser() -> Path | None:
    """The browser that journeys use; none when it still has to be installed."""
    return next((path for path in BROWSERS if path.exists()), None)


def _apt(*words: str) -> str:
    """What went wrong, if anything."""
    command = ("apt-get", *QUICK, "-qq", *words)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired) as wrong:
        return f"{' '.join(command)}: {wrong}"
    return "" if done.returncode == 0 else f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"


def _install() -> str:
    """Install the lightest that this system has. Gives what went wrong, if anything."""
    if told := _apt("update"):
        return told
    if not _apt("install", "-y", "--no-install-recommends", SHELL):
        return ""
    return "" if browser() else _apt("install", "-y", "--no-install-recommends", WHOLE)


def main() -> int:
    """Make sure that a browser is there."""
    if BROWSERS[0].exists():
        return 0
    if os.geteuid() == 0:
        print("Installing Chromium for the journeys ...", flush=True)
        told = _install()
        if browser() is None:
            print(told, file=sys.stderr)
    elif browser() is None:
        print(
            "The journeys need Chromium, which is not installed here. Install it once with:\n"
            "  sudo apt-get install chromium-headless-shell   (or: chromium)\n"
            "and run make test again.",
            file=sys.stderr,
        )
    return 0 if browser() else 1


if __name__ == "__main__":
    sys.exit(main())
