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

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app.kit.i18n import CATALOGUES, LOCALES

TRANSLATED: Final = tuple(locale for locale in LOCALES if locale != "nl")
# pybabel knows pgettext only when told; N_ marks a sentence that is translated later.
KEYWORDS: Final = ("-k", "pgettext:1c,2", "-k", "npgettext:1c,2,3", "-k", "N_")
EXTRACT: Final = (sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", *KEYWORDS)


def update() -> int:
    """Bring new sentences into every catalogue; what disappeared goes, guesses are not made."""
    template = collect()
    for locale in TRANSLATED:
        po = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
        po.parent.mkdir(parents=True, exist_ok=True)
        catalogue = _read(po) if po.exists() else Catalog(locale=locale)
        catalogue.update(template, no_fuzzy_matching=True)
        with po.open("wb") as target:  # without the head, which changes at every run and says nothing
            write_po(target, catalogue, width=110, omit_header=True, ignore_obsolete=True, sort_output=True)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{locale}: {len(catalogue)} sentences, {missing} without a translation")
    return 0


def collect() -> Catalog:
    """Every sentence that code and templates mark for translation."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        command = [*EXTRACT, "-F", "pyproject.toml", "--no-location", "-o", str(pot), "."]
        subprocess.run(command, check=True, cwd=CATALOGUES.parent.parent)
        return _read(pot)


def compile_all() -> int:
    """Write the .mo beside each .po."""
    for po in _catalogues():
        with po.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, _read(po))
    return 0


def check() -> int:
    """Refuse guesses, broken placeholders, and sentences that nobody translated."""
    found = []
    for po in _catalogues():
        catalogue = _read(po)
        found += [f"{po}: not translated: {message.id}" for message in catalogue if _lacks(message)]
        found += [f"{po}: fuzzy: {message.id}" for message in catalogue if message.id and message.fuzzy]
        found += [f"{po}: {error}: {message.id}" for message, errors in catalogue.check() for error in errors]
    print("\n".join(found) or f"{'catalogues':<18}ok")
    return 1 if found else 0


def _lacks(message: Message) -> bool:
    """Whether a form of the sentence has no words yet."""
    given = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(message.id) and not all(given)


def _catalogues() -> Iterator[Path]:
    yield from sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def _read(file: Path) -> Catalog:
    with file.open("rb") as source:
        locale = file.parent.parent.name if file.suffix == ".po" else None
        return read_po(source, locale=locale, abort_invalid=True)


if __name__ == "__main__":
    sys.exit({"update": update, "compile": compile_all, "check": check}[sys.argv[1]]())
