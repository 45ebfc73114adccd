"""The catalogues: collect sentences from code and templates, compile them, check that they are sound.

Message ids are the Dutch sentences, so only other languages have a catalogue.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES: Final = Path("app/locale")
BABEL: Final = (sys.executable, "-m", "babel.messages.frontend", "--quiet")
# pybabel knows pgettext only when told; N_ marks a sentence that is translated later.
KEYWORDS: Final = ("-k", "pgettext:1c,2", "-k", "npgettext:1c,2,3", "-k", "N_")
EXTRACT: Final = (*KEYWORDS, "-F", "pyproject.toml", "--no-location", "--sort-output", "--no-wrap")


def catalogues() -> Iterator[Path]:
    """Every catalogue, by language."""
    yield from sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))


def update() -> int:
    """Bring new sentences into every catalogue; what disappeared goes, guesses are not made."""
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "messages.pot")
        subprocess.run([*BABEL, "extract", *EXTRACT, "-o", template, "."], check=True)
        for po in catalogues():
            language = po.parent.parent.name
            arguments = (
                "-l",
                language,
                "-i",
                template,
                "-o",
                str(po),
                "--no-fuzzy-matching",
                "--ignore-obsolete",
            )
            subprocess.run(
                [*BABEL, "update", *arguments, "--omit-header", "--no-wrap", "--ignore-pot-creation-date"],
                check=True,
            )
    return 0


def compile_all() -> int:
    """Write the .mo beside each .po."""
    for po in catalogues():
        with po.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, _read(po))
    return 0


def check() -> int:
    """Refuse guesses and broken placeholders."""
    found = []
    for po in catalogues():
        catalogue = _read(po)
        found += [f"{po}: fuzzy: {message.id}" for message in catalogue if message.id and message.fuzzy]
        found += [f"{po}: {error}: {message.id}" for message, errors in catalogue.check() for error in errors]
    print("\n".join(found) or f"{'catalogues':<18}ok")
    return 1 if found else 0


def _read(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, locale=po.parent.parent.name, abort_invalid=True)


if __name__ == "__main__":
    sys.exit({"update": update, "compile": compile_all, "check": check}[sys.argv[1]]())
