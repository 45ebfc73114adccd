"""MP4 and what is like it: a row of boxes that fills the file. What plays stays; what tells of who, where or when goes.

A phone writes its place in more than one way: in boxes with words, and in a track of its own that says each second
where the film was made (`mebx`, `gpmd`, `camm`, or subtitles of a drone). Only picture and sound are kept.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

Reader = Callable[[int, int], bytes]
"""The bytes of a file from one place up to another."""

BOXES_MOST: Final = 4_000  # a film of an hour in fragments has some hundreds
TABLE_MOST: Final = 8 * 1024 * 1024  # two million samples: nine hours of sixty a second
BLANKS_MOST: Final = 300_000  # a place for each of two hundred samples a second takes that in twenty-five minutes
SAMPLE_TABLES: Final = frozenset({b"stsz", b"stz2", b"stsc", b"stco", b"co64"})
READS_MOST: Final = 100_000  # who nests boxes to keep us busy is stopped here
PLAYED: Final = (b"vide", b"soun")
HDLR: Final = 24  # bytes before its name
TOP: Final = b""
KEPT: Final[dict[bytes, frozenset[bytes]]] = {
    TOP: frozenset({b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix", b"pdin"}),
    b"moov": frozenset({b"mvhd", b"iods", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"tapt", b"clip", b"matt", b"edts", b"tref", b"trgr", b"load", b"imap", b"mdia"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"elng", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"gmhd", b"hmhd", b"nmhd", b"hdlr", b"dinf", b"stbl"}),
}
"""What playing needs, by what it stands in. All else goes, known or not: a maker may write anything anywhere."""


class BrokenBoxes(Exception):
    """The boxes do not fill the file, or do not fit together: it was cut off, or is no film."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A stretch that must not be kept. `type_at`: where the type of its box stands, when it is a box."""

    type_at: int | None
    start: int
    end: int

    @property
    def first(self) -> int:
        return self.start if self.type_at is None else self.type_at


@dataclass(frozen=True)
class Box:
    """Its name, where it begins, where what is in it begins and where it ends."""

    name: bytes
    at: int
    start: int
    end: int

    @property
    def blank(self) -> Blank:
        return Blank(self.at + 4, self.start, self.end)


def boxes(read: Reader, start: int, end: int) -> Iterator[Box]:
    """The boxes that fill a stretch. Raises: BrokenBoxes when they do not."""
    place = start
    for _ in range(BOXES_MOST):
        if place == end:
            return
        head = read(place, min(place + 16, end))
        if len(head) < 8:
            raise BrokenBoxes
        length, name, inside = int.from_bytes(head[:4]), head[4:8], place + 8
        if length == 1 and len(head) == 16:
            length, inside = int.from_bytes(head[8:]), place + 16
        elif length == 0:  # up to the end
            length = end - place
        if length < inside - place or place + length > end:
            raise BrokenBoxes
        yield Box(name, place, inside, place + length)
        place += length
    raise BrokenBoxes


def to_blank(read: Reader, size: int) -> tuple[Blank, ...]:
    """All of a film that must not be kept, in order. Raises: BrokenBoxes."""
    read = _bounded(read)
    top = list(boxes(read, 0, size))
    film = _Film(read)
    for box in top:
        if box.name == b"moov":
            film.look_in(box)
    if not film.plays:
        raise BrokenBoxes
    if film.hidden:
        for box in top:
            if box.name == b"moof":
                film.look_in_fragment(box)
    data = [(box.start, box.end) for box in top if box.name == b"mdat"]
    found = [*film.blanks, *_within(film.samples, data), *(box.blank for box in top if box.name not in KEPT[TOP])]
    return tuple(sorted(found, key=lambda blank: blank.first))


def _bounded(read: Reader) -> Reader:
    left = READS_MOST

    def counted(start: int, end: int) -> bytes:
        nonlocal left
        left -= 1
        if left < 0:
            raise BrokenBoxes
        return read(start, end)

    return counted


def _within(stretches: list[tuple[int, int]], data: list[tuple[int, int]]) -> Iterator[Blank]:
    """Stretches that lie in the data of the film, those that touch taken together. Elsewhere is nothing of a track."""
    waiting = deque(data)
    for start, end in _joined(stretches):
        while waiting and waiting[0][1] <= start:
            waiting.popleft()
        for first, after in waiting:
            if first >= end:
                break
            yield Blank(None, max(start, first), min(end, after))


