"""Tracks that say where a film was made: gone with all they say, and picture and sound as they were."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final

import pytest

from app.kit.boxes import BrokenBoxes, to_blank
from app.kit.media import blanked
from tests.unit.test_kit_media import box

FTYP: Final = box(b"ftyp", b"qt  \0\0\0\0qt  ")
PICTURES: Final = tuple(b"picture %d " % number * 9 for number in range(4))
PLACES: Final = tuple(b"+51.92%d+004.47/" % number + b"!" * number for number in range(4))


def numbers(name: bytes, *values: int, head: bytes = b"", kind: str = "I") -> bytes:
    counted = struct.pack(f">I{len(values)}{kind}", len(values), *values)
    return box(name, b"\0\0\0\0" + head + counted)


def sizes_of(samples: tuple[bytes, ...], how: str) -> bytes:
    sizes = [len(one) for one in samples]
    match how:
        case "same":
            return box(b"stsz", struct.pack(">III", 0, sizes[0], len(sizes)))
        case "small 4":
            halves = [size & 15 for size in sizes] + [0] * (len(sizes) % 2)
            packed = bytes(halves[at] << 4 | halves[at + 1] for at in range(0, len(halves), 2))
            return box(b"stz2", struct.pack(">III", 0, 4, len(sizes)) + packed)
        case "small 8":
            return box(b"stz2", struct.pack(">III", 0, 8, len(sizes)) + bytes(sizes))
        case "small 16":
            return box(b"stz2", struct.pack(f">III{len(sizes)}H", 0, 16, len(sizes), *sizes))
        case _:
            return numbers(b"stsz", *sizes, head=b"\0\0\0\0")


def track(number: int, handler: bytes, *tables: bytes, version: int = 0) -> bytes:
    times = b"\0" * (16 if version else 8)
    tkhd = box(b"tkhd", bytes([version, 0, 0, 7]) + times + struct.pack(">I", number) + b"\0" * 60)
    hdlr = box(b"hdlr", b"\0" * 4 + b"mhlr" + handler + b"\0" * 12 + b"Camera 9\0")
    minf = box(b"minf", box(b"gmhd") + box(b"stbl", box(b"stsd", b"\0" * 8) + b"".join(tables)))
    return box(b"trak", tkhd + box(b"mdia", box(b"mdhd", b"\0" * 24) + hdlr + minf))


def told(handler: bytes = b"meta", *, places: tuple[bytes, ...] = PLACES, sizes: str = "each", **how: Any) -> bytes:
    """A film of which each chunk of pictures is followed by one that says where it was made."""
    at, start, chunks = len(FTYP) + 8, [], []
    pairs = [(PICTURES[:1], places[:1]), (PICTURES[1:3], places[1:3]), (PICTURES[3:], places[3:])]
    for pictures, here in pairs:
        start.append((at, at + len(b"".join(pictures))))
        chunks.append(b"".join(pictures + here))
        at += len(chunks[-1])
    wide = how.pop("wide", False)
    offsets = ["co64", "Q"] if wide else ["stco", "I"]
    spread = box(b"stsc", struct.pack(">II9I", 0, 3, 1, 1, 1, 2, 2, 1, 3, 1, 1))
    tracks = [
        track(1, b"vide", sizes_of(PICTURES, "each"), spread, numbers(b"stco", *[one for one, _ in start])),
        track(
            2,
            handler,
            sizes_of(places, sizes),
            spread,
            numbers(offsets[0].encode(), *[other for _, other in start], kind=offsets[1]),
            **how,
        ),
    ]
    moov = box(b"moov", box(b"mvhd", b"\0" * 100) + b"".join(tracks))
    return FTYP + box(b"mdat", b"".join(chunks)) + moov


def cleaned(content: bytes, size: int = 10_000) -> bytes:
    blanks = to_blank(lambda start, end: content[start:end], len(content))
    pieces = (content[place : place + size] for place in range(0, len(content), size))
    return b"".join(blanked(pieces, blanks))


@pytest.mark.parametrize("size", [1, 13, 10_000])
@pytest.mark.parametrize("handler", [b"meta", b"text", b"sbtl", b"camm", b"tmcd", b"    "])
def test_a_track_that_is_not_played_is_emptied_and_nothing_moves(handler: bytes, size: int) -> None:
    content = told(handler)
    clean = cleaned(content, size)
    assert len(clean) == len(content)
    for place in PLACES:
        assert place in content
        assert place not in clean
    assert not any(sign in clean for sign in (b"+51", b"004.47", b"!", b"Camera 9"))
    for picture in PICTURES:
        assert clean.index(picture) == content.index(picture)
    assert clean.count(b"trak") == clean.count(b"mhlr") == 1
    assert clean[: len(FTYP) + 8] == content[: len(FTYP) + 8]
    assert cleaned(clean) == clean


@pytest.mark.parametrize("how", ["same", "small 4", "small 8", "small 16"])
def test_however_it_counts_its_samples(how: str) -> None:
    places = tuple(b"+51.9%d" % number for number in range(4))
    content = told(places=places, sizes=how)
    clean = cleaned(content)
    assert b"+51" not in clean
    assert all(clean.index(picture) == content.index(picture) for picture in PICTURES)


def test_a_long_film_has_long_places_and_newer_heads() -> None:
    content = told(wide=True, version=1)
    clean = cleaned(content)
    assert not any(place in clean for place in PLACES)
    assert all(picture in clean for picture in PICTURES)


def test_what_a_maker_put_in_a_box_of_his_own_goes() -> None:
    content = told(b"soun")
    extra = box(b"GPS ", PLACES[0]) + box(b"free", PLACES[1]) + box(b"skip", PLACES[2])
    clean = cleaned(content + extra)
    tail = clean[len(content) :]
    assert len(clean) == len(content) + len(extra)
    assert tail == b"".join(box(b"free", b"\0" * len(PLACES[number])) for number in range(3))
    assert all(place in clean for place in PLACES)  # they stand in a track of sound, so they are heard


def fragment(base: int | None, *, moof_base: bool = True, each: bool = True) -> bytes:
    """A moof and its mdat: pictures of track 1, then places of track 2."""

    def traf(number: int, samples: tuple[bytes, ...], at: int) -> bytes:
        flags = 0x20000 if moof_base and base is None else 0
        head = struct.pack(">I", number)
        if base is not None:
            flags, head = 0x1, head + struct.pack(">Q", base)
        if not each:
            flags, head = flags | 0x10, head + struct.pack(">I", len(samples[0]))
        tfhd = box(b"tfhd", struct.pack(">I", flags) + head)
        known = (0x200 | 0x100 if each else 0) | (0x1 if at >= 0 else 0) | 0x4
        rows = b"".join(struct.pack(">II", 33, len(one)) for one in samples) if each else b""
        where = struct.pack(">i", at) if at >= 0 else b""
        trun = box(b"trun", struct.pack(">II", known, len(samples)) + where + b"\0\0\0\0" + rows)
        return box(b"traf", tfhd + trun)

    places = PLACES if each else tuple(b"+51.9%d" % number for number in range(4))
    pictures, follows = b"".join(PICTURES), moof_base or base is not None
    size = len(box(b"moof", traf(1, PICTURES, 0) + traf(2, places, 0 if follows else -1)))
    second = size + 8 + len(pictures) if follows else -1
    moof = box(b"moof", traf(1, PICTURES, size + 8) + traf(2, places, second))
    assert len(moof) == size
    return moof + box(b"mdat", pictures + b"".join(places))


@pytest.mark.parametrize("how", ["moof", "file", "one after another", "same size"])
def test_in_a_film_of_fragments_too(how: str) -> None:
    moov = box(b"moov", box(b"mvhd") + track(1, b"vide") + track(2, b"meta"))
    start = FTYP + moov
    for _ in range(2):
        base = len(start) if how == "file" else None
        start += fragment(base, moof_base=how != "one after another", each=how != "same size")
    clean = cleaned(start)
    assert len(clean) == len(start)
    assert b"+51" in start
    assert b"+51" not in clean
    for picture in PICTURES:
        assert clean.count(picture) == 2
    assert (clean.count(b"traf"), clean.count(b"moof"), clean.count(b"mdat")) == (2, 2, 2)


def hostile() -> Iterator[tuple[str, bytes]]:
    yield "nothing that plays", FTYP + box(b"moov", track(2, b"meta")) + box(b"mdat", b"x")
    yield "packed", FTYP + box(b"moov", box(b"cmov", b"x")) + box(b"mdat", b"x")
    vide = track(1, b"vide")
    large = track(2, b"meta", box(b"stco", b"\0" * (9 * 1024 * 1024)))
    yield "a table too large", FTYP + box(b"moov", vide + large)
    nested = box(b"trak", box(b"mdia", box(b"minf") * 200)) * 600
    yield "boxes without end", FTYP + box(b"moov", vide + nested)


HOSTILE: Final = dict(hostile())


@pytest.mark.parametrize("how", HOSTILE)
def test_what_only_keeps_us_busy_is_refused(how: str) -> None:
    content = HOSTILE[how]
    with pytest.raises(BrokenBoxes):
        to_blank(lambda start, end: content[start:end], len(content))


def test_a_track_that_points_elsewhere_empties_nothing_there() -> None:
    """Of structure and of what is not in the file: only data of the film may be emptied."""
    away = numbers(b"stco", 0, 4, 2**31)
    spread = box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 2**32 - 1, 1))
    lies = track(2, b"meta", box(b"stsz", struct.pack(">III", 0, 2**32 - 1, 2**32 - 1)), spread, away)
    content = FTYP + box(b"moov", track(1, b"vide") + lies) + box(b"mdat", b"picture")
    clean = cleaned(content)
    assert clean == FTYP + box(b"moov", track(1, b"vide").replace(b"Camera 9", b"\0" * 8) + _freed(lies)) + box(
        b"mdat", b"\0" * 7
    )


def _freed(content: bytes) -> bytes:
    return content[:4] + b"free" + b"\0" * (len(content) - 8)
