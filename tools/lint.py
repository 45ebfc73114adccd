"""All checks that read code without running it. Every one runs, so that one round shows everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

MODULE: Final = (sys.executable, "-m")
IMPORT_LINTER: Final = (sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()")
CHECKS: Final[dict[str, tuple[str, ...]]] = {
    "ruff check": (*MODULE, "ruff", "check", "--quiet", "."),
    "ruff format": (*MODULE, "ruff", "format", "--quiet", "--check", "--diff", "."),
    "mypy": (*MODULE, "mypy", "--no-error-summary"),
    "import contracts": (*IMPORT_LINTER, "--no-logo"),
    "djlint": (*MODULE, "djlint", "--lint", "--quiet", "templates"),
}


def main() -> int:
    """Run the checks named on the command line, or all; say of each whether it held."""
    failed = []
    for name in sys.argv[1:] or CHECKS:
        if name == "djlint" and not Path("templates").is_dir():
            continue
        done = subprocess.run(CHECKS[name], capture_output=True, text=True, check=False)
        print(f"{name:<18}{'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print((done.stdout + done.stderr).strip(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
