"""What a file from outside is, told by its content: names and types that come with it are only words.

Nothing is decoded here and nothing runs: the first bytes say the format, the boxes of a film say whether it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

HEAD: Final = 4_096
BOXES_MOST: Final = 4_000  # a film of an hour in fragments has some hundreds
TAIL: Final = 1_024
OTHER: Final = {"audio": "not_audio", "video": "not_video", "pdf": "not_pdf"}
BROKEN: Final = {"audio": "audio_broken", "video": "video_broken", "pdf": "pdf_broken"}
Reader = Callable[[int, int], bytes]
"""The bytes of a file from one place up to another."""


class BadMedia(Exception):
    """The file is not one that we take. `code` says why; words stand at the edge."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Blank:
    """A box with words about who, where and with what: where its type stands, and from where to where its content."""

    type_at: int
    start: int
    end: int


@dataclass(frozen=True)
class Media:
    """A sniffed file. `blanks`: the boxes that must not be kept.

    Named `free` and filled with zeros, every player skips them, and nothing else of the film moves.
    """

    media_type: str
    suffix: str
    blanks: tuple[Blank, ...] = ()


_FILM_BRANDS: Final = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"3g2", b"qt", b"mmp4")
_SOUND_BRANDS: Final = (b"M4A", b"M4B", b"F4A")
_WORDS: Final = (b"udta", b"meta", b"uuid")
_INSIDE: Final = (b"moov", b"trak")


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
    blanks: list[Blank] = []
    names = set()
    for name, type_at, start, end in _boxes(read, 0, size, kind):
        names.add(name)
        if name == b"moov":
            blanks += _words_in(read, start, end, kind, deep=1)
        elif name in _WORDS:
            blanks.append(Blank(type_at, start, end))
    if b"moov" not in names:
        raise BadMedia(BROKEN[kind])
    if kind == "audio":
        return Media("audio/mp4", ".m4a", tuple(blanks))
    return Media("video/mp4", ".mp4", tuple(blanks))


def _words_in(read: Reader, start: int, end: int, kind: str, *, deep: int) -> list[Blank]:
    """Where the boxes with words stand: the place of the film, its maker, the device."""
    found = []
    for name, type_at, inner, after in _boxes(read, start, end, kind):
        if name in _WORDS:
            found.append(Blank(type_at, inner, after))
        elif name in _INSIDE and deep < 2:
            found += _words_in(read, inner, after, kind, deep=deep + 1)
    return found


def _boxes(read: Reader, start: int, end: int, kind: str) -> Iterator[tuple[bytes, int, int, int]]:
    """Each box: its name, where that stands, where what is in it begins and where it ends.

    Raises: BadMedia when the boxes do not fill the stretch: the file was cut off, or is no film.
    """
    place = start
    for _ in range(BOXES_MOST):
        if place == end:
            return
        head = read(place, min(place + 16, end))
        if len(head) < 8:
            raise BadMedia(BROKEN[kind])
        length, name, inside = int.from_bytes(head[:4]), head[4:8], place + 8
        if length == 1 and len(head) == 16:
            length, inside = int.from_bytes(head[8:]), place + 16
        elif length == 0:  # up to the end
            length = end - place
        if length < inside - place or place + length > end:
            raise BadMedia(BROKEN[kind])
        yield name, place + 4, inside, place + length
        place += length
    raise BadMedia(BROKEN[kind])


def blanked(pieces: Iterator[bytes], blanks: tuple[Blank, ...]) -> Iterator[bytes]:
    """The same pieces with these boxes emptied, also where a piece ends in the middle of one."""
    place = 0
    for piece in pieces:
        touched = [blank for blank in blanks if blank.end > place and blank.type_at < place + len(piece)]
        if touched:
            changed = bytearray(piece)
            for blank in touched:
                _write(changed, b"free", blank.type_at - place)
                first, after = max(blank.start - place, 0), min(blank.end - place, len(piece))
                changed[first:after] = bytes(max(after - first, 0))
            yield bytes(changed)
        else:
            yield piece
        place += len(piece)


def _write(piece: bytearray, words: bytes, at: int) -> None:
    """Those of the words that fall within the piece; `at` may lie before it."""
    for number, sign in enumerate(words, at):
        if 0 <= number < len(piece):
            piece[number] = sign
