"""What a file from outside is, told by its content: names and types that come with it are only words.

Nothing is decoded here and nothing runs: the first bytes say the format, the boxes of a film say whether it is whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.kit.boxes import Blank, BrokenBoxes, Reader, to_blank

HEAD: Final = 4_096
TAIL: Final = 1_024
OTHER: Final = {"audio": "not_audio", "video": "not_video", "pdf": "not_pdf"}
BROKEN: Final = {"audio": "audio_broken", "video": "video_broken", "pdf": "pdf_broken"}


class BadMedia(Exception):
    """The file is not one that we take. `code` says why; words stand at the edge."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Media:
    """A sniffed file. `blanks`: what must not be kept.

    A box that is named `free` and filled with zeros is skipped by every player, and nothing else of the film moves.
    """

    media_type: str
    suffix: str
    blanks: tuple[Blank, ...] = ()


_FILM_BRANDS: Final = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"3g2", b"qt", b"mmp4")
_SOUND_BRANDS: Final = (b"M4A", b"M4B", b"F4A")


def sniffed(kind: str, read: Reader, size: int) -> Media:
    """What a file of a kind (audio, video, pdf) really is.

    Raises: BadMedia with a code: file_empty, not_<kind> or <kind>_broken.
    """
    if size == 0:
        raise BadMedia("file_empty")
    head = read(0, min(HEAD, size))
    if kind == "pdf":
        return _pdf(head, read(max(0, size - TAIL), size))
    if head[4:8] == b"ftyp":
        return _boxed(kind, head, read, size)
    found = _sound(head) if kind == "audio" else _film(head)
    if found is None:
        raise BadMedia(OTHER[kind])
    return found


def _pdf(head: bytes, tail: bytes) -> Media:
    """It begins and ends as a PDF. What hangs behind the end is something else that borrows its name."""
    if not head.startswith(b"%PDF-"):
        raise BadMedia("not_pdf")
    if not tail.rstrip(b"\0\r\n\t ").endswith(b"%%EOF"):
        raise BadMedia("pdf_broken")
    return Media("application/pdf", ".pdf")


def _sound(head: bytes) -> Media | None:
    if head.startswith(b"ID3") or _is_mpeg_frame(head):
        return Media("audio/mpeg", ".mp3")
    if head.startswith(b"OggS"):
        return Media("audio/ogg", ".ogg") if b"OpusHead" in head or b"vorbis" in head else None
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return Media("audio/wav", ".wav")
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return Media("audio/webm", ".webm")
    if head.startswith(b"fLaC"):
        return Media("audio/flac", ".flac")
    return Media("audio/aac", ".aac") if head[:2] in {b"\xff\xf1", b"\xff\xf9"} else None


def _is_mpeg_frame(head: bytes) -> bool:
    """A frame of MPEG sound, layer 3: eleven bits set, and no value that the format reserves."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    layer_three = head[1] & 0x06 == 0x02
    return layer_three and head[1] & 0x18 != 0x08 and head[2] & 0xF0 not in {0xF0, 0} and head[2] & 0x0C != 0x0C


def _film(head: bytes) -> Media | None:
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return Media("video/webm", ".webm")
    return None


def _boxed(kind: str, head: bytes, read: Reader, size: int) -> Media:
    """MP4 and what is like it: a row of boxes that fills the file, with a list of what is in it."""
    brand = head[8:12]
    sound = brand.startswith(_SOUND_BRANDS)
    if not brand.startswith((*_SOUND_BRANDS, *_FILM_BRANDS)) or (kind == "video" and sound):
        raise BadMedia(OTHER[kind])
    try:
        blanks = to_blank(read, size)
    except BrokenBoxes as broken:
        raise BadMedia(BROKEN[kind]) from broken
    if kind == "audio":
        return Media("audio/mp4", ".m4a", blanks)
    return Media("video/mp4", ".mp4", blanks)


def blanked(pieces: Iterator[bytes], blanks: tuple[Blank, ...]) -> Iterator[bytes]:
    """The same pieces with these stretches emptied, also where a piece ends in the middle of one."""
    waiting, touched, place = deque(sorted(blanks, key=lambda blank: blank.first)), list[Blank](), 0
    for piece in pieces:
        after = place + len(piece)
        while waiting and waiting[0].first < after:
            touched.append(waiting.popleft())
        yield _emptied(piece, place, touched) if touched else piece
        touched = [blank for blank in touched if blank.end > after]
        place = after


def _emptied(piece: bytes, place: int, touched: list[Blank]) -> bytes:
    changed = bytearray(piece)
    for blank in touched:
        if blank.type_at is not None:
            _write(changed, b"free", blank.type_at - place)
        first, after = max(blank.start - place, 0), min(blank.end - place, len(piece))
        changed[first:after] = bytes(max(after - first, 0))
    return bytes(changed)


def _write(piece: bytearray, words: bytes, at: int) -> None:
    """Those of the words that fall within the piece; `at` may lie before it."""
    for number, sign in enumerate(words, at):
        if 0 <= number < len(piece):
            piece[number] = sign
