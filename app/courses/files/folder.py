"""A course folder on disk: which files stand where, and their content within limits."""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from app.courses.files.models import IMAGE, ImageContent
from app.courses.files.problems import Problems
from app.kit.text import clean

TEXT_BYTES: Final = 1_000_000
IMAGE_BYTES: Final = 2_000_000
IMAGE_PIXELS: Final = 8_000_000
MOST_FILES: Final = 1_000
NUMBERED: Final = re.compile(r"^(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)$")


@dataclass(frozen=True)
class Found:
    """A numbered file or folder: `02-wat-is-dit.md` has number 2 and slug wat-is-dit."""

    path: Path
    number: int
    slug: str


@dataclass
class Folder:
    """The folder of one course. Nothing outside it is read: names follow a pattern and links are refused."""

    root: Path
    problems: Problems

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def check_whole(self) -> bool:
        """Whether this is a folder of a sensible size without links to elsewhere."""
        if not self.root.is_dir():
            self.problems.add(str(self.root), 1, 1, "Deze map bestaat niet.", "Kijk naar de naam van de map.")
            return False
        for count, path in enumerate(sorted(self.root.rglob("*")), start=1):
            if count > MOST_FILES:
                self.problems.add(
                    ".", 1, 1, "In deze map staan te veel bestanden.", f"Het zijn er hoogstens {MOST_FILES}."
                )
                return False
            if path.is_symlink():
                hint = "Zet het bestand zelf in de map van de opleiding."
                self.problems.add(self.name(path), 1, 1, "Dit is een verwijzing naar een andere plek.", hint)
                return False
        return True

    def text(self, path: Path) -> str | None:
        """The text of a file; None, with a problem, when it is absent, too large or not UTF-8."""
        name = self.name(path)
        if not path.is_file():
            self.problems.add(name, 1, 1, "Dit bestand ontbreekt.", f"Maak {name} aan.")
            return None
        if path.stat().st_size > TEXT_BYTES:
            self.problems.add(name, 1, 1, "Dit bestand is te groot.", "Een tekst mag 1 MB zijn. Knip hem in tweeën.")
            return None
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as broken:
            line = path.read_bytes()[: broken.start].count(b"\n") + 1
            self.problems.add(name, line, 1, "Hier staat een teken dat geen UTF-8 is.", "Bewaar het bestand als UTF-8.")
            return None
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        try:
            clean(text)
        except ValueError:
            self.problems.add(name, 1, 1, "In dit bestand staat een onzichtbaar stuurteken.", "Typ de tekst opnieuw.")
            return None
        return text

    def numbered(self, folder: Path, suffix: str, *, also: frozenset[str] = frozenset()) -> list[Found]:
        """The numbered files (or folders, when `suffix` is empty) of a folder in order; others are problems."""
        found: list[Found] = []
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name in also:
                continue
            match = NUMBERED.match(path.name.removesuffix(suffix)) if path.name.endswith(suffix) else None
            if match is None or path.is_dir() == bool(suffix):
                wanted = f"01-een-naam{suffix}"
                self.problems.add(
                    self.name(path), 1, 1, "Deze naam kennen we hier niet.", f"Noem het bijvoorbeeld {wanted}."
                )
            else:
                found.append(Found(path, int(match.group(1)), match.group(2)))
        for first, second in itertools.pairwise(found):
            if first.number == second.number:
                hint = "Geef elk onderdeel een eigen nummer."
                self.problems.add(self.name(second.path), 1, 1, f"Nummer {second.number:02d} is er twee keer.", hint)
        return found

    def images(self) -> dict[str, ImageContent]:
        """The pictures of the course; one that is no WebP or too large is a problem."""
        images: dict[str, ImageContent] = {}
        folder = self.root / "images"
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if not re.match(IMAGE, path.name):
                hint = "Gebruik kleine letters, cijfers en streepjes, en .webp aan het eind."
                self.problems.add(self.name(path), 1, 1, "Dit beeld heeft een naam die niet mag.", hint)
            elif path.stat().st_size > IMAGE_BYTES:
                self.problems.add(self.name(path), 1, 1, "Dit beeld is te groot.", "Maak het kleiner dan 2 MB.")
            elif (image := read_image(path.read_bytes())) is None:
                hint = "Bewaar het als WebP, hoogstens 8 miljoen beeldpunten."
                self.problems.add(self.name(path), 1, 1, "Dit is geen beeld dat we kunnen lezen.", hint)
            else:
                images[path.name] = image
        return images


def read_image(content: bytes) -> ImageContent | None:
    """The picture with its size; None when it is not a WebP that can be decoded."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - few commands need pictures

    try:
        with Image.open(BytesIO(content), formats=("WEBP",)) as image:
            width, height = image.size
            if width * height > IMAGE_PIXELS:
                return None
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    return ImageContent(content, hashlib.sha256(content).hexdigest(), width, height)
