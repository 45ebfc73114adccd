"""Pictures and media for a draft: looked at before they are kept, and told by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO, Any, Final

from app.courses.actions.publishing import key_of
from app.courses.drafts.rules import slug_from
from app.kit.errors import Refused
from app.kit.media import BadMedia, blanked, sniffed
from app.kit.pictures import Photo
from app.kit.storage import PIECE, Storage

MEDIA_BYTES: Final = 100_000_000  # as the reader of folders takes
CAPTIONS_BYTES: Final = 1_000_000
KINDS: Final[Mapping[str, str]] = {
    "mp4": "video",
    "webm": "video",
    "mp3": "audio",
    "m4a": "audio",
    "ogg": "audio",
    "pdf": "pdf",
}
NAME_MOST: Final = 50


def name_for(filename: str, suffix: str) -> str:
    """What a file is called in the course, after what it was called where it came from."""
    stem = slug_from(PurePosixPath(filename.replace("\\", "/")).stem)[:NAME_MOST].strip("-")
    return f"{stem or 'bestand'}.{suffix}"


def keep_picture(photo: Photo, storage: Storage) -> dict[str, Any]:
    """Keep a picture that was made anew; gives the columns of its row."""
    digest = hashlib.sha256(photo.large).hexdigest()
    key = key_of(digest, ".webp")
    storage.put_at(key, photo.large)
    return {
        "sha256": digest,
        "size": len(photo.large),
        "media_type": "image/webp",
        "storage_key": key,
        "width": photo.width,
        "height": photo.height,
    }


def keep_media(file: IO[bytes], filename: str, size: int, storage: Storage) -> tuple[str, dict[str, Any]]:
    """Keep a film, sound, paper or captions, piece by piece; gives its name and the columns of its row.

    What it is, its content says. Where and when it was made goes out of it. Raises: Refused.
    """
    suffix = PurePosixPath(filename).suffix.lower().removeprefix(".")
    if suffix == "vtt":
        return _captions(file, filename, size, storage)
    if suffix not in KINDS:
        raise Refused("media_unknown", "media")
    if size > MEDIA_BYTES:
        raise Refused("media_too_large", "media", megabytes=MEDIA_BYTES // 1_000_000)
    try:
        found = sniffed(KINDS[suffix], lambda start, end: _stretch(file, start, end), size)
    except BadMedia as bad:
        raise Refused(bad.code, "media") from bad
    if found.suffix != f".{suffix}":
        raise Refused("media_other", "media", suffix=found.suffix.removeprefix("."))
    digest = hashlib.sha256()
    for piece in blanked(_pieces(file), found.blanks):
        digest.update(piece)
    key = key_of(digest.hexdigest(), found.suffix)
    storage.put_stream_at(key, blanked(_pieces(file), found.blanks))
    facts = {"sha256": digest.hexdigest(), "size": size, "media_type": found.media_type, "storage_key": key}
    return name_for(filename, suffix), facts


def _captions(file: IO[bytes], filename: str, size: int, storage: Storage) -> tuple[str, dict[str, Any]]:
    """Captions are text: they stand in the store as the reader of courses would write them."""
    if size > CAPTIONS_BYTES:
        raise Refused("media_too_large", "media", megabytes=1)
    try:
        text = file.read(CAPTIONS_BYTES + 1).decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as broken:
        raise Refused("captions_unreadable", "media") from broken
    if not text.startswith("WEBVTT"):
        raise Refused("captions_unreadable", "media")
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    key = key_of(digest, ".vtt")
    storage.put_at(key, content)
    kind = "text/vtt; charset=utf-8"
    return name_for(filename, "vtt"), {"sha256": digest, "size": len(content), "media_type": kind, "storage_key": key}


def _stretch(file: IO[bytes], start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece
