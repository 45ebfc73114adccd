"""Courses as zip: taken in with bounds on everything that a zip can lie about, and written out always the same."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from app.courses.drafts.reading import Stored
from app.courses.drafts.rules import FILES_MOST, UNPACKED_MOST, is_path, is_text
from app.kit.storage import Storage, whole_of

if TYPE_CHECKING:
    from app.courses.files.folder import File

RATIO_MOST: Final = 100  # security.md 1.2, 7
SMALL: Final = 4_096
"""An entry that stays below this unpacked may be packed as well as it likes: YAML of one word repeated is no bomb."""
PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
LOCKED: Final = 0x1
UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
"""How the library says that it cannot read a zip; for a packing that it does not know with a kind of RuntimeError."""
EVER: Final = (1980, 1, 1, 0, 0, 0)
"""The moment of every file that we write: the same course makes the same zip."""


class BadArchive(Exception):
    """The zip is not one that we unpack; the sentence says why, in Dutch."""


def read_zip(archive: zipfile.ZipFile) -> dict[str, File]:
    """The files of a course in a zip, by path. Nothing is unpacked onto a disk, and nothing before it is asked for.

    A zip whose files all stand in one folder is read from within that folder, as most programs make them. What a
    system adds (names that begin with a dot, `__MACOSX`) is left out. Raises: BadArchive.
    """
    from app.courses.files.folder import File  # noqa: PLC0415 - few requests read courses

    entries = archive.infolist()
    if len(entries) > FILES_MOST:
        raise BadArchive(f"In deze zip zitten te veel bestanden. Het zijn er hoogstens {FILES_MOST}.")
    if sum(entry.file_size for entry in entries) > UNPACKED_MOST:
        raise BadArchive(f"Uitgepakt is deze zip groter dan {UNPACKED_MOST // 1024 // 1024} MB.")
    files = [entry for entry in entries if not entry.is_dir()]
    for entry in files:
        _must_be_plain(entry)
    found: dict[str, File] = {}
    folded: set[str] = set()
    start = _folder_around([entry.filename for entry in files])
    for entry in files:
        path = entry.filename.removeprefix(start)
        if any(part.startswith(".") or part == "__MACOSX" for part in path.split("/")):
            continue
        if not is_path(path):
            raise BadArchive(f"De naam ‘{_shown(entry.filename)}’ mag niet in een opleiding.")
        if path.casefold() in folded:
            raise BadArchive(f"De naam ‘{path}’ staat er twee keer in.")
        folded.add(path.casefold())
        found[path] = File(entry.file_size, partial(_content, archive, entry))
    return found


def _must_be_plain(entry: zipfile.ZipInfo) -> None:
    """Raises: BadArchive for what is no ordinary file of an honest size within the folder."""
    name = _shown(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise BadArchive(f"‘{name}’ is een verwijzing naar een andere plek. Zet het bestand zelf in de zip.")
    if entry.flag_bits & LOCKED or entry.compress_type not in PACKINGS:
        raise BadArchive(f"‘{name}’ is versleuteld, of op een manier ingepakt die we niet kennen.")
    if entry.file_size > SMALL and entry.file_size > RATIO_MOST * max(entry.compress_size, 1):
        raise BadArchive(f"‘{name}’ is veel groter dan het lijkt. Zo’n bestand pakken we niet uit.")
    if entry.filename.startswith(("/", "\\")) or "\\" in entry.filename or ".." in entry.filename.split("/"):
        raise BadArchive(f"‘{name}’ wijst naar een plek buiten de opleiding.")


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:100])


def _folder_around(names: list[str]) -> str:
    """The one folder that everything stands in, with its slash; empty when there is none."""
    tops = {name.partition("/")[0] for name in names if not name.startswith(("__MACOSX/", "."))}
    top = next(iter(tops), "")
    return f"{top}/" if len(tops) == 1 and f"{top}/course.yaml" in names else ""


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One file, never more than its head said. Raises: BadArchive when it is not what its head said."""
    try:
        with archive.open(entry) as packed:
            content = packed.read(entry.file_size + 1)
    except UNREADABLE as broken:
        raise BadArchive("Deze zip is beschadigd. Maak hem opnieuw.") from broken
    if len(content) != entry.file_size:
        raise BadArchive("Deze zip is beschadigd. Maak hem opnieuw.")
    return content


def open_zip(path: Path | IO[bytes]) -> zipfile.ZipFile:
    """Raises: BadArchive for what is no zip."""
    try:
        return zipfile.ZipFile(path)
    except (*UNREADABLE, ValueError) as broken:
        raise BadArchive("Dit is geen zip die we kunnen lezen.") from broken


def write_zip(target: Path | IO[bytes], stored: Mapping[str, Stored], storage: Storage) -> None:
    """Every file under its own path; films and pictures are packed already, so they go as they are.

    Raises: ValueError for a name that leads out of the folder that it will be unpacked in.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for path, file in sorted(stored.items()):
            if not is_path(path):
                raise ValueError(path)
            entry = zipfile.ZipInfo(path, date_time=EVER)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if is_text(path) else zipfile.ZIP_STORED
            entry.file_size = file.size
            with archive.open(entry, "w") as packed:
                if file.storage_key is None:
                    packed.write((file.text or "").encode())
                else:
                    for piece in whole_of(storage, file.storage_key):
                        packed.write(piece)


def write_folder(target: Path, stored: Mapping[str, Stored], storage: Storage) -> None:
    """Every file under its own path in a folder. Raises: ValueError for a name that leads out of it."""
    for path, file in sorted(stored.items()):
        if not is_path(path):
            raise ValueError(path)
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as into:
            if file.storage_key is None:
                into.write((file.text or "").encode())
            else:
                for piece in whole_of(storage, file.storage_key):
                    into.write(piece)
