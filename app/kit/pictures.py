"""Photos from outside, made into pictures of our own: new pixels, no words about who, where or when.

`app.kit.photo_decoder` runs in a child process (`app.kit.child`), since what comes from outside may be made to
break a decoder. What comes back holds nothing of the file that came in but what it looked like.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.kit.child import ChildFailed, call

PHOTO_BYTES: Final = 15 * 1024 * 1024  # security.md 4, upload
DECODE_SECONDS: Final = 10
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


class BadPhoto(Exception):
    """The file is not a photo that we can use. `code` says why; words stand at the edge."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Photo:
    """A photo in two sizes, as WebP."""

    large: bytes
    small: bytes
    width: int
    height: int


def photo_from(content: bytes) -> Photo:
    """The photo in `content`, decoded and written anew in a child process.

    Raises: BadPhoto with a code: photo_empty, photo_too_large, photo_heic, photo_not_a_photo, photo_broken or
    photo_too_many_pixels.
    """
    if not content:
        raise BadPhoto("photo_empty")
    if len(content) > PHOTO_BYTES:
        raise BadPhoto("photo_too_large", megabytes=PHOTO_BYTES // (1024 * 1024))
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise BadPhoto("photo_heic")
    try:
        facts, body = call("app.kit.photo_decoder:read_photo", content, seconds=DECODE_SECONDS)
    except ChildFailed as failed:
        raise BadPhoto("photo_broken") from failed
    if "refused" in facts:
        raise BadPhoto(facts["refused"], **facts.get("facts", {}))
    split = int(facts["large_bytes"])
    return Photo(body[:split], body[split:], int(facts["width"]), int(facts["height"]))