def _joined(stretches: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    before: tuple[int, int] | None = None
    for start, end in sorted(stretches):
        if before is None:
            before = start, end
        elif start <= before[1]:
            before = before[0], max(before[1], end)
        else:
            yield before
            before = start, end
    if before is not None:
        yield before


class _Film:
    """What is found on the way through a film."""

    def __init__(self, read: Reader) -> None:
        self.read = read
        self.plays = False
        self.blanks: list[Blank] = []
        self.samples: list[tuple[int, int]] = []
        self.hidden: set[int] = set()
        self._sizes: dict[int, int] = {}

    def look_in(self, box: Box) -> None:
        """A box of boxes; of a track that is not played nothing stays."""
        for one in boxes(self.read, box.start, box.end):
            if one.name == b"trak" and self._handler(one) not in PLAYED:
                self._hide(one)
            elif one.name not in KEPT[box.name]:
                self.blanks.append(one.blank)
            elif one.name in KEPT:
                self.plays = self.plays or one.name == b"trak"
                self.look_in(one)
            elif one.name == b"hdlr":  # a name behind it: of the maker, or of the device
                self.blanks.append(Blank(None, min(one.start + HDLR, one.end), one.end))
            elif one.name == b"mvex":
                self._note_sizes(one)

    def look_in_fragment(self, moof: Box) -> None:
        """ISO/IEC 14496-12, 8.8: the tracks of a fragment, and where their samples stand."""
        base = moof.at
        for traf in boxes(self.read, moof.start, moof.end):
            if traf.name != b"traf":
                continue
            parts = list(boxes(self.read, traf.start, traf.end))
            head = self._table(next((one for one in parts if one.name == b"tfhd"), None))
            flags, track, place = _number(head, 0) & 0xFFFFFF, _number(head, 4), 8
            if flags & 0x1:
                base, place = int.from_bytes(head[8:16]), 16
            elif flags & 0x20000:
                base = moof.at
            place += 4 * sum(bool(flags & one) for one in (0x2, 0x8))
            size = _number(head, place) if flags & 0x10 else self._sizes.get(track, 0)
            base = self._run(base, [one for one in parts if one.name == b"trun"], size, hide=track in self.hidden)
            if track in self.hidden:
                self.blanks.append(traf.blank)

    def _run(self, base: int, runs: list[Box], size: int, *, hide: bool) -> int:
        """The samples of one track in a fragment; gives where they end."""
        place = base
        for run in runs:
            table = self._table(run)
            flags, count = _number(table, 0) & 0xFFFFFF, _number(table, 4)
            if flags & 0x1:
                place = base + struct.unpack(">i", table[8:12].ljust(4, b"\0"))[0]
            total = count * size
            if flags & 0x200:
                row = sum(bool(flags & one) for one in (0x100, 0x200, 0x400, 0x800))
                skipped = sum(bool(flags & one) for one in (0x1, 0x4, 0x100))
                total = sum(_numbers(table[8:])[skipped::row][:count])
            if hide:
                self._note(place, place + total)
            place += total
        return place

    def _handler(self, trak: Box) -> bytes:
        hdlr = self._find(trak, b"mdia", b"hdlr")
        return self.read(hdlr.start + 8, min(hdlr.start + 12, hdlr.end)) if hdlr is not None else b""

    def _hide(self, trak: Box) -> None:
        """The track and all its samples."""
        self.blanks.append(trak.blank)
        tkhd = self._table(self._find(trak, b"tkhd"))
        self.hidden.add(_number(tkhd, 20 if tkhd[:1] == b"\1" else 12))
        stbl = self._find(trak, b"mdia", b"minf", b"stbl")
        if stbl is None:
            return
        tables = {
            one.name: self._table(one) for one in boxes(self.read, stbl.start, stbl.end) if one.name in SAMPLE_TABLES
        }
        sizes, rows = _sample_sizes(tables), _numbers(tables.get(b"stsc", b"")[8:])
        sample = each = row = 0
        for number, start in enumerate(_chunks(tables), 1):
            while row + 1 < len(rows) and rows[row] <= number:
                each, row = rows[row + 1], row + 3
            self._note(start, start + sizes(sample, sample + each))
            sample += each

    def _note(self, start: int, end: int) -> None:
        if len(self.samples) >= BLANKS_MOST:
            raise BrokenBoxes
        self.samples.append((start, end))

    def _note_sizes(self, mvex: Box) -> None:
        for one in boxes(self.read, mvex.start, mvex.end):
            if one.name == b"trex":
                table = self._table(one)
                self._sizes[_number(table, 4)] = _number(table, 16)

    def _find(self, box: Box, *names: bytes) -> Box | None:
        found: Box | None = box
        for name in names:
            if found is None:
                return None
            found = next((one for one in boxes(self.read, found.start, found.end) if one.name == name), None)
        return found

    def _table(self, box: Box | None) -> bytes:
        if box is None:
            return b""
        if box.end - box.start > TABLE_MOST:
            raise BrokenBoxes
        return self.read(box.start, box.end)


def _sample_sizes(tables: dict[bytes, bytes]) -> Callable[[int, int], int]:
    """How many bytes the samples from one number up to another have together."""
    table, sizes = tables.get(b"stsz", b""), array("I")
    if (compact := tables.get(b"stz2")) is not None:
        sizes = _small_numbers(compact[12:], bits=compact[7:8])
    elif (same := _number(table, 4)) > 0:
        return lambda first, after: same * (after - first)
    else:
        sizes = _numbers(table[12:])
    return lambda first, after: sum(sizes[first:after])


def _small_numbers(table: bytes, *, bits: bytes) -> array[int]:
    if bits == b"\x10":
        return _numbers(table, "H")
    if bits == b"\x08":
        return array("B", table)
    return array("B", [half for byte in table for half in (byte >> 4, byte & 15)])


def _chunks(tables: dict[bytes, bytes]) -> array[int]:
    """Where each chunk of samples begins in the file."""
    if b"co64" in tables:
        return _numbers(tables[b"co64"][8:], "Q")
    return _numbers(tables.get(b"stco", b"")[8:])


def _number(table: bytes, at: int) -> int:
    return int.from_bytes(table[at : at + 4].ljust(4, b"\0"))


def _numbers(table: bytes, kind: str = "I") -> array[int]:
    numbers = array(kind)
    numbers.frombytes(table[: len(table) // numbers.itemsize * numbers.itemsize])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
