"""The files of a course, on disk or from elsewhere: which stand where, and their content within limits."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from app.courses.files.base import IMAGE, MEDIA, NAME_MOST
from app.courses.files.models import ImageContent, MediaContent
from app.courses.files.problems import Problems
from app.kit.media import BadMedia, blanked, sniffed
from app.kit.text import clean

TEXT_BYTES: Final = 1_000_000
IMAGE_BYTES: Final = 2_000_000
IMAGE_PIXELS: Final = 8_000_000
MEDIA_BYTES: Final = 100_000_000
MOST_FILES: Final = 1_000
NUMBERED: Final = re.compile(r"([0-9]{2,3})-([a-z0-9]+(?:-[a-z0-9]+)*)")
FOLDER_BYTES: Final = 200 * 1024 * 1024
SHOWN: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
"""The chunks of a WebP that are the picture itself."""
MEDIA_KINDS: Final = {"mp4": "video", "webm": "video", "mp3": "audio", "m4a": "audio", "ogg": "audio", "pdf": "pdf"}


@dataclass(frozen=True)
class File:
    """One file of a course, wherever it stands. `read` gives all of it.

    `known`: what it was found to be when it came in, where it stands in our own store: nobody looks again.
    """

    size: int
    read: Callable[[], bytes]
    known: ImageContent | MediaContent | None = None

    @classmethod
    def of(cls, content: bytes) -> File:
        return cls(len(content), lambda: content)


Files = Mapping[str, File]
"""The files of a course by their path within it, such as `modules/01-starten/01-welkom.md`."""


@dataclass(frozen=True)
class Found:
    """A numbered file or folder: `02-wat-is-dit.md` has number 2 and slug wat-is-dit."""

    path: str
    number: int
    slug: str


def on_disk(root: Path, problems: Problems) -> dict[str, File] | None:
    """The files of a folder; None, with a problem, when it is absent, too full or leads elsewhere.

    What is hidden (a name that begins with a dot) does not belong to a course.
    """
    if not root.is_dir():
        problems.add(str(root), 1, 1, "Deze map bestaat niet.", "Kijk naar de naam van de map.")
        return None
    paths = list(itertools.islice(root.rglob("*"), MOST_FILES + 1))
    if len(paths) > MOST_FILES:
        problems.add(".", 1, 1, "In deze map staan te veel bestanden.", f"Het zijn er hoogstens {MOST_FILES}.")
        return None
    found: dict[str, File] = {}
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            hint = "Zet het bestand zelf in de map van de opleiding."
            problems.add(name, 1, 1, "Dit is een verwijzing naar een andere plek.", hint)
            return None
        if path.is_file() and not any(part.startswith(".") for part in Path(name).parts):
            found[name] = File(path.stat().st_size, path.read_bytes)
    if sum(file.size for file in found.values()) > FOLDER_BYTES:
        problems.add(".", 1, 1, "Deze map is te groot.", f"Samen mag het {FOLDER_BYTES // 1024 // 1024} MB zijn.")
        return None
    return found


@dataclass
class Folder:
    """The files of one course, read as what they should be."""

    files: Files
    problems: Problems

    def has(self, path: str) -> bool:
        """Whether there is a file, or a folder with something in it."""
        return path in self.files or bool(self.children(path))

    def children(self, folder: str) -> list[str]:
        """The paths of what stands directly in a folder (`""`: at the top), in order."""
        start = f"{folder}/" if folder else ""
        inside = (path.removeprefix(start) for path in self.files if path.startswith(start))
        return sorted({start + rest.partition("/")[0] for rest in inside})

    def text(self, path: str) -> str | None:
        """The text of a file; None, with a problem, when it is absent, too large or not UTF-8."""
        file = self.files.get(path)
        if file is None:
            self.problems.add(path, 1, 1, "Dit bestand ontbreekt.", f"Maak {path} aan.")
            return None
        if file.size > TEXT_BYTES:
            self.problems.add(path, 1, 1, "Dit bestand is te groot.", "Een tekst mag 1 MB zijn. Knip hem in tweeën.")
            return None
        content = file.read()
        try:
            text = content.decode()
        except UnicodeDecodeError as broken:
            line = content[: broken.start].count(b"\n") + 1
            self.problems.add(path, line, 1, "Hier staat een teken dat geen UTF-8 is.", "Bewaar het bestand als UTF-8.")
            return None
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        try:
            clean(text)
        except ValueError:
            self.problems.add(path, 1, 1, "In dit bestand staat een onzichtbaar stuurteken.", "Typ de tekst opnieuw.")
            return None
        return text

    def numbered(self, folder: str, suffix: str, *, also: frozenset[str] = frozenset()) -> list[Found]:
        """The numbered files (or folders, when `suffix` is empty) of a folder in order; others are problems."""
        found: list[Found] = []
        for path in self.children(folder):
            name = path.rpartition("/")[2]
            if name in also:
                continue
            match = NUMBERED.fullmatch(name.removesuffix(suffix)) if name.endswith(suffix) else None
            if match is None or len(name) > NAME_MOST or (path in self.files) != bool(suffix):
                wanted = f"01-een-naam{suffix}"
                self.problems.add(path, 1, 1, "Deze naam kennen we hier niet.", f"Noem het bijvoorbeeld {wanted}.")
            else:
                found.append(Found(path, int(match.group(1)), match.group(2)))
        found.sort(key=lambda one: (one.number, one.path))
        for first, second in itertools.pairwise(found):
            if first.number == second.number:
                hint = "Geef elk onderdeel een eigen nummer."
                self.problems.add(second.path, 1, 1, f"Nummer {second.number:02d} is er twee keer.", hint)
        return found

    def images(self) -> dict[str, ImageContent]:
        """The pictures of the course; one that is no WebP or too large is a problem."""
        images: dict[str, ImageContent] = {}
        for path in self.children("images"):
            name, file = path.removeprefix("images/"), self.files.get(path)
            if file is None or len(name) > NAME_MOST or not re.fullmatch(IMAGE, name):
                hint = "Gebruik kleine letters, cijfers en streepjes, en .webp aan het eind."
                self.problems.add(path, 1, 1, "Dit beeld heeft een naam die niet mag.", hint)
            elif isinstance(file.known, ImageContent):
                images[name] = file.known
            elif file.size > IMAGE_BYTES:
                self.problems.add(path, 1, 1, "Dit beeld is te groot.", "Maak het kleiner dan 2 MB.")
            elif holds_more(file.read()):
                hint = "Sleep het in de editor in een les: daar wordt het opnieuw gemaakt."
                self.problems.add(path, 1, 1, "In dit beeld staat meer dan het beeld, zoals waar het is.", hint)
            elif (image := read_image(file.read())) is None:
                hint = "Bewaar het als WebP, hoogstens 8 miljoen beeldpunten."
                self.problems.add(path, 1, 1, "Dit is geen beeld dat we kunnen lezen.", hint)
            else:
                images[name] = image
        return images

    def media(self) -> dict[str, MediaContent]:
        """Films, sounds, captions and papers of the course; what is not what its name says is a problem."""
        media: dict[str, MediaContent] = {}
        for path in self.children("media"):
            name, file = path.removeprefix("media/"), self.files.get(path)
            if file is None or len(name) > NAME_MOST or not re.fullmatch(MEDIA, name):
                hint = (
                    "Gebruik kleine letters, cijfers en streepjes, met mp4, webm, mp3, m4a, ogg, pdf of vtt erachter."
                )
                self.problems.add(path, 1, 1, "Dit bestand heeft een naam die niet mag.", hint)
            elif isinstance(file.known, MediaContent):
                media[name] = file.known
            elif file.size > MEDIA_BYTES:
                self.problems.add(path, 1, 1, "Dit bestand is te groot.", "Maak het kleiner dan 100 MB.")
            elif name.endswith(".vtt"):
                self._captions(path, name, media)
            elif (known := read_media(name, file)) is None:
                hint = "Bewaar het opnieuw, of geef het de naam die erbij hoort."
                self.problems.add(path, 1, 1, "Dit bestand is niet wat de naam zegt, of het is stuk.", hint)
            else:
                media[name] = known
        return media

    def _captions(self, path: str, name: str, media: dict[str, MediaContent]) -> None:
        text = self.text(path)
        if text is None:
            return
        if not text.startswith("WEBVTT"):
            self.problems.add(path, 1, 1, "Ondertitels beginnen met de regel WEBVTT.", "Zet die regel bovenaan.")
            return
        content = text.encode()
        media[name] = MediaContent(
            File.of(content).read, hashlib.sha256(content).hexdigest(), len(content), "text/vtt; charset=utf-8"
        )


def holds_more(content: bytes) -> bool:
    """Whether a WebP also holds who made it and where, or something behind its end: every reader would get that.

    RIFF: a head of 12 bytes with the size of the rest, then chunks of 4 letters, a size and content, padded to even.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return False  # no WebP: reading it says so
    end = 8 + int.from_bytes(content[4:8], "little")
    place = 12
    while place + 8 <= len(content):
        if content[place : place + 4] not in SHOWN:
            return True
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    return end + end % 2 < len(content)


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
    return ImageContent(lambda: content, hashlib.sha256(content).hexdigest(), len(content), width, height)


def read_media(name: str, file: File) -> MediaContent | None:
    """A film, sound or paper as its content tells, without where and when it was made.

    None when its content is not what its name says.
    """
    suffix = name.rpartition(".")[2]
    content = file.read()
    try:
        found = sniffed(MEDIA_KINDS[suffix], lambda start, end: content[start:end], len(content))
    except BadMedia:
        return None
    if found.suffix.removeprefix(".") != suffix:
        return None
    digest = hashlib.sha256()
    for piece in blanked(iter((content,)), found.blanks):
        digest.update(piece)

    def read() -> bytes:
        return b"".join(blanked(iter((file.read(),)), found.blanks))

    return MediaContent(read, digest.hexdigest(), len(content), found.media_type)
