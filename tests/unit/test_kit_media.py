"""What a file is, by its content; and the hostile ones among them."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest

from app.kit.media import BadMedia, Media, blanked, sniffed

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"\0" * 100
PLACE = b"+51.9225+004.4792/"


def box(name: bytes, content: bytes = b"", *, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, name, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), name) + content


def film(brand: bytes = b"isom", *, long: bool = False) -> bytes:
    """A film with a place in its words, and words within its track."""
    words = box(b"udta", box(b"\xa9xyz", PLACE))
    picture = box(b"mdia", box(b"hdlr", b"\0" * 8 + b"vide" + b"\0" * 12 + b"a phone\0"))
    track = box(b"trak", box(b"tkhd", b"\0" * 20) + picture + box(b"meta", b"made by a phone"))
    inside = box(b"mvhd", b"\0" * 100) + track + words
    return box(b"ftyp", brand + b"\0\0\0\1isom") + box(b"moov", inside) + box(b"mdat", b"film" * 500, long=long)


def sniff(kind: str, content: bytes) -> Media:
    return sniffed(kind, lambda start, end: content[start:end], len(content))


@pytest.mark.parametrize(
    ("kind", "content", "media_type"),
    [
        ("pdf", PDF, "application/pdf"),
        ("video", film(), "video/mp4"),
        ("video", film(long=True), "video/mp4"),
        ("video", film(b"qt  "), "video/mp4"),
        ("video", WEBM, "video/webm"),
        ("audio", film(b"M4A "), "audio/mp4"),
        ("audio", WEBM, "audio/webm"),
        ("audio", b"ID3\4" + b"\0" * 60, "audio/mpeg"),
        ("audio", b"\xff\xfb\x90\x00" + b"\0" * 400, "audio/mpeg"),
        ("audio", b"OggS" + b"\0" * 24 + b"OpusHead", "audio/ogg"),
        ("audio", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        ("audio", b"fLaC" + b"\0" * 40, "audio/flac"),
        ("audio", b"\xff\xf1" + b"\0" * 40, "audio/aac"),
    ],
)
def test_the_content_says_what_it_is(kind: str, content: bytes, media_type: str) -> None:
    assert sniff(kind, content).media_type == media_type


def archive() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("shell.php", "<?php")
    return made.getvalue()


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("pdf", b"", "file_empty"),
        ("video", b"", "file_empty"),
        ("pdf", HTML, "not_pdf"),
        ("pdf", b"\n" + PDF, "not_pdf"),
        ("pdf", PDF[:30], "pdf_broken"),
        ("pdf", PDF + archive(), "pdf_broken"),
        ("pdf", archive() + PDF, "not_pdf"),
        ("video", PDF, "not_video"),
        ("video", SVG, "not_video"),
        ("video", b"MZ\x90\0" + b"\0" * 100, "not_video"),
        ("video", archive(), "not_video"),
        ("video", film(b"M4A "), "not_video"),
        ("video", film(b"heic"), "not_video"),
        ("video", film()[:-10], "video_broken"),
        ("video", film() + HTML, "video_broken"),
        ("video", box(b"ftyp", b"isom\0\0\0\1") + box(b"mdat", b"x" * 90), "video_broken"),
        ("video", box(b"ftyp", b"isom\0\0\0\1") + b"\0\0\0\3moov", "video_broken"),
        ("video", box(b"ftyp", b"isom\0\0\0\1") + box(b"moov", box(b"cmov", b"packed")), "video_broken"),
        ("video", box(b"ftyp", b"isom\0\0\0\1") + struct.pack(">I4sQ", 1, b"moov", 2**63), "video_broken"),
        ("video", box(b"ftyp", b"isom\0\0\0\1") + box(b"free") * 5_000, "video_broken"),
        ("audio", HTML, "not_audio"),
        ("audio", b"\xff\xff\xff\xff" * 10, "not_audio"),
        ("audio", b"OggS" + b"\0" * 24 + b"theora", "not_audio"),
        ("audio", b"\xff", "not_audio"),
    ],
)
def test_what_is_something_else_is_refused(kind: str, content: bytes, code: str) -> None:
    with pytest.raises(BadMedia) as bad:
        sniff(kind, content)
    assert bad.value.code == code


@pytest.mark.parametrize("size", [1, 3, 7, 64, 10_000])
def test_words_in_a_film_are_blanked_and_nothing_moves(size: int) -> None:
    content = film()
    media = sniff("video", content)
    pieces = (content[place : place + size] for place in range(0, len(content), size))
    clean = b"".join(blanked(pieces, media.blanks))
    assert len(clean) == len(content)
    assert b"udta" not in clean
    assert b"meta" not in clean
    assert PLACE in content
    assert PLACE not in clean
    assert b"a phone" not in clean
    assert clean.count(b"free") == 2
    assert clean.endswith(box(b"mdat", b"film" * 500))
    assert sniff("video", clean).media_type == "video/mp4"


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_a_box_with_a_long_length_and_an_empty_one_are_emptied_too(size: int) -> None:
    sound = box(b"trak", box(b"mdia", box(b"hdlr", b"\0" * 8 + b"soun" + b"\0" * 12)))
    words = box(b"udta") + box(b"uuid", PLACE, long=True)
    content = box(b"ftyp", b"isom") + box(b"moov", sound + words) + box(b"mdat", b"x")
    pieces = (content[place : place + size] for place in range(0, len(content), size))
    inside = box(b"free") + box(b"free", b"\0" * len(PLACE), long=True)
    clean = box(b"ftyp", b"isom") + box(b"moov", sound + inside) + box(b"mdat", b"x")
    assert b"".join(blanked(pieces, sniff("video", content).blanks)) == clean
